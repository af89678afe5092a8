import { KINDS } from '../config/kinds/index.ts'
import { type Index, referencesOf } from '../config/references.ts'
import { API_VERSION, type Resource, type Spec } from '../config/resource.ts'
import type { KubeObject, ResourceType } from './kube/api.ts'

/** `Kind/namespace/name`: the address of an object in the cluster, and of its item in the queue. */
export type Item = string

export const itemOf = (kind: string, namespace: string, name: string): Item => `${kind}/${namespace}/${name}`

export function partsOf(item: Item): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const [kind = '', namespace = '', name = ''] = item.split('/')
  return { kind, namespace, name }
}

/** An object of the cluster as a document. */
export function resourceOf(kind: string, object: KubeObject): Resource {
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

/** Every Plumbline object of the cluster, and who refers to whom. */
export class Cache implements Index {
  readonly #objects = new Map<Item, KubeObject>()
  readonly #dependents = new Map<Item, Set<Item>>()
  readonly #references = new Map<Item, readonly Item[]>()

  get(item: Item): KubeObject | undefined {
    return this.#objects.get(item)
  }

  /** Stores an object; true when its spec is new (its generation has moved). */
  put(kind: string, object: KubeObject): boolean {
    const item = itemOf(kind, object.metadata.namespace ?? '', object.metadata.name)
    const before = this.#objects.get(item)
    this.#objects.set(item, object)
    if (before?.metadata.generation === object.metadata.generation && before) return false
    this.#link(item, edgesOf(resourceOf(kind, object)))
    return true
  }

  remove(item: Item): void {
    this.#objects.delete(item)
    this.#link(item, [])
  }

  /** Objects that refer to this one, directly. */
  dependentsOf(item: Item): readonly Item[] {
    return [...(this.#dependents.get(item) ?? [])]
  }

  find(kind: string, name: string, namespace: string | undefined): Resource | undefined {
    const object = this.#objects.get(itemOf(kind, namespace ?? '', name))
    return object && resourceOf(kind, object)
  }

  items(): Iterable<Item> {
    return this.#objects.keys()
  }

  #link(item: Item, targets: readonly Item[]): void {
    for (const old of this.#references.get(item) ?? []) this.#dependents.get(old)?.delete(item)
    this.#references.set(item, targets)
    for (const target of targets) {
      const set = this.#dependents.get(target) ?? new Set()
      this.#dependents.set(target, set.add(item))
    }
  }
}

const edgesOf = (resource: Resource): readonly Item[] =>
  referencesOf(resource).flatMap((edge) =>
    edge.name === undefined ? [] : [itemOf(edge.kind, resource.metadata.namespace ?? '', edge.name)],
  )

const PLURALS = new Map(KINDS.map((kind) => [kind.name, kind.plural]))

/** The resource of the API server that carries a kind. */
export const typeOf = (kind: string): ResourceType => ({
  group: 'plumbline.dev',
  version: 'v1alpha1',
  plural: PLURALS.get(kind) ?? '',
})
