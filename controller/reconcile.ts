import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import { connectionOf } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import type { Facts } from '../reconciler/facts.ts'
import type { Entry, Step } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { lookOne, type Reconciled, reconcileOne, settled } from '../reconciler/reconcile-one.ts'
import { ruleCheck } from '../reconciler/rule-check.ts'
import { type Cache, clusterResource, type Item, itemFor, partsOf } from './cache.ts'
import type { Contexts } from './contexts.ts'
import { leavesAlone } from './deletion-policy.ts'
import type { FinalActions } from './final-actions.ts'
import type { Gates } from './gates.ts'
import type { ObjectHolding } from './holding.ts'
import type { KubeObject } from './kube/api.ts'
import { type ExpectedStatus, StatusLedger } from './ledger.ts'
import type { Objects } from './objects.ts'
import * as outcome from './outcome.ts'
import type { Pauses } from './pauses.ts'
import { PRIORITY, type Taken } from './queue.ts'
import { isHeld, type Removal } from './removal.ts'
import { reportOf, steeredFacts } from './report.ts'
import { READ_AGE, type Sessions } from './sessions.ts'
import { inCluster, settleCreate } from './settling.ts'
import * as states from './status.ts'
import { type DriftLook, sharedFor } from './sweep.ts'

/** When to look at an object again. */
export type Next = { readonly after: 'nothing' } | ({ readonly after: 'drift' } & DriftLook) | RetryAfter

export interface RetryAfter {
  readonly after: 'retry'
  /** The system asked for so much time. */
  readonly seconds?: number
  /** Drift interval of the object: it is looked at that often, whatever failed. */
  readonly within?: number
}

/** One look at one object. */
interface Attempt {
  readonly object: KubeObject
  readonly resource: Resource
  readonly ledger: StatusLedger
  /** What the status said when the look began. */
  readonly seen: states.Status
  /** Nothing has happened to it: it is only looked at for drift. */
  readonly isSweep: boolean
  /** When somebody asked for the look, as `performance.now()` tells: what was read before does not show why. */
  readonly asked: number
  /** Aborts when the look is not wanted any more, or takes longer than the drift interval. */
  readonly signal: AbortSignal
  /** Whether the system has let it in: then what it claims counts, whatever happens later. */
  isProven: boolean
}

/** What was done to an object, for events and metrics. */
export interface Done {
  readonly step?: Step
  readonly error?: PlumblineError
  readonly removed?: true
  readonly before: states.Status
  readonly after: states.Status
}

export interface ReconcilerOptions {
  readonly cache: Cache
  readonly objects: Objects
  readonly sessions: Sessions
  readonly gates: Gates
  readonly removal: Removal
  readonly pauses: Pauses
  readonly finalActions: FinalActions
  readonly contexts: Contexts
  readonly holding: ObjectHolding
  readonly wake: (item: Item) => void
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly onDone: (object: KubeObject, resource: Resource, done: Done) => void
}

/** Why a look is ended that nobody else ended. */
const TOO_LONG = new Error('it took longer than the drift interval')

const DEFAULT_INTERVAL_SECONDS = 300
const UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

/** Brings one object of the cluster in step with its system, and writes its status once. */
export class Reconciler {
  readonly #o: ReconcilerOptions

  constructor(options: ReconcilerOptions) {
    this.#o = options
  }

  /** Throws only what keeps the outcome from being written down. */
  async reconcile(taken: Taken, stop: AbortController): Promise<Next> {
    const { item } = taken
    const object = this.#o.cache.get(item)
    if (object === undefined) return { after: 'nothing' }
    const attempt = this.#begin(object, clusterResource(partsOf(item).kind, object), taken, stop.signal)
    const limit = setTimeout(() => stop.abort(TOO_LONG), intervalOf(attempt.resource) * 1_000)
    try {
      return await this.#act(attempt)
    } catch (thrown) {
      this.#o.signal.throwIfAborted()
      if (stop.signal.aborted && stop.signal.reason !== TOO_LONG) return { after: 'nothing' }
      return this.#fail(attempt, toPlumblineError(thrown))
    } finally {
      clearTimeout(limit)
    }
  }

