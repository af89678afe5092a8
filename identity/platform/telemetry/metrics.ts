import { Counter, Gauge, Histogram, Registry } from 'prom-client'

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5]

/** What is counted at the moment somebody reads the metrics. A count that throws leaves its gauge out. */
export interface Readings {
  readonly mailsWaiting: () => Promise<number>
  readonly expiredRows: () => Promise<number>
  readonly providers: () => Promise<number>
}

/** Metrics of the identity runtime. No label holds a tenant, a person or an address: those are many, and nobody's business. */
export class RuntimeMetrics {
  readonly registry = new Registry()
  readonly #registers = [this.registry]

  readonly #requests = new Histogram({
    name: 'plumbline_http_request_duration_seconds',
    help: 'Length of requests by route template and class of the status.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers: this.#registers,
  })
  readonly #logins = new Counter({
    name: 'plumbline_logins_total',
    help: 'Factors that people showed, by method and outcome.',
    labelNames: ['method', 'outcome'],
    registers: this.#registers,
  })
  readonly #lockouts = new Counter({
    name: 'plumbline_lockouts_total',
    help: 'Blocks of addresses and accounts that began.',
    labelNames: ['kind'],
    registers: this.#registers,
  })
  readonly #tokens = new Counter({
    name: 'plumbline_token_responses_total',
    help: 'Answers of token endpoints with tokens, by grant type.',
    labelNames: ['grant'],
    registers: this.#registers,
  })
  readonly #mails = new Counter({
    name: 'plumbline_mails_total',
    help: 'Tries to send a message, by outcome. A message that failed is tried again.',
    labelNames: ['outcome'],
    registers: this.#registers,
  })
  readonly #store = new Histogram({
    name: 'plumbline_store_operation_duration_seconds',
    help: 'Length of the operations of the store.',
    labelNames: ['operation'],
    buckets: STORE_SECONDS,
    registers: this.#registers,
  })
  readonly #swept = new Counter({
    name: 'plumbline_expired_rows_swept_total',
    help: 'Expired rows that this process deleted.',
    registers: this.#registers,
  })

  requested(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds)
  }

  loggedIn(method: string, outcome: 'accepted' | 'refused'): void {
    this.#logins.inc({ method, outcome })
  }

  lockedOut(kind: 'address' | 'account'): void {
    this.#lockouts.inc({ kind })
  }

  tokensIssued(grant: string): void {
    this.#tokens.inc({ grant })
  }

  mailed(outcome: 'sent' | 'failed'): void {
    this.#mails.inc({ outcome })
  }

  stored(operation: string, seconds: number): void {
    this.#store.observe({ operation }, seconds)
  }

  swept(rows: number): void {
    this.#swept.inc(rows)
  }

  /** Adds the gauges that are read on demand. */
  watch(readings: Readings): void {
    this.#gauge('plumbline_mails_waiting', 'Messages that wait to be sent or read.', readings.mailsWaiting)
    this.#gauge('plumbline_expired_rows_waiting', 'Expired rows that nobody swept yet.', readings.expiredRows)
    this.#gauge('plumbline_oidc_providers', 'OpenID providers of tenants in memory.', readings.providers)
  }

  #gauge(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: this.#registers,
      async collect() {
        try {
          this.set(await read())
        } catch {
          this.remove()
        }
      },
    })
  }
}
