import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlockConfig } from '../../../identity/directory/tenants.ts'
import { addressGroup } from '../../../identity/lockout/address.ts'
import {
  accountRule,
  addressRule,
  attempt,
  blockLength,
  endOfBlock,
  type LockoutRule,
  NO_FAILURES,
  type Track,
  undo,
} from '../../../identity/lockout/policy.ts'

const DEFAULTS: BlockConfig = {
  ip_attempts_limit: 5,
  ip_attempts_reset_minutes: 10_080,
  user_attempts_limit: 15,
  user_timeframe_seconds: 300,
  initial_block_seconds: 60,
  max_block_time_minutes: 2880,
}
const START = Date.parse('2026-03-01T12:00:00Z')
const SECOND = 1000
const HOUR = 3600 * SECOND
const ADDRESS = addressRule(DEFAULTS)
const ACCOUNT = accountRule(DEFAULTS)

const configs: fc.Arbitrary<BlockConfig> = fc.record({
  ip_attempts_limit: fc.integer({ min: 1, max: 50 }),
  ip_attempts_reset_minutes: fc.integer({ min: 1, max: 20_000 }),
  user_attempts_limit: fc.integer({ min: 1, max: 50 }),
  user_timeframe_seconds: fc.integer({ min: 1, max: 10_000 }),
  initial_block_seconds: fc.integer({ min: 1, max: 10_000 }),
  max_block_time_minutes: fc.integer({ min: 1, max: 10_000 }),
})
const rules = configs.chain((config) => fc.constantFrom(addressRule(config), accountRule(config)))
const pauses = fc.array(fc.integer({ min: 0, max: 40 * HOUR }), { minLength: 1, maxLength: 60 })

/** Tries after each pause; all of them fail. */
function fail(
  rule: LockoutRule,
  times: readonly number[],
  from: Track = NO_FAILURES,
): { track: Track; allowed: number } {
  let [track, allowed] = [from, 0]
  for (const time of times) {
    const verdict = attempt(rule, track, time)
    track = verdict.track
    allowed += verdict.allowed ? 1 : 0
  }
  return { track, allowed }
}
const timesOf = (gaps: readonly number[]): number[] => {
  let time = START
  return gaps.map((gap) => {
    time += gap
    return time
  })
}

/** Tries of a guesser who never waits longer than needed, until the time is over. */
function greedy(rule: LockoutRule, duration: number): number {
  let [track, time, tries] = [NO_FAILURES, START, 0]
  while (time < START + duration) {
    const verdict = attempt(rule, track, time)
    track = verdict.track
    tries += verdict.allowed ? 1 : 0
    time = Math.max(time + 1, endOfBlock(track))
  }
  return tries
}

/** Tries of a guesser who never waits longer than needed, before the first block of the greatest length. */
function triesBeforeLongest(rule: LockoutRule): number {
  let [track, time, tries] = [NO_FAILURES, START, 0]
  for (;;) {
    track = attempt(rule, track, time).track
    if (track.blockLength === rule.maxBlock) return tries
    tries++
    time = Math.max(time, endOfBlock(track))
  }
}

describe('the length of blocks', () => {
  it('doubles from a minute to the longest, 48 hours', () => {
    const seconds = [1, 2, 3, 12, 13, 14, 2000].map((level) => blockLength(ADDRESS, level) / SECOND)
    expect(seconds).toEqual([60, 120, 240, 122_880, 172_800, 172_800, 172_800])
  })

  it('is never above the longest and never falls', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 3000 }), (rule, level) => {
        const [one, next] = [blockLength(rule, level), blockLength(rule, level + 1)]
        expect(one).toBeLessThanOrEqual(rule.maxBlock)
        expect(next).toBeGreaterThanOrEqual(one)
      }),
    )
  })
})

/** Twelve blocks from 60 seconds on, each twice as long: 60 * (2^12 - 1) seconds, and a moment more. */
const TWELVE_BLOCKS = 245_700 * SECOND + 100

describe('what a guesser gets in the first 68 hours', () => {
  it.each([
    ['17 tries from one address', ADDRESS, 17],
    ['27 tries on one account', ACCOUNT, 27],
  ])('%s', (_, rule, tries) => {
    expect(greedy(rule, TWELVE_BLOCKS)).toBe(tries)
  })

  it('then one try per longest block', () => {
    expect(greedy(ACCOUNT, TWELVE_BLOCKS + 10 * 48 * HOUR)).toBe(27 + 10)
  })
})

