import { PlumblineError } from '../config/errors.ts'
import { type Day, dayOf, type Excepted, exceptedOn } from '../config/exceptions.ts'
import type { DeletionPolicy, Kind, SystemName } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import {
  connectionName,
  connectionOf,
  dependenciesOf,
  foldedKey,
  type Index,
  keyBehind,
  keyOf,
  referencedKey,
  referencesOf,
  targetOf,
  tenantOf,
  valueAt,
} from '../config/references.ts'
import { addressOf, type Pointer, type Resource, type Spec } from '../config/resource.ts'
import type { Target } from './adapter.ts'
import { digestOf } from './digest.ts'
import type { Place } from './identity.ts'
import type { Address, Entry } from './model.ts'
import type { ClaimedObject } from './ownership.ts'

/** The common fields of a spec, with their defaults. */
export interface Steering {
  readonly management: 'Full' | 'Observe' | 'Paused'
  readonly adoption: 'CreateOnly' | 'AdoptOrCreate' | 'AdoptOnly'
  readonly deletionPolicy: DeletionPolicy
  readonly driftMode: 'Correct' | 'Report' | 'Ignore'
  readonly ignore: readonly string[]
}

/** Everything about one managed document that can be told without asking a system. */
export interface Facts {
  readonly resource: Resource
  readonly kind: Kind
  readonly address: Address
  /** `connectionName` of its Connection. */
  readonly connection: string
  /** Where its system keeps objects; absent until it was asked (`withPlace`). */
  readonly place?: Place
  readonly target: Target
  /** The spec with every reference as `{id}`; secrets are still references. */
  readonly spec: Spec
  readonly specDigest: string
  readonly steering: Steering
  /** What may differ today, whoever made it so. */
  readonly excepted: readonly Excepted[]
  /** Managed documents that have to be in place first. */
  readonly needs: readonly Address[]
  /** Absent where no runtime could keep a book about it. */
  readonly claim?: ClaimedObject
  /** Documents without which this object cannot exist: its tenant, and the organization behind its connection. */
  readonly containers: readonly Address[]
}

/**
 * The facts of a managed document; throws for a kind or a connection that is not there (validation finds both first).
 * `at` names documents: doors that hold several namespaces at once tell them apart. On `today` exceptions end.
 */
export function factsOf(
  resource: Resource,
  index: Index,
  entry?: Entry,
  at: Addressing = addressOf,
  today: Day = dayOf(new Date()),
): Facts {
  const kind = kindOf(resource.kind)
  const connection = connectionOf(resource, index)
  if (kind === undefined || connection === undefined) {
    throw new PlumblineError('UNRESOLVED_REFERENCE', `${addressOf(resource)} has no Connection that is known`)
  }
  const spec = resolvedSpec(resource, index)
  const claim = claimOf(resource, kind, connection, index)
  return {
    resource,
    kind,
    ...(claim === undefined ? {} : { claim }),
    address: at(resource),
    connection: connectionName(connection),
    target: targetFor(resource, kind, index, entry, at),
    spec,
    specDigest: digestOf(spec),
    steering: steeringOf(resource.spec),
    excepted: exceptedOn(today, resource, index),
    needs: needsOf(resource, index).map(at),
    containers: containersOf(resource, kind, connection, index).map(at),
  }
}

/** The documents of one run, each after those whose objects it lists by name, e.g. the members of a group. */
export function afterNamed(documents: readonly Facts[]): readonly Facts[] {
  const byName = new Map(documents.map((d) => [nameKey(d, d.kind, d.target.key), d.address]))
  return documents.map((d) => {
    const named = (d.kind.names ?? []).flatMap(({ at, kind }) =>
      listAt(d.spec, at).flatMap((key) => byName.get(nameKey(d, kindOf(kind), key)) ?? []),
    )
    return named.length === 0 ? d : { ...d, needs: [...new Set([...d.needs, ...named])] }
  })
}

const nameKey = ({ connection, target }: Facts, kind: Kind | undefined, key: string): string =>
  JSON.stringify([connection, kind?.name, target.tenant, kind && foldedKey(kind, key)])

