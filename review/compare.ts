import { isDeepStrictEqual } from 'node:util'
import { fieldsOf } from '../config/field.ts'
import type { DeletionPolicy, Kind } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import { foldedKey, type Index, keyOf, resolve, tenantOf } from '../config/references.ts'
import { addressOf, type Pointer, type Resource, type Spec } from '../config/resource.ts'
import type { Change } from '../reconciler/adapter.ts'
import { diffSpec } from '../reconciler/diff.ts'
import { child } from '../reconciler/pointer.ts'
import { REMOVAL } from '../reconciler/removal-steps.ts'
import { secretReferencesOf } from '../reconciler/secret-source.ts'
import type { DocumentChange, FieldChange, Impact } from './model.ts'

interface Pair {
  readonly before?: Resource
  readonly after?: Resource
  /** Before and after, each once. */
  readonly objects: readonly string[]
}

/** What the documents of a project say differently. Pure: no system is asked and no secret opened. */
export function compareDocuments(base: readonly Resource[], head: readonly Resource[]): readonly DocumentChange[] {
  return pairs(base, head).flatMap((pair) => changeOf(pair) ?? [])
}

/** Documents of one object, whatever they are called; what is left over pairs by address. */
function pairs(base: readonly Resource[], head: readonly Resource[]): readonly Pair[] {
  const [baseIndex, headIndex] = [resolve(base), resolve(head)]
  const byAddress = new Map(base.map((r) => [placedAddress(r), r]))
  const byObject = new Map(base.map((r) => [objectOf(r, baseIndex), r]))
  const used = new Set<Resource>()
  const found = head.map((after): Pair => {
    const same = byAddress.get(placedAddress(after))
    const object = objectOf(after, headIndex)
    const before = same ?? byObject.get(object)
    if (before === undefined || used.has(before)) return { after, objects: [object] }
    used.add(before)
    return { before, after, objects: [...new Set([objectOf(before, baseIndex), object])] }
  })
  const left = base.filter((r) => !used.has(r))
  return [...found, ...left.map((before): Pair => ({ before, objects: [objectOf(before, baseIndex)] }))]
}

const placedAddress = (resource: Resource): string => `${resource.metadata.namespace ?? ''} ${addressOf(resource)}`

/** Kind, tenant and natural key: what the system itself tells objects apart by. Kinds that configure Plumbline have no object. */
function objectOf(resource: Resource, index: Index): string {
  const kind = kindOf(resource.kind)
  if (kind?.system === undefined) return placedAddress(resource)
  const tenant = kind.scope === 'tenant' ? tenantOf(resource, index) : ''
  const key = foldedKey(kind, keyOf(resource))
  return key === '' ? placedAddress(resource) : nameOfObject({ kind: kind.name, tenant, key })
}

interface NamedObject {
  readonly kind: string
  readonly tenant?: string | undefined
  readonly key: string
}

/** An object for people and for comparing, e.g. `Client acme-web/portal`. */
export const nameOfObject = ({ kind, tenant = '', key }: NamedObject): string =>
  `${kind} ${tenant === '' ? '' : `${tenant}/`}${key}`

function changeOf({ before, after, objects }: Pair): DocumentChange | undefined {
  if (after === undefined)
    return before && { what: 'removed', ...subject(before), objects, ...left(before), fields: [] }
  if (before === undefined) return { what: 'added', ...subject(after), objects, fields: fieldChanges({}, after) }
  const fields = fieldChanges(before.spec, after)
  const meant = { objects, ...(objects.length > 1 ? left(before) : {}) }
  const isMoved = placedAddress(before) !== placedAddress(after)
  if (isMoved) return { what: 'moved', ...subject(after), before: addressOf(before), ...meant, fields }
  return fields.length === 0 ? undefined : { what: 'changed', ...subject(after), ...meant, fields }
}

/** What becomes of an object that no document describes any longer. */
function left({ kind, spec }: Resource): Pick<DocumentChange, 'prune'> {
  if (kindOf(kind)?.system === undefined) return {}
  return { prune: REMOVAL[(spec.deletionPolicy as DeletionPolicy | undefined) ?? 'Retain'] }
}

const subject = (resource: Resource) => ({
  address: addressOf(resource),
  ...(resource.origin && { file: resource.origin.file, line: resource.origin.line }),
})

function fieldChanges(before: Spec, after: Resource): readonly FieldChange[] {
  const kind = kindOf(after.kind)
  if (kind === undefined) return []
  const changes = [...valueChanges(kind, before, after.spec), ...steeringChanges(kind, before, after.spec)]
  return [...changes, ...secretChanges(kind, before, after.spec)].map((change) => located(change, after))
}

/** What is named now, and what is not any more: from then on the system may have whatever it has. */
function valueChanges(kind: Kind, before: Spec, after: Spec): readonly FieldChange[] {
  if (kind.system === undefined) return []
  const named = diffSpec(kind, after, { observed: before, memo: {} }).filter(isPlain).map(fieldOf)
  const dropped = diffSpec(kind, before, { observed: after, memo: {} })
    .filter((change) => isPlain(change) && change.from === undefined)
    .map(({ path, to }): FieldChange => ({ pointer: path, from: to, impact: 'neutral' }))
  return [...named, ...dropped]
}

const isPlain = ({ secret }: Change): boolean => !secret

const fieldOf = ({ path, from, to, impact }: Change): FieldChange => ({
  pointer: path,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  impact,
})

/** Fields that steer Plumbline: they never travel, so the differ of systems does not look at them. */
function steeringChanges(kind: Kind, before: Spec, after: Spec): readonly FieldChange[] {
  const travelling = new Set(
    fieldsOf(kind.spec)
      .filter(({ meta }) => !meta.local && kind.system !== undefined)
      .map(({ name }) => name),
  )
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !travelling.has(name))
  return names
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => plainChange(child('', name), before[name], after[name], 'neutral'))
}

/** Where secrets come from; their values are not at hand, and would not be shown. */
function secretChanges(kind: Kind, before: Spec, after: Spec): readonly FieldChange[] {
  if (kind.system === undefined) return []
  const [was, is] = [secretReferencesOf(kind.spec, before), secretReferencesOf(kind.spec, after)]
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((pointer) => !isDeepStrictEqual(was.get(pointer), is.get(pointer)))
    .map((pointer) => plainChange(pointer, was.get(pointer), is.get(pointer), 'neutral'))
}

const plainChange = (pointer: Pointer, from: unknown, to: unknown, impact: Impact): FieldChange => ({
  pointer,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  impact,
})

function located(change: FieldChange, { origin }: Resource): FieldChange {
  if (origin === undefined) return change
  return { ...change, file: origin.file, line: origin.locate(`/spec${change.pointer}`).line }
}
