import { setTimeout as delay } from 'node:timers/promises'
import { type PlumblineError, toPlumblineError } from '../config/errors.ts'

/** Time and chance, injected so that tests need neither. */
export interface Clock {
  readonly now: () => number
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Tries of one call before its error is thrown (default 5). A door that tries again by itself takes 1. */
  readonly tries?: number
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  random: Math.random,
}

const TRIES = 5
const BASE_MS = 1_000
const CAP_MS = 60_000

/**
 * Runs a call that may be repeated, by the retry class of its errors: at most `clock.tries`, waits of 1 s doubling to
 * 60 s with half of it jitter, Retry-After honoured. `never` throws at once.
 */
export async function withRetry<T>(call: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await call()
    } catch (thrown) {
      const error = toPlumblineError(thrown)
      const wait = waitMs(error, tried, clock)
      if (wait === undefined || signal.aborted) throw error
      await clock.sleep(wait, signal).catch(() => {
        throw error
      })
    }
  }
}

function waitMs({ retry }: PlumblineError, tried: number, clock: Clock): number | undefined {
  const tries = clock.tries ?? TRIES
  if (retry === 'never') return undefined
  if (retry === 'backoff') return tried < tries ? backoffMs(tried, clock) : undefined
  return tried <= (retry.attempts ?? tries - 1) ? retry.afterSeconds * 1_000 : undefined
}

function backoffMs(tried: number, clock: Clock): number {
  const whole = Math.min(CAP_MS, BASE_MS * 2 ** (tried - 1))
  return whole / 2 + (clock.random() * whole) / 2
}
