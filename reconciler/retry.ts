import { setTimeout as delay } from 'node:timers/promises'
import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Repeat } from './adapter.ts'

/** Time and chance, injected so that tests need neither. */
export interface Clock {
  readonly now: () => number
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Tries of one call before its error is thrown (default 5). A door that tries again by itself takes 1. */
  readonly tries?: number
  /** Hears how a call ended that was tried as often as it may be. */
  readonly ended?: (error: PlumblineError | undefined) => void
}

/**
 * The clock of one Connection. Once every try of a call found no answer, each later call is made once, until one gets an answer: a
 * thousand objects do not wait a thousand times for a system that is not there. One that has answered may only be restarting, so that each
 * call waits for it.
 */
export function patientOnce(clock: Clock): Clock {
  let [isSilent, hasAnswered] = [false, false]
  return {
    now: () => clock.now(),
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    random: () => clock.random(),
    get tries() {
      return isSilent ? 1 : (clock.tries ?? TRIES)
    },
    ended: (error) => {
      hasAnswered ||= error?.code !== 'UNAVAILABLE'
      isSilent = !hasAnswered
    },
  }
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  random: Math.random,
}

const TRIES = 5
const BASE_MS = 1_000
const CAP_MS = 60_000
/** A system that asks for a longer pause is left alone: the error says so. */
const LONGEST_PAUSE_SECONDS = 900

/** Errors behind which every try has been made: a call around them is not begun anew. */
const EXHAUSTED = new WeakSet<PlumblineError>()

/**
 * Runs a call that may be repeated, by the retry class of its errors: at most `tries`, waits of 1 s doubling to 60 s with
 * half of it jitter, Retry-After honoured. `never` throws at once, and so does what was repeated inside already.
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
  tries = clock.tries ?? TRIES,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await answered(call, clock)
    } catch (thrown) {
      const error = toPlumblineError(thrown)
      const wait = EXHAUSTED.has(error) ? undefined : waitMs(error, tried, clock, tries)
      if (wait === undefined) throw givenUp(error, tried, clock)
      if (signal.aborted) throw error
      await clock.sleep(wait, signal).catch(() => {
        throw error
      })
    }
  }
}

async function answered<T>(call: () => Promise<T>, clock: Clock): Promise<T> {
  const result = await call()
  clock.ended?.(undefined)
  return result
}

function givenUp(error: PlumblineError, tried: number, clock: Clock): PlumblineError {
  if (tried > 1) EXHAUSTED.add(error)
  clock.ended?.(error)
  return error
}

/** The first request of a read is repeated as often as its door repeats calls, a later one always: what was read stays. */
export const repeatWith =
  (clock: Clock): Repeat =>
  (request, signal, continues) =>
    withRetry(request, clock, signal, continues ? TRIES : undefined)

function waitMs({ retry }: PlumblineError, tried: number, clock: Clock, tries: number): number | undefined {
  if (retry === 'never') return undefined
  if (retry === 'backoff') return tried < tries ? backoffMs(tried, clock) : undefined
  if (retry.afterSeconds > LONGEST_PAUSE_SECONDS) return undefined
  return tried <= (retry.attempts ?? tries - 1) ? retry.afterSeconds * 1_000 : undefined
}

function backoffMs(tried: number, clock: Clock): number {
  const whole = Math.min(CAP_MS, BASE_MS * 2 ** (tried - 1))
  return whole / 2 + (clock.random() * whole) / 2
}
