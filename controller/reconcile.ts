import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import { connectionOf } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import { type Facts, factsOf } from '../reconciler/facts.ts'
import type { Entry, Step } from '../reconciler/model.ts'
import type { Context, Deliveries } from '../reconciler/observe.ts'
import { driftOf, lookOne, type Reconciled, reconcileOne, settled } from '../reconciler/one.ts'
import { Ownership } from '../reconciler/ownership.ts'
import { ruleCheck } from '../reconciler/rules.ts'
import { type Cache, type Item, itemFor, partsOf, resourceOf } from './cache.ts'
import type { FinalActions } from './final-actions.ts'
import type { Gates } from './gates.ts'
import type { KubeObject } from './kube/api.ts'
import { StatusLedger } from './ledger.ts'
import type { Objects } from './objects.ts'
import * as outcome from './outcome.ts'
import type { Pauses } from './pauses.ts'
import { PRIORITY, type Priority } from './queue.ts'
import { isHeld, policyOf, type Removal } from './removal.ts'
import { READ_AGE, type Sessions } from './sessions.ts'
import * as states from './status.ts'
import { type DriftLook, sharedFor } from './sweep.ts'

/** When to look at an object again. */
export type Next =
  | { readonly after: 'nothing' }
  | ({ readonly after: 'drift' } & DriftLook)
  | { readonly after: 'retry'; readonly seconds?: number }

/** Takes an object from the owner that it names, e.g. a Pulumi stack that is gone; see `status.owned.heldBy`. */
const TAKE_OVER_ANNOTATION = 'plumbline.dev/take-over'

/** One look at one object. */
interface Attempt {
  readonly object: KubeObject
  readonly resource: Resource
  readonly ledger: StatusLedger
  /** Nothing has happened to it: it is only looked at for drift. */
  readonly isSweep: boolean
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
  readonly deliveries: (owner: KubeObject) => Deliveries
  readonly fingerprintKey: string
  /** Who this cluster is, towards others who may manage the same objects. */
  readonly owner: string
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly onDone: (object: KubeObject, resource: Resource, done: Done) => void
}

const DEFAULT_INTERVAL_SECONDS = 300
const UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

/** Brings one object of the cluster in step with its system, and writes its status once. */
export class Reconciler {
  readonly #o: ReconcilerOptions

  constructor(options: ReconcilerOptions) {
    this.#o = options
  }

  /** Throws only what keeps the outcome from being written down. */
  async reconcile(item: Item, priority: Priority): Promise<Next> {
    const object = this.#o.cache.get(item)
    if (object === undefined) return { after: 'nothing' }
    const attempt = this.#begin(object, resourceOf(partsOf(item).kind, object), priority)
    try {
      return await this.#act(attempt)
    } catch (thrown) {
      this.#o.signal.throwIfAborted()
      return this.#fail(attempt, toPlumblineError(thrown))
    }
  }

