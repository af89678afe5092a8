import { connectionOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Cache } from './cache.ts'
import type { KubeObject } from './kube/api.ts'

/** `true` on an object, on a namespace, or on the controller's own namespace (then nothing at all is acted on). */
export const PAUSE_ANNOTATION = 'plumbline.dev/paused'

const isPaused = (object: KubeObject): boolean => object.metadata.annotations?.[PAUSE_ANNOTATION] === 'true'

/** Who is to be left alone. */
export class Pauses {
  readonly #cache: Cache
  readonly #own: string
  readonly #namespaces = new Set<string>()

  constructor(cache: Cache, ownNamespace: string) {
    this.#cache = cache
    this.#own = ownNamespace
  }

  /** Notes a namespace; true when its pause has begun or ended. */
  note(namespace: KubeObject): boolean {
    const { name } = namespace.metadata
    const before = this.#namespaces.has(name)
    if (isPaused(namespace)) this.#namespaces.add(name)
    else this.#namespaces.delete(name)
    return before !== this.#namespaces.has(name)
  }

  /** Whether a pause of this namespace concerns every object of the cluster. */
  isForAll = (namespace: string): boolean => namespace === this.#own

  /** Why an object is to be left alone, for people; `undefined` when it is not. */
  of(object: KubeObject, resource: Resource): string | undefined {
    const namespace = resource.metadata.namespace ?? ''
    if (isPaused(object)) return `paused by its annotation ${PAUSE_ANNOTATION}`
    if (resource.kind !== 'Connection' && resource.spec.management === 'Paused') return 'its management is Paused'
    if (connectionOf(resource, this.#cache)?.spec.management === 'Paused') return 'its Connection is Paused'
    const paused = [namespace, this.#own].find((name) => this.#namespaces.has(name))
    return paused && `paused by the annotation ${PAUSE_ANNOTATION} of the namespace ${paused}`
  }
}
