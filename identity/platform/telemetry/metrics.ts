import { Meter } from './meter.ts'

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
  readonly #meter = new Meter()
  readonly registry = this.#meter.registry

  readonly #requests = this.#meter.histogram(
    'plumbline_http_request_duration_seconds',
    'Length of requests by route template and class of the status.',
    REQUEST_SECONDS,
    'method',
    'route',
    'status',
  )
  readonly #logins = this.#meter.counter(
    'plumbline_logins_total',
    'Factors that people showed, by method and outcome.',
    'method',
    'outcome',
  )
  readonly #lockouts = this.#meter.counter(
    'plumbline_lockouts_total',
    'Blocks of addresses and accounts that began.',
    'kind',
  )
  readonly #tokens = this.#meter.counter(
    'plumbline_token_responses_total',
    'Answers of token endpoints with tokens, by grant type.',
    'grant',
  )
  readonly #mails = this.#meter.counter(
    'plumbline_mails_total',
    'Tries to send a message, by outcome. A message that failed is tried again.',
    'outcome',
  )
  readonly #store = this.#meter.histogram(
    'plumbline_store_operation_duration_seconds',
    'Length of the operations of the store.',
    STORE_SECONDS,
    'operation',
  )
  readonly #swept = this.#meter.counter('plumbline_expired_rows_swept_total', 'Expired rows that this process deleted.')

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
    const gauge = this.#meter.gauge(name, help)
    const collect = async (): Promise<void> => {
      try {
        gauge.set(await read())
      } catch {
        gauge.remove()
      }
    }
    Object.assign(gauge, { collect })
  }
}
