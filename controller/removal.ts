import { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { Entry } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { giveUp, release } from '../reconciler/removal.ts'
import { type Cache, type Item, itemFor, partsOf } from './cache.ts'
import type { Gates } from './gates.ts'
import type { KubeObject } from './kube/api.ts'
import type { Objects } from './objects.ts'

export const FINALIZER = 'plumbline.dev/finalizer'

export const isHeld = (object: KubeObject | undefined): boolean =>
  object?.metadata.finalizers?.includes(FINALIZER) ?? false

/** What happens to the object of the system when its document goes, now that it is asked for. */
export const policyOf = ({ spec }: Resource): Entry['deletionPolicy'] =>
  (spec.deletionPolicy as Entry['deletionPolicy'] | undefined) ?? 'Retain'

/** Ends the management of deleted objects: the finalizer leaves after a confirmed delete, or when the object is kept. */
export class Removal {
  readonly #cache: Cache
  readonly #objects: Objects
  readonly #gates: Gates

  constructor(cache: Cache, objects: Objects, gates: Gates) {
    this.#cache = cache
    this.#objects = objects
    this.#gates = gates
  }

  hold(object: KubeObject, resource: Resource): Promise<void> {
    const finalizers = [...(object.metadata.finalizers ?? []), FINALIZER]
    return this.#objects.patchMetadata(resource, object, { finalizers })
  }

  /** Throws what stands in the way; then the object stays. Retained objects never do. */
  async finish(object: KubeObject, resource: Resource, context: Context | undefined): Promise<void> {
    const { owned } = this.#objects.statusOf(resource)
    const deletionPolicy = policyOf(resource)
    const isKept = deletionPolicy === 'Retain' || owned === undefined
    if (resource.kind === 'Connection' || !isKept) this.#requireUnused(resource)
    if (isKept && owned !== undefined && context !== undefined) void giveUp(owned, context)
    if (!isKept) {
      this.#gates.requireValid(resource)
      if (context === undefined)
        throw new PlumblineError('UNRESOLVED_REFERENCE', 'its Connection is not there any more')
      await release({ ...owned, deletionPolicy }, context, { put: nothing, drop: nothing })
    }
    await this.letGo(object, resource)
  }

  async letGo(object: KubeObject, resource: Resource): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== FINALIZER)
    await this.#objects.patchMetadata(resource, object, { finalizers })
  }

  /** Others are managed through it or live in it: they go first. */
  #requireUnused(resource: Resource): void {
    const user = this.#cache.dependentsOf(itemFor(resource)).find((item: Item) => isHeld(this.#cache.get(item)))
    if (user === undefined) return
    const { kind, name } = partsOf(user)
    throw new PlumblineError('UNRESOLVED_REFERENCE', `${kind} ${name} still needs it and has to go first`)
  }
}

const nothing = async (): Promise<void> => {}