  #begin(object: KubeObject, resource: Resource, priority: Priority): Attempt {
    const { objects, cache, finalActions } = this.#o
    const write = (owned: Entry): Promise<void> =>
      objects.writeStatus(resource, object.metadata.uid, { ...objects.statusOf(resource), owned })
    const due = async (): Promise<void> => {
      const connection = connectionOf(resource, cache)
      if (connection !== undefined) await finalActions.due(connection)
    }
    const status = objects.statusOf(resource)
    const { generation, request } = outcome.acknowledged(resource)
    const isKnown = status.observedGeneration === generation && status.lastReconcileRequest === request
    const ledger = new StatusLedger(addressOf(resource), status.owned, write, due)
    return { object, resource, ledger, isSweep: priority === PRIORITY.drift && isKnown }
  }

  #act(attempt: Attempt): Promise<Next> {
    const { object, resource } = attempt
    const leaves = object.metadata.deletionTimestamp !== undefined
    const pause = leaves && policyOf(resource) === 'Retain' ? undefined : this.#o.pauses.of(object, resource)
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
    if (isConnection) await sessions.of(resource).runtime.connection(resource.metadata.name)
    const verdicts = isConnection ? outcome.CONNECTED : outcome.ACCEPTED
    await this.#write(attempt, { ...outcome.acknowledged(resource), verdicts }, {})
    return { after: 'nothing' }
  }

  async #converge(attempt: Attempt): Promise<Next> {
    const { object, resource } = attempt
    const { gates, removal, sessions } = this.#o
    const connection = gates.pass(object, resource)
    if (!isHeld(object)) await removal.hold(object, resource)
    const opened = sessions.of(connection)
    const isInStep = attempt.isSweep && (await this.#sweep(attempt, connection))
    if (!isInStep) await opened.use(() => this.#reconcile(attempt, connection), this.#ageFor(resource))
    return lookLater(resource, connection)
  }

  /** What a person asks for is read anew; what comes in a burst shares what it reads. */
  #ageFor(resource: Resource): number {
    const { request } = outcome.acknowledged(resource)
    const isAsked = request !== this.#o.objects.statusOf(resource).lastReconcileRequest
    return isAsked ? READ_AGE.fresh : READ_AGE.burst
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
      const facts = this.#facts(resource, this.#o.objects.statusOf(resource))
      const context = { ...this.#context(attempt, connection), runtime: opened.swept(age) }
      const done = settled(await lookOne(facts, ledger.entries.get(facts.address), context, ruleCheck))
      if (done !== undefined) await this.#finish(attempt, facts, done, context)
      return done !== undefined
    }, age)
  }

  async #reconcile(attempt: Attempt, connection: Resource): Promise<void> {
    const { resource, ledger } = attempt
    const facts = this.#facts(resource, this.#o.objects.statusOf(resource))
    const context = this.#context(attempt, connection)
    await this.#finish(attempt, facts, await reconcileOne(facts, ledger, context, ruleCheck), context)
  }

  async #finish(attempt: Attempt, facts: Facts, done: Reconciled, context: Context): Promise<void> {
    const { resource, ledger } = attempt
    ledger.entries.set(facts.address, done.entry)
    const status = this.#o.objects.statusOf(resource)
    await this.#write(attempt, await this.#success(resource, status, facts, done, context), { step: done.step })
  }

  /** Contested fields are left alone: they count as ignored until the document changes. */
  #facts(resource: Resource, status: states.Status): Facts {
    const facts = factsOf(resource, this.#o.cache, status.owned)
    const contested = states.contestedPaths(correctionsOf(resource, status))
    return { ...facts, steering: { ...facts.steering, ignore: [...facts.steering.ignore, ...contested] } }
  }

  #context({ object, resource }: Attempt, connection: Resource): Context {
    const { deliveries, fingerprintKey, signal, sessions } = this.#o
    return {
      runtime: sessions.of(connection).runtime,
      secrets: sessions.secretsIn(resource.metadata.namespace ?? ''),
      deliveries: deliveries(object),
      ownership: this.#ownership(object, resource),
      fingerprintKey,
      signal,
    }
  }

  #ownership({ metadata }: KubeObject, { kind }: Resource): Ownership {
    const { sessions, owner, signal } = this.#o
    const takeFrom = metadata.annotations?.[TAKE_OVER_ANNOTATION]
    return new Ownership({
      runtime: sessions.all,
      owner,
      holderOf: () => `${kind} ${metadata.namespace}/${metadata.name}`,
      ...(takeFrom === undefined ? {} : { takeFrom }),
      signal,
    })
  }

  async #success(
    resource: Resource,
    status: states.Status,
    facts: Facts,
    { step, entry }: Reconciled,
    context: Context,
  ): Promise<states.StatusInput> {
    const now = this.#o.now()
    const corrections = states.nextCorrections(correctionsOf(resource, status), step, now)
    const contested = await this.#contestedDrift(facts, entry, states.contestedPaths(corrections), context)
    const old = status.drift ?? []
    const drift = [
      ...states.driftItems(step.action === 'report' ? step.changes : [], 'Reported', old, now),
      ...states.driftItems(contested, 'Contested', old, now),
    ]
    const history = outcome.historyOf(step, entry, resource, now)
    return {
      ...outcome.acknowledged(resource),
      verdicts: outcome.verdictsAfter(step, drift, entry.heldBy),
      ...(facts.kind.system === undefined ? {} : { system: facts.kind.system }),
      drift,
      corrections,
      ...(history === undefined ? {} : { history }),
    }
  }

  async #contestedDrift(facts: Facts, entry: Entry, contested: readonly string[], context: Context) {
    if (contested.length === 0) return []
    const ignore = facts.steering.ignore.filter((p) => !contested.includes(p))
    const found = await driftOf({ ...facts, steering: { ...facts.steering, ignore } }, entry, context)
    return found?.changes.filter((c) => contested.includes(c.path)) ?? []
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
    const context = connection && this.#context(attempt, connection)
    const finish = (): Promise<void> => removal.finish(object, resource, context)
    await (connection === undefined ? finish() : sessions.of(connection).use(finish, READ_AGE.fresh))
    const status = objects.statusOf(resource)
    this.#o.onDone(object, resource, { removed: true, before: status, after: status })
    return { after: 'nothing' }
  }

  async #fail(attempt: Attempt, error: PlumblineError): Promise<Next> {
    const { resource } = attempt
    // It has changed or gone under our hands: its next version is on its way here.
    if (error.code === 'PLAN_STALE') return { after: 'retry' }
    const generation = resource.metadata.generation ?? 0
    const verdicts = outcome.verdictsOnError(error, this.#o.objects.statusOf(resource), generation)
    await this.#write(attempt, { ...outcome.acknowledged(resource), verdicts }, { error })
    // What waits for a reference is woken by it, and a terminal error by an edit: the interval is for what nobody saw.
    if (error.retry === 'never') return lookLater(resource, connectionOf(resource, this.#o.cache))
    const seconds = typeof error.retry === 'object' ? error.retry.afterSeconds : undefined
    return { after: 'retry', ...(seconds === undefined ? {} : { seconds }) }
  }

  async #write({ object, resource, ledger }: Attempt, input: states.StatusInput, done: Pick<Done, 'step' | 'error'>) {
    const { objects, now, onDone } = this.#o
    const before = objects.statusOf(resource)
    const after = states.nextStatus(before, { ...input, owned: ledger.owned }, now())
    await objects.writeStatus(resource, object.metadata.uid, after)
    onDone(object, resource, { ...done, before, after })
  }
}

/** Counts are about one version of the document. */
const correctionsOf = (resource: Resource, status: states.Status): readonly states.Correction[] =>
  resource.metadata.generation === status.observedGeneration ? (status.corrections ?? []) : []

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