  #begin(object: KubeObject, resource: Resource, { priority, askedAgo }: Taken, signal: AbortSignal): Attempt {
    const { objects, cache, finalActions } = this.#o
    const { uid } = object.metadata
    const write = async (owned: Entry, known: ExpectedStatus): Promise<Entry | undefined> => {
      if (known === 'anything') await objects.writeStatus(resource, uid, { ...objects.statusOf(resource), owned })
      else await objects.intend(resource, uid, known, owned)
      return objects.statusOf(resource).owned
    }
    const due = async (): Promise<void> => {
      const connection = connectionOf(resource, cache)
      if (connection !== undefined) await finalActions.due(connection)
    }
    const status = objects.statusOf(resource)
    const { generation, request } = outcome.acknowledged(resource)
    const isKnown = status.observedGeneration === generation && status.lastReconcileRequest === request
    const ledger = new StatusLedger(addressOf(resource), status.owned, write, due)
    return {
      object,
      resource,
      ledger,
      seen: status,
      isSweep: priority === PRIORITY.drift && isKnown,
      asked: performance.now() - askedAgo,
      signal,
      isProven: false,
    }
  }

  #act(attempt: Attempt): Promise<Next> {
    const { object, resource } = attempt
    const leaves = object.metadata.deletionTimestamp !== undefined
    const pause = leavesAlone(object, resource) ? undefined : this.#o.pauses.of(object, resource)
    if (pause !== undefined) return this.#pause(attempt, pause)
    if (leaves) return this.#remove(attempt)
    return kindOf(resource.kind)?.system === undefined ? this.#accept(attempt) : this.#converge(attempt)
  }

  /** What configures Plumbline itself: a Connection is good when its credentials are there. */
  async #accept(attempt: Attempt): Promise<Next> {
    const { object, resource } = attempt
    const { gates, sessions, removal } = this.#o
    const isConnection = resource.kind === 'Connection'
    if (isConnection && !isHeld(object)) await removal.hold(object, resource)
    gates.requireReferences(resource)
    gates.requireValid(resource)
    if (isConnection) await sessions.of(resource).requireAccess()
    const verdicts = isConnection ? outcome.CONNECTED : outcome.ACCEPTED
    await this.#write(attempt, { ...outcome.acknowledged(resource), verdicts }, {})
    return { after: 'nothing' }
  }

  async #converge(attempt: Attempt): Promise<Next> {
    const { object, resource, ledger } = attempt
    const { gates, removal, sessions, objects } = this.#o
    const connection = gates.pass(resource)
    if (!isHeld(object)) await removal.hold(object, resource)
    if (await settleCreate(resource, object.metadata.uid, objects)) await ledger.drop(addressOf(resource))
    const opened = sessions.of(connection)
    const isInStep = attempt.isSweep && (await this.#sweep(attempt, connection))
    if (!isInStep) await opened.use(() => this.#reconcile(attempt, connection), readAge(attempt))
    return lookLater(resource, connection)
  }

  /**
   * A look on reads that are shared by the whole sweep. False when something has to be written: nothing is, on the ground
   * of what may be some time old.
   */
  #sweep(attempt: Attempt, connection: Resource): Promise<boolean> {
    const { resource, ledger } = attempt
    const age = sharedFor(intervalOf(resource))
    const opened = this.#o.sessions.of(connection)
    return opened.use(async () => {
      const facts = steeredFacts(resource, this.#o.cache, this.#o.objects.statusOf(resource), this.#o.now())
      const context = { ...this.#context(attempt, connection), connections: opened.swept(age) }
      const done = settled(await lookOne(facts, ledger.entries.get(facts.address), context, ruleCheck))
      if (done !== undefined) await this.#finish(attempt, connection, facts, done, context)
      return done !== undefined
    }, age)
  }

  async #reconcile(attempt: Attempt, connection: Resource): Promise<void> {
    const { resource, ledger } = attempt
    const facts = steeredFacts(resource, this.#o.cache, this.#o.objects.statusOf(resource), this.#o.now())
    const context = this.#context(attempt, connection)
    const done = await reconcileOne(facts, ledger, context, ruleCheck)
    await this.#finish(attempt, connection, facts, done, context)
  }

  async #finish(attempt: Attempt, connection: Resource, facts: Facts, { step, entry }: Reconciled, context: Context) {
    const { resource, ledger } = attempt
    const { holding, objects, now } = this.#o
    if (facts.steering.management !== 'Full') holding.giveUp(resource)
    else if (!attempt.isProven) await this.#prove(attempt, connection)
    ledger.entries.set(facts.address, entry)
    const report = await reportOf(facts, objects.statusOf(resource), { step, entry }, context, now())
    await this.#write(attempt, report, { step })
  }

  /** The system has answered with the credentials of the Connection. Throws CONFLICT when somebody else goes before. */
  async #prove(attempt: Attempt, connection: Resource): Promise<void> {
    const connected = await this.#o.sessions.of(connection).connections.connection(connection.metadata.name)
    const place = await connected.place(attempt.signal)
    attempt.isProven = true
    this.#noteAccess(attempt.resource, undefined)
    this.#o.holding.prove(attempt.object, attempt.resource, place)
  }

  /** What a system thinks of the credentials is told by the Connection, too. */
  #noteAccess(resource: Resource, refusal: PlumblineError | undefined): void {
    const connection = connectionOf(resource, this.#o.cache)
    if (connection === undefined || !this.#o.sessions.of(connection).noteAccess(refusal)) return
    this.#o.wake(itemFor(connection))
  }

  #context(attempt: Attempt, connection: Resource): Context {
    const { object, resource, signal } = attempt
    const prove = (): Promise<void> => this.#prove(attempt, connection)
    return this.#o.contexts.of({ object, resource, connection, signal, prove })
  }

  async #pause({ object, resource }: Attempt, message: string): Promise<Next> {
    const { objects, now } = this.#o
    const generation = resource.metadata.generation ?? 0
    const next = states.pausedStatus(objects.statusOf(resource), generation, message, now())
    await objects.writeStatus(resource, object.metadata.uid, next)
    return { after: 'nothing' }
  }

  async #remove(attempt: Attempt): Promise<Next> {
    const { object, resource } = attempt
    if (!isHeld(object)) return { after: 'nothing' }
    const { removal, sessions, cache, objects } = this.#o
    const connection = connectionOf(resource, cache)
    const context = connection && this.#o.contexts.of({ object, resource, connection, signal: attempt.signal })
    const finish = (): Promise<void> => removal.finish(object, resource, context)
    const asksNobody = connection === undefined || leavesAlone(object, resource)
    await (asksNobody ? finish() : sessions.of(connection).use(finish, READ_AGE.fresh))
    const status = objects.statusOf(resource)
    this.#o.onDone(object, resource, { removed: true, before: status, after: status })
    return { after: 'nothing' }
  }

  async #fail(attempt: Attempt, thrown: PlumblineError): Promise<Next> {
    const { resource } = attempt
    const error = inCluster(thrown, resource)
    const { holding } = this.#o
    // It has changed or gone under our hands: its next version is on its way here.
    if (error.code === 'PLAN_STALE') return { after: 'retry' }
    if (!attempt.isProven) holding.failed(resource, outcome.isPassing(error))
    if (error.code === 'UNAUTHENTICATED') this.#noteAccess(resource, error)
    const verdicts = outcome.verdictsOnError(error, this.#o.objects.statusOf(resource), resource)
    await this.#write(attempt, { ...outcome.acknowledged(resource), verdicts }, { error })
    // What waits for a reference is woken by it, and a terminal error by an edit: the interval is for what nobody saw.
    if (error.retry === 'never') return lookLater(resource, connectionOf(resource, this.#o.cache))
    const seconds = typeof error.retry === 'object' ? error.retry.afterSeconds : undefined
    return { after: 'retry', within: intervalOf(resource), ...(seconds === undefined ? {} : { seconds }) }
  }

  async #write(attempt: Attempt, input: states.StatusInput, done: Pick<Done, 'step' | 'error'>) {
    const { object, resource, ledger, seen } = attempt
    const { objects, now, onDone } = this.#o
    const before = objects.statusOf(resource)
    const after = states.nextStatus(before, { ...input, owned: ledger.owned }, now())
    // Whoever only watches may have looked before the other one made the object, and has lost nothing by looking again.
    if (ledger.owned?.heldBy === undefined) await objects.writeStatus(resource, object.metadata.uid, after)
    else await objects.writeStatusSeen(resource, object.metadata.uid, seen, after)
    onDone(object, resource, { ...done, before, after })
  }
}

/** Looks that wait for each other share what they read. */
const readAge = ({ asked }: Attempt): number => Math.min(READ_AGE.burst, performance.now() - asked)

/** All objects behind one Connection are looked at together. */
const lookLater = (resource: Resource, connection: Resource | undefined): Next => ({
  after: 'drift',
  seconds: intervalOf(resource),
  group: itemFor(connection ?? resource),
})

/** Seconds between two looks at an object (`spec.drift.interval`). */
function intervalOf(resource: Resource): number {
  const text = (resource.spec.drift as { interval?: string } | undefined)?.interval
  const match = /^(\d+)([smh])$/.exec(text ?? '')
  return match ? Number(match[1]) * (UNIT[match[2] ?? ''] ?? 1) : DEFAULT_INTERVAL_SECONDS
}
