import { specOf } from '../../kind.ts'
import { kindOf } from '../../kinds/index.ts'
import {
  connectionOf,
  type Index,
  keyOf,
  pathSteps,
  referencedKey,
  referencesOf,
  targetOf,
  tenantOf,
  valueAt,
} from '../../references.ts'
import { addressOf, type Diagnostic, type Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import { schemasTo } from '../schema-at.ts'
import type { MeaningCheck } from './world.ts'

/** A pointer to ignore leads to a field of the kind. */
export const ignoredFieldsExist: MeaningCheck = ({ resources }) =>
  resources.flatMap((resource) => {
    const kind = kindOf(resource.kind)
    const pointers = valueAt(resource.spec, '/drift/ignore') as readonly string[] | undefined
    if (kind === undefined || pointers === undefined) return []
    return pointers.flatMap((pointer, i) => {
      const steps = pathSteps(pointer)
      if (schemasTo(specOf(kind), steps).length === steps.length + 1) return []
      return [diagnose(resource, `/spec/drift/ignore/${i}`, `${resource.kind} has no field at ${pointer}`)]
    })
  })

interface AllowList {
  /** Field of `Connection.spec.allow`. */
  readonly field: 'tenants' | 'organizations'
  readonly noun: string
  /** Whether documents of a kind belong to such a thing at all. */
  applies(resource: Resource): boolean
  idsOf(resource: Resource, index: Index): readonly string[]
}

const ALLOW_LISTS: readonly AllowList[] = [
  {
    field: 'tenants',
    noun: 'tenant',
    applies: (r) => r.kind === 'Tenant' || kindOf(r.kind)?.scope === 'tenant',
    idsOf: (r, index) => present(r.kind === 'Tenant' ? keyOf(r) : tenantOf(r, index)),
  },
  {
    field: 'organizations',
    noun: 'organization',
    applies: (r) =>
      r.kind === 'Organization' || r.kind === 'Tenant' || kindOf(r.kind)?.scope === 'tenant' || hasOrganization(r),
    idsOf: organizationsOf,
  },
]

const present = (id: string | undefined): readonly string[] => (id === undefined ? [] : [id])

function hasOrganization(resource: Resource): boolean {
  const kind = kindOf(resource.kind)
  return kind !== undefined && 'organization' in specOf(kind).properties
}

/** Ids of the organization of a document: its own, else that of its tenant. An Organization has two, ours and its UUID. */
function organizationsOf(resource: Resource, index: Index): readonly string[] {
  if (resource.kind === 'Organization') return [keyOf(resource), ...present(resource.spec.id as string | undefined)]
  const own = referencedKey(resource, 'Organization', index) ?? valueAt(resource.spec, '/organization/id')
  if (typeof own === 'string') return [own]
  const tenant = referencesOf(resource).find((edge) => edge.kind === 'Tenant')
  const document = tenant && targetOf(tenant, resource, index)
  return document === undefined ? [] : organizationsOf(document, index)
}

/** A connection that lists tenants or organizations reaches those only; a document that names none is refused too. */
export const allowListsHold: MeaningCheck = ({ resources, index }) =>
  resources.flatMap((resource) => {
    const connection = connectionOf(resource, index)
    return connection === undefined ? [] : ALLOW_LISTS.flatMap((list) => refused(resource, connection, list, index))
  })

/** A reference that names no document is told itself: nobody can say yet what it would lead to. */
const leadsNowhere = (resource: Resource, index: Index): boolean =>
  referencesOf(resource).some((edge) => {
    const target = targetOf(edge, resource, index)
    return edge.name !== undefined && (target === undefined || (edge.kind === 'Tenant' && leadsNowhere(target, index)))
  })

function refused(resource: Resource, connection: Resource, list: AllowList, index: Index): readonly Diagnostic[] {
  const allowed = valueAt(connection.spec, `/allow/${list.field}`) as readonly string[] | undefined
  if (allowed === undefined || !list.applies(resource)) return []
  const ids = list.idsOf(resource, index)
  if (ids.some((id) => allowed.includes(id)) || (ids.length === 0 && leadsNowhere(resource, index))) return []
  const subject =
    ids.length === 0 ? `the document names no ${list.noun}, and` : `${list.noun} ${ids[0]} is not allowed:`
  const message = `${subject} ${addressOf(connection)} may touch only the ${list.field} ${allowed.join(', ') || '(none)'}`
  return [diagnose(resource, '/spec', message, { code: 'REFUSED', part: 'key' })]
}
