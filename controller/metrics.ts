import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { KINDS } from '../config/kinds/index.ts'
import { PRIORITY, type Priority } from './queue.ts'

export type ReconcileResult = 'success' | 'error' | 'requeue_after'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Those of client-go's work queue. */
const QUEUE_SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1_000]
const RESULTS: readonly ReconcileResult[] = ['success', 'error', 'requeue_after']
const QUEUE = { name: 'plumbline', controller: 'plumbline' }

/** Metrics under the names of controller-runtime and client-go, and drift under our own. Labels never hold user data. */
export class Metrics {
  readonly registry = new Registry()
  readonly #registers = [this.registry]

  readonly #reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles by kind and result.',
    labelNames: ['controller', 'result'],
    registers: this.#registers,
  })
  readonly #errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciles that ended in an error.',
    labelNames: ['controller'],
    registers: this.#registers,
  })
  readonly #terminal = new Counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Reconciles that ended in an error that only a person can mend.',
    labelNames: ['controller'],
    registers: this.#registers,
  })
  readonly #time = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of a reconcile.',
    labelNames: ['controller'],
    buckets: SECONDS,
    registers: this.#registers,
  })
  readonly #active = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Workers that are at work.',
    labelNames: ['controller'],
    registers: this.#registers,
  })
  readonly #most = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Workers.',
    labelNames: ['controller'],
    registers: this.#registers,
  })
  readonly #depth = new Gauge({
    name: 'workqueue_depth',
    help: 'Items that wait for a worker.',
    labelNames: ['name', 'controller', 'priority'],
    registers: this.#registers,
  })
  readonly #adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Items added.',
    labelNames: ['name', 'controller'],
    registers: this.#registers,
  })
  readonly #retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Items added again after an error.',
    labelNames: ['name', 'controller'],
    registers: this.#registers,
  })
  readonly #panics = new Counter({
    name: 'controller_runtime_reconcile_panics_total',
    help: 'Reconciles that ended in a fault of Plumbline itself.',
    labelNames: ['controller'],
    registers: this.#registers,
  })
  readonly #waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long an item waits for a worker.',
    labelNames: ['name', 'controller'],
    buckets: QUEUE_SECONDS,
    registers: this.#registers,
  })
  readonly #worked = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long an item is worked on.',
    labelNames: ['name', 'controller'],
    buckets: QUEUE_SECONDS,
    registers: this.#registers,
  })
  readonly #unfinished = new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Time that items in hand have taken so far, all together.',
    labelNames: ['name', 'controller'],
    registers: this.#registers,
  })
  readonly #longest = new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Time that the oldest item in hand has taken so far.',
    labelNames: ['name', 'controller'],
    registers: this.#registers,
  })
  readonly #leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 on the replica that reconciles.',
    labelNames: ['name'],
    registers: this.#registers,
  })
  readonly #requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['method', 'code', 'host'],
    registers: this.#registers,
  })
  readonly #drifted = new Counter({
    name: 'plumbline_drift_total',
    help: 'Fields found different although nobody edited the document, by what was done about it.',
    labelNames: ['kind', 'class'],
    registers: this.#registers,
  })

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
