import { type Cache, clusterResource, grantsOf, type Item, itemKey, partsOf } from './cache.ts'
import type { Claims } from './claims.ts'
import { isReady, isSynced } from './conditions.ts'
import { TAKE_OVER_ANNOTATION } from './contexts.ts'
import type { Delayed } from './delayed-queue.ts'
import { ALLOW_DELETE_ANNOTATION, type DeleteGuard } from './delete-guard.ts'
import { leavesAlone } from './deletion-policy.ts'
import type { FinalActions } from './final-actions.ts'
import type { ObjectHolding } from './holding.ts'
import type { KubeObject } from './kube/api.ts'
import { PAUSE_ANNOTATION, type Pauses } from './pauses.ts'
import { PRIORITY, type Priority } from './queue.ts'
import type { Sessions } from './sessions.ts'
import { NOT_CREATED_ANNOTATION } from './settling.ts'
import { REQUEST_ANNOTATION } from './status.ts'
import type { Observer } from './watches.ts'

export interface TriggersOptions {
  readonly cache: Cache
  readonly claims: Claims
  readonly pauses: Pauses
  readonly guard: DeleteGuard
  readonly sessions: Sessions
  readonly finalActions: FinalActions
  readonly holding: ObjectHolding
  readonly delayed: Delayed
  /** Whether an item is worked on here; the others are worked on by another controller. */
  readonly isMine: (item: Item) => boolean
  readonly add: (item: Item, priority: Priority) => void
  /** What is being done about an item is not wanted any more. */
  readonly abandon: (item: Item) => void
  /** The item has gone, and nothing of it is to be remembered. */
  readonly forget: (item: Item) => void
}

/** Turns what happens in the cluster into work: who has to be looked at again, and how urgently. */
export class Triggers implements Observer {
  readonly #o: TriggersOptions
  /** Namespaces that are being deleted. */
  readonly #leaving = new Set<string>()

  /** Everything was listed: what is new from now on was made by somebody just now. */
  #hasBegun = false

  constructor(options: TriggersOptions) {
    this.#o = options
  }

  begin(): void {
    this.#hasBegun = true
  }

  changed(kind: string, object: KubeObject): void {
    this.#o.cache.put(kind, object)
  }

  gone(kind: string, { metadata }: KubeObject): void {
    this.#o.cache.remove(itemKey(kind, metadata.namespace ?? '', metadata.name))
  }

  /** Whoever reads or writes it looks again; a Connection that reads it is opened anew. */
  secret({ metadata }: KubeObject): void {
    const users = this.#o.cache.dependentsOf(itemKey('Secret', metadata.namespace ?? '', metadata.name))
    for (const item of users) {
      this.#forgetSession(item)
      this.#o.add(item, PRIORITY.change)
      if (partsOf(item).kind === 'Connection') this.#wakeDependents(item)
    }
  }

  namespace(namespace: KubeObject): void {
    const { cache, guard, pauses, add } = this.#o
    const { name, deletionTimestamp } = namespace.metadata
    if (deletionTimestamp === undefined) this.#leaving.delete(name)
    else this.#leaving.add(name)
    const changes = [pauses.note(namespace), guard.noteNamespace(namespace)]
    if (!changes.includes(true)) return
    for (const item of cache.items())
      if (pauses.isForAll(name) || partsOf(item).namespace === name) add(item, PRIORITY.retry)
  }

  /** Told by the cache of every object that is new, newer or gone, whoever noticed. */
  cached(item: Item, before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (after === undefined) this.#left(item)
    else this.#stored(item, before, after)
  }

  #stored(item: Item, before: KubeObject | undefined, after: KubeObject): void {
    const { generation, deletionTimestamp } = after.metadata
    const isEdited = before?.metadata.generation !== generation
    if (!this.#o.isMine(item)) this.#others(item)
    if (isEdited) this.#edited(item, after)
    if (isEdited || before === undefined || isAskedFor(before, after)) this.#o.add(item, this.#priorityOf(after))
    if (deletionTimestamp !== undefined && (isEdited || before?.metadata.deletionTimestamp === undefined))
      this.#leaves(item, after)
    if (isEdited || isReady(before) !== isReady(after)) this.#wakeDependents(item)
    if (isEdited) this.#wakeExcepted(item)
  }

