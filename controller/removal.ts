import { PlumblineError } from '../config/errors.ts'
import { isGranted } from '../config/grants.ts'
import { kindOf } from '../config/kinds/index.ts'
import { referencesOf, valueAt } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Entry } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { giveUp, release } from '../reconciler/removal.ts'
import { type Cache, type Item, itemFor, partsOf, resourceOf } from './cache.ts'
import type { Gates } from './gates.ts'
import type { KubeObject } from './kube/api.ts'
import type { Objects } from './objects.ts'
import type { Status } from './status.ts'

export const FINALIZER = 'plumbline.dev/finalizer'

export const isHeld = (object: KubeObject | undefined): boolean =>
  object?.metadata.finalizers?.includes(FINALIZER) ?? false

/** What happens to the object of the system when its document goes, now that it is asked for. */
export const policyOf = ({ spec }: Resource): Entry['deletionPolicy'] =>
  (spec.deletionPolicy as Entry['deletionPolicy'] | undefined) ?? 'Retain'

export interface RemovalOptions {
  readonly cache: Cache
  readonly objects: Objects
  readonly gates: Gates
  /** Before an object goes: a Secret that is not its own does not go with it. */
  readonly disown: (owner: KubeObject, place: unknown) => Promise<void>
}

/** It leaves the cluster and nothing else: it is retained, or was never made. No system is waited for. */
export const leavesAlone = (object: KubeObject, resource: Resource): boolean =>
  object.metadata.deletionTimestamp !== undefined && isKept(object, resource)

const isKept = (object: KubeObject, resource: Resource): boolean =>
  policyOf(resource) === 'Retain' || (object.status as Status | undefined)?.owned === undefined

/** Ends the management of deleted objects: the finalizer leaves after a confirmed delete, or when the object is kept. */
export class Removal {
  readonly #o: RemovalOptions

  constructor(options: RemovalOptions) {
    this.#o = options
  }

  hold(object: KubeObject, resource: Resource): Promise<void> {
    const finalizers = [...(object.metadata.finalizers ?? []), FINALIZER]
    return this.#o.objects.patchMetadata(resource, object, { finalizers })
  }

  /** Throws what stands in the way; then the object stays. Retained objects never do. */
  async finish(object: KubeObject, resource: Resource, context: Context | undefined): Promise<void> {
    const { owned } = this.#o.objects.statusOf(resource)
    const deletionPolicy = policyOf(resource)
    this.#requireUnused(resource)
    if (deletionPolicy === 'Retain' || owned === undefined) {
      if (owned !== undefined && context !== undefined) void giveUp(owned, context)
    } else {
      this.#o.gates.requireValid(resource)
      if (context === undefined)
        throw new PlumblineError('UNRESOLVED_REFERENCE', 'its Connection is not there any more')
      await release({ ...owned, deletionPolicy }, context, { put: nothing, drop: nothing })
    }
    await this.#disown(object, resource)
    await this.letGo(object, resource)
  }

  async letGo(object: KubeObject, resource: Resource): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== FINALIZER)
    await this.#o.objects.patchMetadata(resource, object, { finalizers })
  }

  async #disown(object: KubeObject, { kind, spec }: Resource): Promise<void> {
    const produces = kindOf(kind)?.produces
    const place = produces && valueAt(spec, produces)
    if (place !== undefined) await this.#o.disown(object, place)
  }

  /** Who refers without a grant keeps nothing from going. */
  #isUser(item: Item): boolean {
    const object = this.#o.cache.get(item)
    if (object === undefined || !isHeld(object)) return false
    const resource = resourceOf(partsOf(item).kind, object)
    return referencesOf(resource).every((edge) => isGranted(edge, resource, this.#o.cache))
  }

  /** Others are managed through it or live in it: they go first. */
  #requireUnused(resource: Resource): void {
    const user = this.#o.cache.dependentsOf(itemFor(resource)).find((item) => this.#isUser(item))
    if (user === undefined) return
    const { kind, name } = partsOf(user)
    throw new PlumblineError('UNRESOLVED_REFERENCE', `${kind} ${name} still needs it and has to go first`)
  }
}

const nothing = async (): Promise<void> => {}
