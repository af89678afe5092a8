import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Priority } from './queue.ts'
import { PRIORITY } from './queue.ts'

export type Result = 'success' | 'error' | 'requeue_after'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
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
  readonly #leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 on the replica that reconciles.',
    labelNames: ['name'],
    registers: this.#registers,
  })
  readonly #requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['method', 'code'],
    registers: this.#registers,
  })
  readonly #drifted = new Counter({
    name: 'plumbline_drift_total',
    help: 'Fields found different although nobody edited the document, by what was done about it.',
    labelNames: ['kind', 'class'],
    registers: this.#registers,
  })

  /** `depthOf` is asked whenever the metrics are read. */
  constructor(workers: number, depthOf: (priority: Priority) => number) {
    this.#most.set({ controller: 'plumbline' }, workers)
    Object.assign(this.#depth, {
      collect: () => {
        for (const [name, priority] of Object.entries(PRIORITY))
          this.#depth.set({ ...QUEUE, priority: name }, depthOf(priority))
      },
    })
  }

  reconciled(kind: string, result: Result, seconds: number): void {
    const controller = kind.toLowerCase()
    this.#reconciles.inc({ controller, result })
    this.#time.observe({ controller }, seconds)
    if (result === 'error') this.#errors.inc({ controller })
  }

  terminal(kind: string): void {
    this.#terminal.inc({ controller: kind.toLowerCase() })
  }

  active(change: 1 | -1): void {
    this.#active.inc({ controller: 'plumbline' }, change)
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

  sent(method: string, code: string): void {
    this.#requests.inc({ method, code })
  }

  drifted(kind: string, type: string, fields: number): void {
    this.#drifted.inc({ kind, class: type }, fields)
  }
}
