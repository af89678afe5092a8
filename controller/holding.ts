import { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { Place } from '../reconciler/identity.ts'
import { type Cache, clusterResource, type Item, itemFor, partsOf } from './cache.ts'
import { type Claims, documentClaims, writtenPlace } from './claims.ts'
import type { KubeObject } from './kube/api.ts'
import type { Status } from './status.ts'

export interface HoldingOptions {
  readonly cache: Cache
  readonly claims: Claims
  /** Has to look again: another one holds what it would like to, or does not any more. */
  readonly wake: (item: Item) => void
}

/** Who of several objects of the cluster may write to one object of a system. */
export class ObjectHolding {
  readonly #o: HoldingOptions

  constructor(options: HoldingOptions) {
    this.#o = options
  }

  /** What earlier controllers found and wrote into the status counts from the start. */
  restore(): void {
    const { cache } = this.#o
    for (const item of cache.items()) this.#restore(item)
  }

  /** The controller that works on the object has found something, and has written it into the status. */
  note(item: Item): void {
    for (const other of this.#restore(item)) this.#o.wake(other)
  }

  #restore(item: Item): readonly Item[] {
    const { cache, claims } = this.#o
    const object = cache.get(item)
    const resource = object && clusterResource(partsOf(item).kind, object)
    const written = resource && writtenPlace(resource, cache)
    if (object === undefined || resource === undefined || written === undefined || !holds(object))
      return claims.drop(item)
    const place = (object.status as Status).owned?.place ?? written
    return claims.lay(object, { item, place, written, claims: documentClaims(resource, cache, place) })
  }

  /** The system has let the object in. Throws CONFLICT when an older one describes the same. */
  prove(object: KubeObject, resource: Resource, place: Place): void {
    const { cache, claims, wake } = this.#o
    const item = itemFor(resource)
    const written = writtenPlace(resource, cache) ?? place
    const wanted = documentClaims(resource, cache, place)
    for (const other of claims.lay(object, { item, place, written, claims: wanted })) wake(other)
    // Releases before places were told recorded none: until it is looked at, such an object stands where it is written.
    const conflict = claims.holderBefore(item, [...wanted, ...documentClaims(resource, cache, written)])
    if (conflict === undefined) return
    const { kind, name, namespace } = partsOf(conflict.holder)
    throw new PlumblineError('CONFLICT', `${kind} ${namespace}/${name} is older and describes ${conflict.what}`, {
      help: 'Keep one of the two.',
    })
  }

  failed(resource: Resource, isPassing: boolean): void {
    const { cache, claims, wake } = this.#o
    const item = itemFor(resource)
    for (const other of claims.failed(item, writtenPlace(resource, cache), isPassing)) wake(other)
  }

  giveUp(resource: Resource): void {
    for (const other of this.#o.claims.drop(itemFor(resource))) this.#o.wake(other)
  }
}

/** Its status says that it was made or taken over. */
function holds({ status }: KubeObject): boolean {
  const { owned } = (status ?? {}) as Status
  return owned !== undefined && owned.heldBy === undefined && (owned.specDigest !== undefined || owned.id === undefined)
}
