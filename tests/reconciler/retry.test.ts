import { describe, expect, it } from 'vitest'
import { PlumblineError, type Retry } from '../../config/errors.ts'
import { type Clock, patientOnce, repeatWith, systemClock, withRetry } from '../../reconciler/retry.ts'

const signal = new AbortController().signal

/** Time that passes at once and is written down. */
function clockOf(tries?: number): Clock & { readonly slept: number[] } {
  const slept: number[] = []
  const sleep = async (milliseconds: number) => void slept.push(milliseconds)
  return { now: Date.now, random: () => 0, sleep, slept, ...(tries === undefined ? {} : { tries }) }
}

/** A call that fails so often, and how often it was made. */
function failing(retry: Retry, times = Number.POSITIVE_INFINITY) {
  const call = async (): Promise<string> => {
    call.made += 1
    if (call.made <= times) throw new PlumblineError('UNAVAILABLE', 'no answer', { retry })
    return 'answered'
  }
  call.made = 0
  return call
}

describe('a call that may be repeated', () => {
  it('is made five times, with longer and longer pauses', async () => {
    const [clock, call] = [clockOf(), failing('backoff')]
    await expect(withRetry(call, clock, signal)).rejects.toThrow('no answer')
    expect([call.made, clock.slept]).toEqual([5, [500, 1_000, 2_000, 4_000]])
  })

  it('is made as often by one that is repeated around it: not five times five', async () => {
    const [clock, call] = [clockOf(), failing('backoff')]
    const inner = () => withRetry(call, clock, signal)
    await expect(withRetry(inner, clock, signal)).rejects.toThrow('no answer')
    expect(call.made).toBe(5)
  })

  it('waits as long as Retry-After says, but not for a pause that nobody would wait for', async () => {
    const [clock, patient, endless] = [clockOf(), failing({ afterSeconds: 900 }, 1), failing({ afterSeconds: 901 })]
    expect(await withRetry(patient, clock, signal)).toBe('answered')
    await expect(withRetry(endless, clock, signal)).rejects.toThrow('no answer')
    expect([clock.slept, endless.made]).toEqual([[900_000], 1])
  })

  it('is not repeated once the run is to stop', async () => {
    const [clock, call] = [clockOf(), failing('backoff')]
    await expect(withRetry(call, clock, AbortSignal.abort())).rejects.toThrow('no answer')
    expect([call.made, clock.slept]).toEqual([1, []])
  })
})

describe('the clock of a Connection', () => {
  it('has a system that is silent tried once for each later call, until one gets an answer', async () => {
    const times = clockOf()
    const clock = patientOnce(times)
    const [first, later, answered, after] = [
      failing('backoff'),
      failing('backoff'),
      failing('backoff', 0),
      failing('backoff'),
    ]
    await expect(withRetry(first, clock, signal)).rejects.toThrow('no answer')
    await expect(withRetry(later, clock, signal)).rejects.toThrow('no answer')
    expect([first.made, later.made]).toEqual([5, 1])
    await withRetry(answered, clock, signal)
    await expect(withRetry(after, clock, signal)).rejects.toThrow('no answer')
    expect(after.made).toBe(5)
  })

  it('waits in each call for a system that has answered: it may be restarting in the middle of an apply', async () => {
    const clock = patientOnce(clockOf())
    await withRetry(failing('backoff', 0), clock, signal)
    for (const call of [failing('backoff'), failing('backoff')]) {
      await expect(withRetry(call, clock, signal)).rejects.toThrow('no answer')
      expect(call.made).toBe(5)
    }
  })

  it('takes a refusal for an answer', async () => {
    const clock = patientOnce(clockOf())
    const refused = async () => Promise.reject(new PlumblineError('FORBIDDEN', 'no', { retry: 'never' }))
    await expect(withRetry(failing('backoff'), clock, signal)).rejects.toThrow('no answer')
    await expect(withRetry(refused, clock, signal)).rejects.toThrow('no')
    const call = failing('backoff')
    await expect(withRetry(call, clock, signal)).rejects.toThrow('no answer')
    expect(call.made).toBe(5)
  })
})

describe('the clock of the system', () => {
  it('sleeps until the time is over, or the signal says stop', async () => {
    await expect(systemClock.sleep(0, signal)).resolves.toBeUndefined()
    await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toThrow('aborted')
    expect(systemClock.random()).toBeLessThan(1)
  })
})

describe('a pause that is broken off', () => {
  it('ends in the error of the call', async () => {
    const clock: Clock = { ...clockOf(), sleep: () => Promise.reject(new Error('aborted')) }
    await expect(withRetry(failing('backoff'), clock, signal)).rejects.toThrow('no answer')
  })
})

describe('Retry-After', () => {
  it('is followed one time less than there are tries, or as often as the system says', async () => {
    const [patient, once] = [failing({ afterSeconds: 1 }), failing({ afterSeconds: 1, attempts: 1 })]
    await expect(withRetry(patient, clockOf(), signal)).rejects.toThrow('no answer')
    await expect(withRetry(once, clockOf(), signal)).rejects.toThrow('no answer')
    expect([patient.made, once.made]).toEqual([5, 2])
  })
})

describe('a request that its door makes once', () => {
  it('may be repeated by whoever called the door', async () => {
    const call = failing('backoff')
    const door = () => withRetry(call, clockOf(), signal, 1)
    await expect(withRetry(door, clockOf(), signal, 3)).rejects.toThrow('no answer')
    expect(call.made).toBe(3)
  })
})

describe('a request of a read', () => {
  it('is repeated as its door repeats calls when it is the first, and always when others were answered before', async () => {
    const repeat = repeatWith(clockOf(1))
    await expect(repeat(failing('backoff', 2), signal, false)).rejects.toThrow('no answer')
    expect(await repeat(failing('backoff', 2), signal, true)).toBe('answered')
  })

  it('that was repeated in vain leaves the error as it is for who comes later', async () => {
    const [clock, call] = [clockOf(), failing('never')]
    await expect(repeatWith(clock)(call, signal, true)).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'never' })
    expect(call.made).toBe(1)
  })
})
