import { leavesNamespace } from '../config/grants.ts'
import { KINDS, kindOf } from '../config/kinds/index.ts'
import { type Index, namespaceBehind, referencesOf, valueAt } from '../config/references.ts'
import { API_VERSION, type Resource, type Spec } from '../config/resource.ts'
import { secretReferencesOf } from '../reconciler/secret-source.ts'
import type { KubeObject, KubeResourceType } from './kube/api.ts'

/** `Kind/namespace/name`: the address of an object in the cluster, and of its item in the queue. */
export type Item = string

export const itemKey = (kind: string, namespace: string, name: string): Item => `${kind}/${namespace}/${name}`

export function partsOf(item: Item): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const [kind = '', namespace = '', name = ''] = item.split('/')
  return { kind, namespace, name }
}

export const itemFor = ({ kind, metadata }: Pick<Resource, 'kind' | 'metadata'>): Item =>
  itemKey(kind, metadata.namespace ?? '', metadata.name)

/** An object of the cluster as a document. The same object is the same document, so that what is found out of it is kept. */
export function clusterResource(kind: string, object: KubeObject): Resource {
  const known = DOCUMENTS.get(object)
  if (known !== undefined) return known
  const document = documentOf(kind, object)
  DOCUMENTS.set(object, document)
  return document
}
const DOCUMENTS = new WeakMap<KubeObject, Resource>()

function documentOf(kind: string, object: KubeObject): Resource {
  const { name, namespace, generation, annotations } = object.metadata
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(generation === undefined ? {} : { generation }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: (object.spec ?? {}) as Spec,
  }
}

/** Told of every object that is new, newer or gone. */
export type OnChange = (item: Item, before: KubeObject | undefined, after: KubeObject | undefined) => void

/** Every Plumbline object of the cluster, and who refers to whom. */
export class Cache implements Index {
  readonly #objects = new Map<Item, KubeObject>()
  /** Items by `Kind/namespace/`. */
  readonly #inPlace = new Map<string, Set<Item>>()
  readonly #dependents = new Map<Item, Set<Item>>()
  readonly #references = new Map<Item, readonly Item[]>()
  readonly #onChange: OnChange

  constructor(onChange: OnChange = () => {}) {
    this.#onChange = onChange
  }

  get(item: Item): KubeObject | undefined {
    return this.#objects.get(item)
  }

  /** Stores what a watch reported. What is older than what we wrote ourselves is ignored. */
  put(kind: string, object: KubeObject): void {
    const item = itemKey(kind, object.metadata.namespace ?? '', object.metadata.name)
    const before = this.#objects.get(item)
    // The answer to our own write comes again with the watch, which keeps it too: one of the two is enough.
    if (before !== undefined && isSame(object, before)) this.#objects.set(item, object)
    if (before !== undefined && !isNewer(object, before)) return
    // Deleted and made anew while nobody watched: another object under the same name.
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) {
      this.remove(item)
      this.put(kind, object)
      return
    }
    this.#objects.set(item, object)
    if (before === undefined) addTo(this.#inPlace, placeOf(item), item)
    if (before?.metadata.generation !== object.metadata.generation)
      this.#link(item, edgesOf(clusterResource(kind, object)))
    this.#onChange(item, before, object)
  }