describe('an address', () => {
  const five = timesOf([0, 1, 1, 1, 1])

  it('is blocked by the fifth failure, not the fourth', () => {
    expect(endOfBlock(fail(ADDRESS, five.slice(0, 4)).track)).toBe(0)
    expect(endOfBlock(fail(ADDRESS, five).track)).toBe(START + 4 + 60 * SECOND)
  })

  it('is told the seconds that are left, rounded up', () => {
    const { track } = fail(ADDRESS, five)
    expect(attempt(ADDRESS, track, START + 1004)).toMatchObject({ allowed: false, retryAfterSeconds: 59 })
    expect(attempt(ADDRESS, track, START + 1005)).toMatchObject({ allowed: false, retryAfterSeconds: 59 })
    expect(attempt(ADDRESS, track, START + 1003)).toMatchObject({ allowed: false, retryAfterSeconds: 60 })
  })

  it('is blocked at once by a failure after the first block', () => {
    const { track } = fail(ADDRESS, five)
    expect(attempt(ADDRESS, track, endOfBlock(track))).toMatchObject({ allowed: true, level: 2 })
  })

  it('is forgotten seven days after its last failure, not before', () => {
    const { track } = fail(ADDRESS, five)
    const last = START + 4
    expect(attempt(ADDRESS, track, last + 7 * 24 * HOUR - 1)).toMatchObject({ level: 2 })
    expect(attempt(ADDRESS, track, last + 7 * 24 * HOUR)).toMatchObject({ level: undefined })
  })
})

describe('an account', () => {
  it('counts only failures of the last five minutes', () => {
    const slow = timesOf(Array.from({ length: 100 }, () => 21.5 * SECOND))
    expect(fail(ACCOUNT, slow).track.level).toBe(0)
    const quick = timesOf(Array.from({ length: 15 }, () => 21 * SECOND))
    expect(fail(ACCOUNT, quick).track.level).toBe(1)
  })
})

describe('every rule', () => {
  it('takes no attempt during a block, and then changes nothing', () => {
    fc.assert(
      fc.property(rules, pauses, fc.double({ min: 0, max: 0.999, noNaN: true }), (rule, gaps, part) => {
        const { track } = fail(rule, timesOf(gaps))
        fc.pre(track.blockedAt !== null && endOfBlock(track) > (track.blockedAt ?? 0))
        const at = (track.blockedAt ?? 0) + Math.floor(track.blockLength * part)
        expect(attempt(rule, track, at)).toMatchObject({ allowed: false, track })
      }),
    )
  })

  it('allows no more than the limit at one moment', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 200 }), (rule, tries) => {
        expect(fail(rule, Array(tries).fill(START)).allowed).toBe(Math.min(tries, rule.limit))
      }),
    )
  })

  it('keeps at most the limit of failures', () => {
    fc.assert(
      fc.property(rules, pauses, (rule, gaps) => {
        expect(fail(rule, timesOf(gaps)).track.failures.length).toBeLessThanOrEqual(rule.limit)
      }),
    )
  })

  it('never blocks somebody whose attempts all succeed', () => {
    fc.assert(
      fc.property(rules, pauses, (rule, gaps) => {
        let track: Track = NO_FAILURES
        for (const time of timesOf(gaps)) {
          const verdict = attempt(rule, track, time)
          expect(verdict.allowed).toBe(true)
          if (verdict.allowed) track = undo(verdict.track, verdict)
        }
        expect(track.level).toBe(0)
      }),
    )
  })

  it('keeps a block that another attempt started when an attempt before it succeeds', () => {
    const first = attempt(ADDRESS, fail(ADDRESS, timesOf([0, 1, 1])).track, START + 3)
    const fifth = attempt(ADDRESS, first.track, START + 4)
    expect(first.allowed && endOfBlock(undo(fifth.track, first))).toBe(START + 4 + 60 * SECOND)
  })

  it('gives a guesser who waits to be forgotten no more than one who goes on', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const rule = accountRule(config)
        // Forgotten, the guesser gets these tries again; going on, one per longest block.
        expect(rule.memory).toBeGreaterThanOrEqual(triesBeforeLongest(rule) * rule.maxBlock)
      }),
    )
  })
})

describe('the group of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('of %s is %s', (ip, group) => {
    expect(addressGroup(ip)).toBe(group)
  })
})
