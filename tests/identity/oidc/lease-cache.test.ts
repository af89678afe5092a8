import { describe, expect, it } from 'vitest'
import { LeaseCache } from '../../../identity/oidc/lease-cache.ts'

/** A cache of two values whose openings are counted; `lives`: how long each is good, from time 0. */
function openCache(lives = 1000) {
  const opened: string[] = []
  const clock = { now: 0 }
  const cache = new LeaseCache<{ readonly key: string }>({
    limit: 2,
    open: async (key) => {
      opened.push(key)
      if (key === 'bad') throw new Error('cannot be opened')
      return { key }
    },
    goodUntil: () => clock.now + lives,
    now: () => clock.now,
  })
  return { cache, opened, clock, touch: (key: string) => cache.use(key, async (value) => value) }
}

describe('the cache of providers', () => {
  it('opens a value once for all that ask at the same time', async () => {
    const { opened, touch } = openCache()
    const [a, b] = await Promise.all([touch('a'), touch('a')])
    expect([a === b, opened]).toEqual([true, ['a']])
  })

  it('drops the value that was used longest ago', async () => {
    const { opened, touch } = openCache()
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await touch(key)
    expect(opened).toEqual(['a', 'b', 'c', 'b'])
  })

  it('keeps a value while requests run on it, and drops it afterwards when it is one too many', async () => {
    const { cache, opened, touch } = openCache()
    const gate = Promise.withResolvers<void>()
    const running = cache.use('a', async () => {
      await gate.promise
      return cache.size
    })
    for (const key of ['b', 'c', 'd']) await touch(key)
    await touch('a')
    gate.resolve()
    await running
    expect([cache.size, opened]).toEqual([2, ['a', 'b', 'c', 'd']])
  })

  it('opens a value anew when it is too old', async () => {
    const { opened, clock, touch } = openCache(10)
    await touch('a')
    clock.now = 11
    await touch('a')
    expect(opened).toEqual(['a', 'a'])
  })

  it('keeps nothing of a value that could not be opened', async () => {
    const { cache, touch } = openCache()
    await expect(touch('bad')).rejects.toThrow('cannot be opened')
    expect(cache.size).toBe(0)
  })
})
