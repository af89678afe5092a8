import { type Kind, type Reference, specOf } from './kind.ts'
import { kindOf } from './kinds/index.ts'
import type { Pointer, Resource, Spec } from './resource.ts'

/** One reference that a document makes: another document by `name`, or an object without a document by `id`. */
export interface Edge {
  /** Pointer into the spec, e.g. `/tenantRef`. */
  readonly at: Pointer
  /** Kind that is referred to. */
  readonly kind: string
  readonly name?: string
  /** Namespace of the document; absent: that of the one that refers. */
  readonly namespace?: string
  readonly id?: string
}

/** Documents by namespace, kind and name. */
export interface Index {
  find(kind: string, name: string, namespace: string | undefined): Resource | undefined
  /** Every document of a kind in a namespace. */
  all(kind: string, namespace: string | undefined): readonly Resource[]
}

const CONNECTION: Reference = { at: '/connectionRef', kind: 'Connection' }

/** Places where documents of a kind refer to others, the connection first. */
export function referencePlaces(kind: Kind): readonly Reference[] {
  const places = 'connectionRef' in specOf(kind).properties ? [CONNECTION] : []
  return [...places, ...kind.references.filter((r) => r.at !== CONNECTION.at)]
}

/** Every reference that a document makes; empty for an unknown kind. A reference without a text in it is left out. */
export function referencesOf(resource: Resource): readonly Edge[] {
  const found = EDGES.get(resource)
  if (found) return found
  const kind = kindOf(resource.kind)
  const edges = kind === undefined ? [] : referencePlaces(kind).flatMap((place) => edgeAt(resource.spec, place))
  EDGES.set(resource, edges)
  return edges
}
const EDGES = new WeakMap<Resource, readonly Edge[]>()

function edgeAt(spec: Spec, { at, kind }: Reference): Edge[] {
  const { name, id, namespace } = (valueAt(spec, at) ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name === 'string') return [{ at, kind, name, ...(typeof namespace === 'string' ? { namespace } : {}) }]
  return typeof id === 'string' ? [{ at, kind, id }] : []
}

/** The value at an RFC 6901 pointer, or `undefined` where there is none. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  return pathSteps(pointer).reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    root,
  )
}

/** Unescaped reference tokens of an RFC 6901 pointer. */
export function pathSteps(pointer: Pointer): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** One reference token as it stands in an RFC 6901 pointer. */
export const escapeStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1')

/** Index of all documents. Of two with the same name the first stays; `validate` reports the second. */
export function resolve(resources: readonly Resource[]): Index {
  const found = new Map<string, Resource>()
  for (const r of resources) {
    const place = placeOf(r.kind, r.metadata.name, r.metadata.namespace)
    if (!found.has(place)) found.set(place, r)
  }
  const byKind = Map.groupBy(found.values(), (r) => placeOf(r.kind, '', r.metadata.namespace))
  return {
    find: (kind, name, namespace) => found.get(placeOf(kind, name, namespace)),
    all: (kind, namespace) => byKind.get(placeOf(kind, '', namespace)) ?? [],
  }
}

const placeOf = (kind: string, name: string, namespace = ''): string => `${namespace}\n${kind}/${name}`

/** The namespace in which an edge leads to a document. */
export const namespaceBehind = (edge: Edge, resource: Resource): string | undefined =>
  edge.namespace ?? resource.metadata.namespace

/** The document behind an edge; whether it may be referred to says `isGranted`. */
export const targetOf = (edge: Edge, resource: Resource, index: Index): Resource | undefined =>
  edge.name === undefined ? undefined : index.find(edge.kind, edge.name, namespaceBehind(edge, resource))

/** Documents that have to be in place first: everything that a document refers to, directly. */
export function dependenciesOf(resource: Resource, index: Index): readonly Resource[] {
  return referencesOf(resource).flatMap((edge) => targetOf(edge, resource, index) ?? [])
}

/** The Connection document of a resource; `undefined` when it names none or one that is not there. */
export function connectionOf(resource: Resource, index: Index): Resource | undefined {
  const edge = referencesOf(resource).find((e) => e.at === CONNECTION.at)
  return edge && targetOf(edge, resource, index)
}

/**
 * The system behind a Connection as its document tells it: two of one text lead to one system. Two of different texts may do so, too, under
 * other names; only the system itself tells.
 */
export function systemBehind(connection: Resource, index: Index): string {
  const { system, endpoint } = connection.spec
  return JSON.stringify([system, plainUrl(String(endpoint)), referencedKey(connection, 'Organization', index)])
}

/** An address in one form: lower-case host, port only when unusual, no slash at the end. */
export function plainUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

/** How a plan and an inventory name a Connection: `name`, or `namespace/name` where documents have namespaces. */
export const connectionName = ({ metadata: { name, namespace } }: Resource): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** The name and the namespace behind a `connectionName`. */
export function connectionPlace(connection: string): { readonly name: string; readonly namespace?: string } {
  const [namespace, name] = connection.split('/')
  return name === undefined || namespace === undefined ? { name: connection } : { name, namespace }
}

/** Natural key of a document in its system: `kind.key(spec, name)`. */
export function keyOf(resource: Resource): string {
  return kindOf(resource.kind)?.key(resource.spec as never, resource.metadata.name) ?? ''
}

/** A text without letter case and compatibility forms (Unicode NFKC). */
export const foldedText = (text: string): string => text.normalize('NFKC').toLowerCase()

/** A natural key as the system compares it: folded where the kind says so. */
export const foldedKey = ({ caseless }: Pick<Kind, 'caseless'>, key: string): string =>
  caseless ? foldedText(key) : key

/** Natural key of what an edge names: its `id`, or the key of the document; `undefined` when that is not there. */
export function keyBehind(edge: Edge, resource: Resource, index: Index): string | undefined {
  const target = targetOf(edge, resource, index)
  return edge.id ?? (target && keyOf(target))
}

/** Natural key that the first reference to a kind names, e.g. the tenant id of a Client. */
export function referencedKey(resource: Resource, kind: string, index: Index): string | undefined {
  const edge = referencesOf(resource).find((e) => e.kind === kind)
  return edge && keyBehind(edge, resource, index)
}

/** Tenant id that a resource belongs to, or `undefined` when it belongs to none. */
export const tenantOf = (resource: Resource, index: Index): string | undefined =>
  referencedKey(resource, 'Tenant', index)
