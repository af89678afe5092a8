import type { Clock } from './retry.ts'

export interface RateLimit {
  readonly requestsPerSecond: number
  /** Requests that may go at once after a pause (default: the rate, at least 1). */
  readonly burst?: number
}

/** One bucket of tokens. `take` waits for its turn; turns are in order of asking. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  readonly #clock: Clock
  /** Time at which the bucket would be full again; moves on with every token taken. */
  #fullAt: number

  constructor(limit: RateLimit, clock: Clock) {
    this.#perMs = limit.requestsPerSecond / 1_000
    this.#burst = Math.max(1, limit.burst ?? limit.requestsPerSecond)
    this.#clock = clock
    this.#fullAt = clock.now()
  }

  async take(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    this.#fullAt = Math.max(this.#fullAt, now) + 1 / this.#perMs
    const wait = this.#fullAt - now - this.#burst / this.#perMs
    if (wait > 0) await this.#clock.sleep(wait, signal)
  }
}
