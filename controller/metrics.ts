import { KINDS } from '../config/kinds/index.ts'
import { Meter } from '../identity/platform/telemetry/meter.ts'
import { PRIORITY, type Priority } from './queue.ts'

export type ReconcileResult = 'success' | 'error' | 'requeue_after'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Those of client-go's work queue. */
const QUEUE_SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1_000]
const RESULTS: readonly ReconcileResult[] = ['success', 'error', 'requeue_after']
const QUEUE = { name: 'plumbline', controller: 'plumbline' }

/** Metrics under the names of controller-runtime and client-go, and drift under our own. Labels never hold user data. */
export class Metrics {
  readonly #meter = new Meter()
  readonly registry = this.#meter.registry

  readonly #reconciles = this.#meter.counter(
    'controller_runtime_reconcile_total',
    'Reconciles by kind and result.',
    'controller',
    'result',
  )
  readonly #errors = this.#meter.counter(
    'controller_runtime_reconcile_errors_total',
    'Reconciles that ended in an error.',
    'controller',
  )
  readonly #terminal = this.#meter.counter(
    'controller_runtime_terminal_reconcile_errors_total',
    'Reconciles that ended in an error that only a person can mend.',
    'controller',
  )
  readonly #time = this.#meter.histogram(
    'controller_runtime_reconcile_time_seconds',
    'Length of a reconcile.',
    SECONDS,
    'controller',
  )
  readonly #active = this.#meter.gauge('controller_runtime_active_workers', 'Workers that are at work.', 'controller')
  readonly #most = this.#meter.gauge('controller_runtime_max_concurrent_reconciles', 'Workers.', 'controller')
  readonly #depth = this.#meter.gauge(
    'workqueue_depth',
    'Items that wait for a worker.',
    'name',
    'controller',
    'priority',
  )
  readonly #adds = this.#meter.counter('workqueue_adds_total', 'Items added.', 'name', 'controller')
  readonly #retries = this.#meter.counter(
    'workqueue_retries_total',
    'Items added again after an error.',
    'name',
    'controller',
  )
  readonly #panics = this.#meter.counter(
    'controller_runtime_reconcile_panics_total',
    'Reconciles that ended in a fault of Plumbline itself.',
    'controller',
  )
  readonly #waited = this.#meter.histogram(
    'workqueue_queue_duration_seconds',
    'How long an item waits for a worker.',
    QUEUE_SECONDS,
    'name',
    'controller',
  )
  readonly #worked = this.#meter.histogram(
    'workqueue_work_duration_seconds',
    'How long an item is worked on.',
    QUEUE_SECONDS,
    'name',
    'controller',
  )
  readonly #unfinished = this.#meter.gauge(
    'workqueue_unfinished_work_seconds',
    'Time that items in hand have taken so far, all together.',
    'name',
    'controller',
  )
  readonly #longest = this.#meter.gauge(
    'workqueue_longest_running_processor_seconds',
    'Time that the oldest item in hand has taken so far.',
    'name',
    'controller',
  )
  readonly #leader = this.#meter.gauge('leader_election_master_status', '1 on the replica that reconciles.', 'name')
  readonly #requests = this.#meter.counter(
    'rest_client_requests_total',
    'Requests to the API server.',
    'method',
    'code',
    'host',
  )
  readonly #drifted = this.#meter.counter(
    'plumbline_drift_total',
    'Fields found different although nobody edited the document, by what was done about it.',
    'kind',
    'class',
  )

  /** `depthOf` and `ages` (seconds of each item in hand) are asked whenever the metrics are read. */
  constructor(workers: number, depthOf: (priority: Priority) => number, ages: () => readonly number[]) {
    this.#most.set({ controller: 'plumbline' }, workers)
    this.#begin()
    Object.assign(this.#unfinished, {
      collect: () => {
        this.#unfinished.set(
          QUEUE,
          ages().reduce((sum, age) => sum + age, 0),
        )
        this.#longest.set(QUEUE, Math.max(0, ...ages()))
      },
    })
    Object.assign(this.#depth, {
      collect: () => {
        for (const [name, priority] of Object.entries(PRIORITY))
          this.#depth.set({ ...QUEUE, priority: name }, depthOf(priority))
      },
    })
  }

  /** A rate needs a first value: counters are there before they count. */
  #begin(): void {
    for (const counter of [this.#adds, this.#retries]) counter.inc(QUEUE, 0)
    for (const { name } of KINDS) {
      const controller = name.toLowerCase()
      for (const counter of [this.#errors, this.#terminal, this.#panics]) counter.inc({ controller }, 0)
      for (const result of RESULTS) this.#reconciles.inc({ controller, result }, 0)
      this.#drifted.inc({ kind: name, class: 'Corrected' }, 0)
    }
  }

  reconciled(kind: string, result: ReconcileResult, seconds: number): void {
    const controller = kind.toLowerCase()
    this.#reconciles.inc({ controller, result })
    this.#time.observe({ controller }, seconds)
    this.#worked.observe(QUEUE, seconds)
    if (result === 'error') this.#errors.inc({ controller })
  }

  terminal(kind: string): void {
    this.#terminal.inc({ controller: kind.toLowerCase() })
  }

  taken(waitedSeconds: number): void {
    this.#waited.observe(QUEUE, waitedSeconds)
    this.#active.inc({ controller: 'plumbline' })
  }

  done(): void {
    this.#active.dec({ controller: 'plumbline' })
  }

  panicked(kind: string): void {
    this.#panics.inc({ controller: kind.toLowerCase() })
  }

  added(): void {
    this.#adds.inc(QUEUE)
  }

  retried(): void {
    this.#retries.inc(QUEUE)
  }

  leads(name: string, leads: boolean): void {
    this.#leader.set({ name }, leads ? 1 : 0)
  }

  sent(method: string, code: string, host: string): void {
    this.#requests.inc({ method, code, host })
  }

  drifted(kind: string, type: string, fields: number): void {
    this.#drifted.inc({ kind, class: type }, fields)
  }
}