  /** Another controller works on it: what that one found counts here, too. */
  #others(item: Item): void {
    const { abandon, delayed, holding } = this.#o
    abandon(item)
    delayed.cancel(item)
    if (this.#hasBegun) holding.note(item)
  }

  /** What only leaves the cluster waits for nobody: neither for a turn of its Connection nor for a look that goes on. */
  #leaves(item: Item, object: KubeObject): void {
    this.#o.add(item, PRIORITY.delete)
    if (leavesAlone(object, clusterResource(partsOf(item).kind, object))) this.#o.abandon(item)
  }

  /** What was in order when a controller looked last is only looked at for drift, e.g. at the start. */
  #priorityOf(object: KubeObject): Priority {
    const { observedGeneration } = (object.status ?? {}) as { observedGeneration?: number }
    if (observedGeneration === object.metadata.generation && isSynced(object)) return PRIORITY.drift
    return this.#hasBegun ? PRIORITY.change : PRIORITY.resume
  }

  #edited(item: Item, object: KubeObject): void {
    const { cache, claims, finalActions, isMine, add } = this.#o
    const resource = clusterResource(partsOf(item).kind, object)
    for (const other of claims.edited(item, resource, cache)) add(other, PRIORITY.change)
    if (resource.kind === 'Connection' && isMine(item)) finalActions.resume(resource)
  }

  #left(item: Item): void {
    const { claims, delayed, sessions, add } = this.#o
    delayed.cancel(item)
    this.#o.forget(item)
    if (partsOf(item).kind === 'Connection') sessions.forget(item)
    for (const other of claims.drop(item)) add(other, PRIORITY.change)
    this.#wakeDependents(item)
    this.#wakeExcepted(item)
    for (const target of this.#o.cache.targetsOf(item)) this.#wakeLeaving(target)
  }

  /** What a DriftException is about may differ from now on, or not any more. */
  #wakeExcepted(item: Item): void {
    if (partsOf(item).kind !== 'DriftException') return
    for (const target of this.#o.cache.targetsOf(item)) this.#o.add(target, PRIORITY.change)
  }

  /** What is being deleted waits for those who need it. */
  #wakeLeaving(item: Item): void {
    if (this.#o.cache.get(item)?.metadata.deletionTimestamp !== undefined) this.#o.add(item, PRIORITY.delete)
  }

  /** Whoever refers to it looks again; Connections below take their address from it. A grant wakes who needs it. */
  #wakeDependents(item: Item): void {
    const { kind, namespace } = partsOf(item)
    const woken = kind === 'ReferenceGrant' ? grantsOf(namespace) : item
    for (const dependent of this.#o.cache.dependentsOf(woken)) {
      this.#forgetSession(dependent)
      this.#o.add(dependent, PRIORITY.retry)
    }
  }

  /**
   * In a namespace that is being deleted Secrets may go first. Then what is open stays so, since others still have to
   * leave their systems through it.
   */
  #forgetSession(item: Item): void {
    const { kind, namespace } = partsOf(item)
    const isLeaving = this.#o.cache.get(item)?.metadata.deletionTimestamp !== undefined
    if (kind === 'Connection' && !isLeaving && !this.#leaving.has(namespace)) this.#o.sessions.forget(item)
  }
}

/** A person asks by an annotation, allows something, or ends a pause. */
const isAskedFor = (before: KubeObject, after: KubeObject): boolean =>
  ASKING.some((name) => before.metadata.annotations?.[name] !== after.metadata.annotations?.[name])

const ASKING = [
  REQUEST_ANNOTATION,
  PAUSE_ANNOTATION,
  TAKE_OVER_ANNOTATION,
  NOT_CREATED_ANNOTATION,
  ALLOW_DELETE_ANNOTATION,
]
