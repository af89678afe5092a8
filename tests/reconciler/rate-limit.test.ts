import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../reconciler/rate-limit.ts'
import { VirtualClock } from '../support/world.ts'

const signal = new AbortController().signal

describe('a token bucket', () => {
  it('lets a burst through at once and then keeps the rate', async () => {
    const clock = new VirtualClock()
    const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 3 }, clock)
    for (let i = 0; i < 6; i++) await bucket.take(signal)
    expect(clock.waits).toEqual([100, 100, 100])
  })

  it('fills up again while nobody asks, up to the burst', async () => {
    const clock = new VirtualClock()
    const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 2 }, clock)
    for (let i = 0; i < 2; i++) await bucket.take(signal)
    clock.time += 10_000
    for (let i = 0; i < 3; i++) await bucket.take(signal)
    expect(clock.waits).toEqual([100])
  })

  it('never lets more through than rate and burst allow, however the asking is spread', async () => {
    const clock = new VirtualClock()
    const bucket = new TokenBucket({ requestsPerSecond: 5 }, clock)
    await Promise.all(Array.from({ length: 20 }, () => bucket.take(signal)))
    expect(clock.waits).toHaveLength(15)
  })
})