function listAt(spec: Spec, at: Pointer): readonly string[] {
  const value = valueAt(spec, at)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** How a door names a document. */
type Addressing = (resource: Resource) => Address

/** The runtime that an object lives in keeps the book about it; for a vendor's object that of its organization does. */
function claimOf(resource: Resource, kind: Kind, connection: Resource, index: Index): ClaimedObject | undefined {
  const registry = connection.spec.system === BOOKKEEPER ? connection : organizationConnection(connection, index)
  if (registry === undefined) return undefined
  const organization = registry === connection ? '' : referencedKey(connection, 'Organization', index)
  const tenant = kind.scope === 'tenant' ? tenantOf(resource, index) : ''
  const parts = [kind.name, organization ?? '', tenant ?? '', foldedKey(kind, keyOf(resource))]
  return { registry: connectionName(registry), object: parts.map(encodeURIComponent).join('/') }
}

const BOOKKEEPER: SystemName = 'SecretsVault'

function organizationConnection(connection: Resource, index: Index): Resource | undefined {
  const edge = referencesOf(connection).find((e) => e.kind === 'Organization')
  const organization = edge && targetOf(edge, connection, index)
  return organization && connectionOf(organization, index)
}

/** Id of the existing object that a document takes over. */
export const adoptedId = ({ spec }: Resource): string | undefined =>
  (spec.externalRef as { readonly id?: string } | undefined)?.id

function targetFor(resource: Resource, kind: Kind, index: Index, entry: Entry | undefined, at: Addressing): Target {
  const tenant = kind.scope === 'tenant' ? tenantOf(resource, index) : undefined
  const id = adoptedId(resource) ?? entry?.id
  return {
    kind,
    address: at(resource),
    key: keyOf(resource),
    ...relationsOf(resource, kind),
    ...(tenant === undefined ? {} : { tenant }),
    ...(id === undefined ? {} : { id }),
  }
}

/** Of a kind that has relations which its system keeps: those that the document names. */
function relationsOf(resource: Resource, { references }: Kind): Pick<Target, 'relations'> {
  const stored = references.flatMap(({ stored, at }) => (stored ? [at] : []))
  if (stored.length === 0) return {}
  const named = new Set(referencesOf(resource).map((edge) => edge.at))
  return { relations: stored.filter((at) => named.has(at)) }
}

function resolvedSpec(resource: Resource, index: Index): Spec {
  const resolved = referencesOf(resource)
    .filter((edge) => edge.kind !== 'Connection')
    .map((edge) => [edge.at.slice(1), { id: keyBehind(edge, resource, index) }] as const)
  return { ...resource.spec, ...Object.fromEntries(resolved) }
}

/** The common fields of a spec; what is absent has its default. */
export function steeringOf(spec: Spec): Steering {
  const s = spec as Partial<Steering> & { drift?: { mode?: Steering['driftMode']; ignore?: string[] } }
  return {
    management: s.management ?? 'Full',
    adoption: s.adoption ?? 'AdoptOrCreate',
    deletionPolicy: s.deletionPolicy ?? 'Retain',
    driftMode: s.drift?.mode ?? 'Correct',
    ignore: s.drift?.ignore ?? [],
  }
}

const isManaged = (resource: Resource): boolean => kindOf(resource.kind)?.system !== undefined

/** Managed documents that a document needs; a Connection stands for what it needs itself. */
function needsOf(resource: Resource, index: Index): readonly Resource[] {
  return dependenciesOf(resource, index).flatMap((r) => (isManaged(r) ? [r] : needsOf(r, index)))
}

function containersOf(resource: Resource, kind: Kind, connection: Resource, index: Index): readonly Resource[] {
  const behind = needsOf(connection, index)
  if (kind.scope !== 'tenant') return behind
  const edge = referencesOf(resource).find((e) => e.kind === 'Tenant')
  const tenant = edge && targetOf(edge, resource, index)
  return tenant === undefined ? behind : [...behind, tenant]
}