  /** Stores the answer to a write of ours; an object that has gone meanwhile stays gone. */
  update(kind: string, object: KubeObject): void {
    const item = itemKey(kind, object.metadata.namespace ?? '', object.metadata.name)
    if (this.#objects.get(item)?.metadata.uid === object.metadata.uid) this.put(kind, object)
  }

  remove(item: Item): void {
    const before = this.#objects.get(item)
    this.#objects.delete(item)
    removeFrom(this.#inPlace, placeOf(item), item)
    this.#onChange(item, before, undefined)
    this.#link(item, [])
  }

  /** What an object refers to, directly. */
  targetsOf(item: Item): readonly Item[] {
    return this.#references.get(item) ?? []
  }

  /** Objects that refer to this one, directly; a Secret has the item `Secret/namespace/name`. */
  dependentsOf(item: Item): readonly Item[] {
    return [...(this.#dependents.get(item) ?? [])]
  }

  find(kind: string, name: string, namespace: string | undefined): Resource | undefined {
    const object = this.#objects.get(itemKey(kind, namespace ?? '', name))
    return object && clusterResource(kind, object)
  }

  all(kind: string, namespace: string | undefined): readonly Resource[] {
    const items = this.#inPlace.get(itemKey(kind, namespace ?? '', '')) ?? []
    return [...items].flatMap((item) => {
      const object = this.#objects.get(item)
      return object === undefined ? [] : [clusterResource(kind, object)]
    })
  }

  items(): Iterable<Item> {
    return this.#objects.keys()
  }

  #link(item: Item, targets: readonly Item[]): void {
    for (const old of this.#references.get(item) ?? []) removeFrom(this.#dependents, old, item)
    if (targets.length === 0) this.#references.delete(item)
    else this.#references.set(item, targets)
    for (const target of targets) addTo(this.#dependents, target, item)
  }
}

function placeOf(item: Item): string {
  const { kind, namespace } = partsOf(item)
  return itemKey(kind, namespace, '')
}

function addTo(sets: Map<string, Set<Item>>, key: string, item: Item): void {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set.add(item))
}

function removeFrom(sets: Map<string, Set<Item>>, key: string, item: Item): void {
  const set = sets.get(key)
  set?.delete(item)
  if (set?.size === 0) sets.delete(key)
}

/** Resource versions are decimal numbers that grow (Kubernetes API concepts, since 1.35 a guarantee). */
function isNewer(a: KubeObject, b: KubeObject): boolean {
  const [x, y] = [a.metadata.resourceVersion ?? '', b.metadata.resourceVersion ?? '']
  return x.length === y.length ? x > y : x.length > y.length
}

const isSame = (a: KubeObject, b: KubeObject): boolean => a.metadata.resourceVersion === b.metadata.resourceVersion

/** All that the grants of a namespace open: whoever refers into the namespace depends on this item. */
export const grantsOf = (namespace: string): Item => itemKey('ReferenceGrants', namespace, '')

/** Documents, grants and Secrets that an object depends on. */
function edgesOf(resource: Resource): readonly Item[] {
  const { namespace = '' } = resource.metadata
  const documents = referencesOf(resource).flatMap((edge) => {
    if (edge.name === undefined) return []
    const target = itemKey(edge.kind, namespaceBehind(edge, resource) ?? '', edge.name)
    return leavesNamespace(edge, resource) ? [target, grantsOf(edge.namespace ?? '')] : [target]
  })
  return [
    ...documents,
    ...exceptedBy(resource),
    ...secretsOf(resource).map((name) => itemKey('Secret', namespace, name)),
  ]
}

/** The object that a DriftException is about. */
function exceptedBy({ kind: own, metadata, spec }: Resource): readonly Item[] {
  const { kind, name } = (spec.object ?? {}) as Readonly<Record<string, unknown>>
  if (own !== 'DriftException' || typeof kind !== 'string' || typeof name !== 'string') return []
  return [itemKey(kind, metadata.namespace ?? '', name)]
}

/** Names of the Secrets that an object reads, and of the one that it writes to. */
function secretsOf({ kind: name, spec }: Resource): readonly string[] {
  const kind = kindOf(name)
  if (kind === undefined) return []
  const read = [...secretReferencesOf(kind.spec, spec).values()].flatMap((r) => r.fromSecret?.name ?? [])
  const written = kind.produces && (valueAt(spec, kind.produces) as { secret?: { name: string } } | undefined)?.secret
  return [...read, ...(written ? [written.name] : [])]
}

const PLURALS = new Map(KINDS.map((kind) => [kind.name, kind.plural]))

/** The resource of the API server that carries a kind. */
export const typeOf = (kind: string): KubeResourceType => ({
  group: 'plumbline.dev',
  version: 'v1alpha1',
  plural: PLURALS.get(kind) ?? '',
})
