import { PlumblineError } from '../config/errors.ts'
import { isGranted } from '../config/grants.ts'
import { kindOf } from '../config/kinds/index.ts'
import { referencesOf, valueAt } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Entry } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { giveUp, release } from '../reconciler/removal.ts'
import { type Cache, clusterResource, type Item, itemFor, partsOf } from './cache.ts'
import type { DeleteGuard } from './delete-guard.ts'
import { deletionPolicyOf, leavesAlone } from './deletion-policy.ts'
import type { Gates } from './gates.ts'
import type { KubeObject } from './kube/api.ts'
import type { Objects } from './objects.ts'
import type { Successors } from './successor.ts'

const FINALIZER = 'plumbline.dev/finalizer'

export const isHeld = (object: KubeObject | undefined): boolean =>
  object?.metadata.finalizers?.includes(FINALIZER) ?? false

export interface RemovalOptions {
  readonly cache: Cache
  readonly objects: Objects
  readonly gates: Gates
  readonly successors: Successors
  readonly guard: DeleteGuard
  /** Before an object goes: a Secret that is not its own does not go with it. */
  readonly disown: (owner: KubeObject, place: unknown) => Promise<void>
}

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
    this.#requireUnused(resource)
    if (owned !== undefined) await this.#end(object, resource, owned, context)
    await this.#disown(object, resource)
    await this.letGo(object, resource)
  }

  async #end(object: KubeObject, resource: Resource, owned: Entry, context: Context | undefined): Promise<void> {
    const { successors } = this.#o
    const isAlone = leavesAlone(object, resource)
    const isOurs = owned.heldBy === undefined
    const next = isAlone ? successors.known(resource, owned) : await successors.of(object, resource, owned)
    if (isOurs && next !== undefined) await successors.handOn(owned, next)
    else if (!isAlone) await this.#remove(object, resource, owned, context)
    else if (context !== undefined) void giveUp(owned, context)
  }

  async #remove(object: KubeObject, resource: Resource, owned: Entry, context: Context | undefined): Promise<void> {
    const { gates, guard } = this.#o
    gates.requireValid(resource)
    guard.require(object, resource)
    if (context === undefined) throw new PlumblineError('UNRESOLVED_REFERENCE', 'its Connection no longer exists')
    await release({ ...owned, deletionPolicy: deletionPolicyOf(resource) }, context, { put: nothing, drop: nothing })
    guard.note(resource)
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
    const resource = clusterResource(partsOf(item).kind, object)
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
