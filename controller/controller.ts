import type { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { Chain } from '../evidence/chain.ts'
import { EVIDENCE } from '../evidence/log-store.ts'
import { chainOf } from '../evidence/run.ts'
import { type Admin, openAdmin } from '../identity/platform/http/admin.ts'
import { type Clock, systemClock, withRetry } from '../reconciler/retry.ts'
import { aborted } from './aborted.ts'
import { Cache, type Item, type OnChange } from './cache.ts'
import { Claims } from './claims.ts'
import { clusterOwner, type Owners } from './cluster-owner.ts'
import { Contexts } from './contexts.ts'
import { Delayed } from './delayed-queue.ts'
import { DeleteGuard } from './delete-guard.ts'
import { disown, secretDeliveries } from './deliveries.ts'
import { eventRecorder, eventsOf, type ObjectEvent } from './events.ts'
import { SecretStore } from './evidence-store.ts'
import { type ChangeSource, Feed } from './feed.ts'
import { FinalActions, isFinalAction } from './final-actions.ts'
import { fingerprintKey } from './fingerprint-key.ts'
import { Gates } from './gates.ts'
import { ObjectHolding } from './holding.ts'
import type { KubeObject } from './kube/api.ts'
import { Election } from './kube/election.ts'
import { lanesOf, PLACES } from './lanes.ts'
import { Metrics } from './metrics.ts'
import { objectWitness } from './object-witness.ts'
import { Objects } from './objects.ts'
import type { ControllerOptions } from './options.ts'
import { isTerminal } from './outcome.ts'
import { Pauses } from './pauses.ts'
import { PRIORITY, type Priority, type Taken, WorkQueue } from './queue.ts'
import { type Done, type Next, Reconciler } from './reconcile.ts'
import { Removal } from './removal.ts'
import { type ControllerScope, isMine, leaseOf } from './scope.ts'
import { Sessions } from './sessions.ts'
import { Successors } from './successor.ts'
import { Triggers } from './triggers.ts'
import { Watches } from './watches.ts'
import { Workers } from './workers.ts'

const LEASE = 'plumbline-controller'
const MAX_DELETE_SHARE = 0.2
/** Writes through a connection this far apart count as one burst, after which its final action runs. */
const QUIET_MS = 1_000
const GRACE_MS = 20_000
/** The queue tries again by itself, so that no worker waits for a system that is down. */
const CLOCK: Clock = { ...systemClock, tries: 1 }

/** The Kubernetes controller: watches, one queue, and workers while it leads. */
export class Controller {
  readonly #o: ControllerOptions
  readonly #queue: WorkQueue
  readonly #metrics = new Metrics(
    PLACES,
    (priority) => this.#queue.depthOf(priority),
    () => this.#workers?.ages ?? [],
  )
  readonly #add = (item: Item, priority: Priority): void => {
    if (!this.#isMine(item)) return
    this.#metrics.added()
    this.#queue.add(item, priority)
  }
  readonly #wake = (item: Item): void => this.#add(item, PRIORITY.change)
  readonly #delayed = new Delayed(this.#add)
  readonly #onChange: OnChange = (item, before, after) => this.#triggers.cached(item, before, after)
  readonly #cache = new Cache(this.#onChange)
  readonly #claims = new Claims()
  readonly #isMine: (item: Item) => boolean
  readonly #lease: string
  readonly #holding = new ObjectHolding({ cache: this.#cache, claims: this.#claims, wake: this.#wake })
  readonly #guard: DeleteGuard
  /** Ends all work at once: the lease is lost, or the controller has stopped. */
  readonly #work = new AbortController()
  readonly #objects: Objects
  readonly #pauses: Pauses
  readonly #sessions: Sessions
  readonly #finalActions: FinalActions
  readonly #triggers: Triggers
  readonly #watches: Watches
  readonly #feed: Feed | undefined
  #following: Promise<void> | undefined
  #workers: Workers | undefined
  readonly #record: (object: KubeObject, resource: Resource, told: ObjectEvent) => void
  #synced = false

  constructor(options: ControllerOptions) {
    this.#o = options
    const scope: ControllerScope = options.scope ?? {}
    this.#isMine = isMine(scope, this.#cache)
    this.#lease = leaseOf(LEASE, scope)
    this.#queue = new WorkQueue(lanesOf(this.#cache, options.systems))
    const { api, systems, embedded, namespace, identity } = options
    const [cache, claims, delayed, add, { signal }] = [this.#cache, this.#claims, this.#delayed, this.#add, this.#work]
    api.onSent = ({ method, code, host }) => this.#metrics.sent(method, code, host)
    this.#objects = new Objects(api, cache, signal)
    this.#pauses = new Pauses(cache, namespace)
    this.#guard = new DeleteGuard({ cache, maxShare: options.maxDeleteShare ?? MAX_DELETE_SHARE, now: CLOCK.now })
    const guard = this.#guard
    const feed = options.changes && this.#feedOf(options.changes)
    this.#feed = feed
    const marked = async () => {
      const { fetch } = await embedded()
      return { fetch: feed === undefined ? fetch : feed.marking(fetch) }
    }
    this.#sessions = new Sessions({ api, cache, systems, embedded: marked, clock: CLOCK, signal })
    const later = (item: Item): void => delayed.after(QUIET_MS, item, PRIORITY.change)
    const [objects, sessions, pauses] = [this.#objects, this.#sessions, this.#pauses]
    this.#finalActions = new FinalActions({ cache, objects, sessions, signal, later })
    const finalActions = this.#finalActions
    const abandon = (item: Item): void => this.#workers?.abandon(item)
    const forget = (item: Item): void => this.#workers?.forget(item)
    this.#triggers = new Triggers({
      cache,
      claims,
      guard,
      pauses,
      sessions,
      finalActions,
      holding: this.#holding,
      delayed,
      isMine: this.#isMine,
      add,
      abandon,
      forget,
    })
    this.#watches = new Watches({
      api,
      clock: CLOCK,
      signal,
      observer: this.#triggers,
      ownNamespace: namespace,
      onFault: this.#fault,
      ...(scope.namespaces && { namespaces: scope.namespaces }),
    })
    const now = (): Date => new Date(CLOCK.now())
    this.#record = eventRecorder({ api, instance: identity, now, signal, onFault: (e) => this.#fault(e, 'events') })
  }

  #feedOf(source: ChangeSource): Feed {
    const [cache, { signal }] = [this.#cache, this.#work]
    const onAffected = (item: Item): void => this.#add(item, PRIORITY.change)
    return new Feed({ source, cache, clock: CLOCK, signal, onAffected, onFault: (e) => this.#fault(e, 'change feed') })
  }

  /** Runs until the signal aborts. Throws CONFLICT when the lease is lost: then the process has to end. */
  async run(): Promise<void> {
    const halves = [this.#metrics.registry, ...(this.#o.metrics ?? [])]
    const admin = await openAdmin(this.#o.admin, halves, () => this.#readiness())
    this.#o.log('info', `metrics and probes on ${admin.url}`)
    const watching = this.#watches.run()
    try {
      await this.#lead()
    } finally {
      await this.#stop(admin)
      await watching
      this.#o.log('info', 'stopped')
    }
  }

  /** The lease is given back only after the last work in hand is done. */
  async #lead(): Promise<void> {
    const { api, namespace, identity, times, signal, log } = this.#o
    const lease = new AbortController()
    const onFault = (e: PlumblineError): void => log('warn', `${e.code}: ${e.message}`, 'lease')
    const who = { api, namespace, identity, name: this.#lease, clock: CLOCK, signal: lease.signal, onFault }
    const election = new Election(times === undefined ? who : { ...who, times })
    if (!(await this.#acquire(election, lease))) return
    const holding = election.hold()
    try {
      const working = this.#workUntilClosed()
      await Promise.race([aborted(signal), holding, working])
      this.#queue.close()
      await this.#finish(working, holding)
    } finally {
      lease.abort()
    }
    await holding
  }

  /** Work in hand may end, but a system that does not answer does not keep the next one from leading. */
  async #finish(working: Promise<void>, holding: Promise<void>): Promise<void> {
    const giveUp = setTimeout(() => this.#workers?.stop(), this.#o.graceMs ?? GRACE_MS)
    await Promise.race([working, holding]).finally(() => clearTimeout(giveUp))
  }

  /** False when the controller was stopped before it led. */
  async #acquire(election: Election, lease: AbortController): Promise<boolean> {
    const { signal, log } = this.#o
    const giveUp = (): void => lease.abort()
    signal.addEventListener('abort', giveUp)
    try {
      await Promise.race([this.#watches.synced(), aborted(signal)])
      signal.throwIfAborted()
      this.#synced = true
      this.#triggers.begin()
      log('info', 'everything is listed; waiting to lead')
      await election.acquire()
      return true
    } catch (thrown) {
      if (signal.aborted) return false
      throw thrown
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #workUntilClosed(): Promise<void> {
    const { api, namespace, log } = this.#o
    const { signal } = this.#work
    const key = await withRetry(() => fingerprintKey(api, namespace, signal), systemClock, signal)
    const isBound = this.#o.scope?.namespaces !== undefined
    const owners = await withRetry(
      () => clusterOwner({ api, namespace, isBound, lease: LEASE, signal }),
      systemClock,
      signal,
    )
    this.#metrics.leads(this.#lease, true)
    log('info', 'this replica leads')
    const reconciler = this.#reconciler(key, owners, await this.#chain(owners))
    // What earlier controllers found, before the first look of this one.
    this.#holding.restore()
    const workers = this.#workersFor(reconciler)
    this.#workers = workers
    signal.addEventListener('abort', () => workers.stop())
    this.#following = this.#feed?.run()
    await workers.run(PLACES)
  }

  #workersFor(reconciler: Reconciler): Workers {
    return new Workers({
      queue: this.#queue,
      delayed: this.#delayed,
      metrics: this.#metrics,
      clock: CLOCK,
      work: (taken, stop) => this.#workOn(reconciler, taken, stop),
      onFault: this.#fault,
    })
  }

  async #workOn(reconciler: Reconciler, taken: Taken, stop: AbortController): Promise<Next> {
    if (!isFinalAction(taken.item)) return reconciler.reconcile(taken, stop)
    await this.#finalActions.run(taken.item)
    return { after: 'nothing' }
  }

  /** Its records outlive this process and this replica. */
  async #chain({ owner }: Owners): Promise<Chain> {
    const { api, namespace, evidence, log } = this.#o
    const { signal } = this.#work
    const keep = (line: string): void => log('info', line, EVIDENCE)
    const store = (await evidence?.storeOf?.(owner)) ?? new SecretStore({ api, namespace, keep, signal })
    return chainOf(store, evidence?.key)
  }

  #reconciler(key: string, owners: Owners, chain: Chain): Reconciler {
    const { signal } = this.#work
    const gates = new Gates(this.#cache, () => new Date(CLOCK.now()))
    const deliveries = (owner: KubeObject) => secretDeliveries(this.#o.api, owner, signal)
    const successors = this.#successors()
    return new Reconciler({
      cache: this.#cache,
      objects: this.#objects,
      sessions: this.#sessions,
      gates,
      removal: new Removal({
        cache: this.#cache,
        objects: this.#objects,
        gates,
        successors,
        guard: this.#guard,
        disown: (owner, place) => disown(this.#o.api, owner, place, signal),
      }),
      pauses: this.#pauses,
      finalActions: this.#finalActions,
      contexts: new Contexts({
        sessions: this.#sessions,
        successors,
        deliveries,
        fingerprintKey: key,
        witness: objectWitness(chain, owners.owner),
        ...owners,
      }),
      holding: this.#holding,
      wake: this.#wake,
      now: () => new Date(CLOCK.now()),
      signal,
      onDone: this.#done,
    })
  }

  #successors(): Successors {
    const [cache, claims, objects, { signal }] = [this.#cache, this.#claims, this.#objects, this.#work]
    return new Successors({ cache, claims, objects, connections: this.#sessions.all, now: CLOCK.now, signal })
  }

  readonly #done = (object: KubeObject, resource: Resource, done: Done): void => {
    for (const told of eventsOf(done)) this.#record(object, resource, told)
    if (done.error && isTerminal(done.error)) this.#metrics.terminal(resource.kind)
    const corrected = done.step?.drift && done.step.action !== 'report' ? done.step.changes.length : 0
    if (corrected > 0) this.#metrics.drifted(resource.kind, 'Corrected', corrected)
  }

  readonly #fault = (error: PlumblineError, about: string): void => {
    if (!this.#work.signal.aborted) this.#o.log('warn', `${error.code}: ${error.message}`, about)
  }

  async #readiness(): Promise<Readonly<Record<string, boolean>>> {
    return { controller: this.#synced, ...(await this.#o.readiness?.()) }
  }

  async #stop(admin: Admin): Promise<void> {
    this.#metrics.leads(this.#lease, false)
    this.#queue.close()
    this.#delayed.close()
    this.#work.abort()
    await this.#following
    await admin.close()
  }
}
