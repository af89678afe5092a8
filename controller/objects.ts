import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { Entry } from '../reconciler/model.ts'
import { type Cache, itemFor, typeOf } from './cache.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import type { Status } from './status.ts'

/** Writes to objects of the cluster; the cache knows of them before the watch does. */
export class Objects {
  readonly #api: KubeApi
  readonly #cache: Cache
  readonly #signal: AbortSignal

  constructor(api: KubeApi, cache: Cache, signal: AbortSignal) {
    this.#api = api
    this.#cache = cache
    this.#signal = signal
  }

  /** The status as it was written last. */
  statusOf(resource: Resource): Status {
    const status = (this.#cache.get(itemFor(resource))?.status ?? {}) as Status
    const { owned } = status
    // Server-side apply leaves null of a map whose last key was taken away.
    return owned === undefined || (owned.memo as Entry['memo'] | null) !== null
      ? status
      : { ...status, owned: { ...owned, memo: {} } }
  }

  /** Server-side apply of the whole status; nothing is sent when it is the same. Throws PLAN_STALE for an object made anew. */
  async writeStatus(resource: Resource, uid: string | undefined, status: Status): Promise<void> {
    if (isDeepStrictEqual(status, this.statusOf(resource))) return
    await this.#applyStatus(resource, uid === undefined ? {} : { uid }, status)
  }

  /** Nobody else's word is overwritten: throws PLAN_STALE when another controller has written it since `seen`. */
  async writeStatusSeen(resource: Resource, uid: string | undefined, seen: Status, status: Status): Promise<void> {
    if (isDeepStrictEqual(status, seen)) return
    await this.#applyAt(resource, uid, [this.statusOf(resource), seen], status)
  }

  /** The intent of a write. Throws PLAN_STALE when the object has changed meanwhile, e.g. because another controller works on it. */
  async intend(resource: Resource, uid: string | undefined, known: Entry | undefined, owned: Entry): Promise<void> {
    const status = this.statusOf(resource)
    await this.#applyAt(resource, uid, [status.owned, known], { ...status, owned })
  }

  /** Writes to exactly the version that is in the cache, which has to say what it is thought to say. */
  async #applyAt(
    resource: Resource,
    uid: string | undefined,
    [said, known]: readonly [unknown, unknown],
    status: Status,
  ): Promise<void> {
    if (!isDeepStrictEqual(said, known))
      throw new PlumblineError('PLAN_STALE', 'another controller works on the same object')
    const { resourceVersion } = this.#cache.get(itemFor(resource))?.metadata ?? {}
    await this.#applyStatus(resource, { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }, status)
  }

  async #applyStatus(
    resource: Resource,
    at: { uid?: string; resourceVersion?: string },
    status: Status,
  ): Promise<void> {
    const { apiVersion, kind, metadata } = resource
    const { name, namespace } = metadata
    const identity = { name, ...(namespace && { namespace }), ...at }
    const options = { signal: this.#signal, subresource: 'status' } as const
    this.#cache.update(
      kind,
      await this.#api.apply(typeOf(kind), { apiVersion, kind, metadata: identity, status }, options),
    )
  }

  /** Changes metadata of an object as it is in the cache; PLAN_STALE when it is newer in the cluster. */
  async patchMetadata({ kind, metadata }: Resource, object: KubeObject, change: object): Promise<void> {
    const body = { metadata: { ...change, resourceVersion: object.metadata.resourceVersion } }
    this.#cache.update(kind, await this.#api.patch(typeOf(kind), metadata, body, this.#signal))
  }

  /** Sets annotations (`null` takes one away), whatever else changes meanwhile. */
  async annotate({ kind, metadata }: Resource, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    const body = { metadata: { annotations } }
    this.#cache.update(kind, await this.#api.patch(typeOf(kind), metadata, body, this.#signal))
  }
}
