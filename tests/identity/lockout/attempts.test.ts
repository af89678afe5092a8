import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forgiveAccount, forgiveAddress, type Guess, takeAttempt } from '../../../identity/lockout/attempts.ts'
import { findBlocks } from '../../../identity/lockout/blocks.ts'
import { openStill, type Still } from '../still.ts'

const CONFIG = {
  ip_attempts_limit: 5,
  ip_attempts_reset_minutes: 10_080,
  user_attempts_limit: 15,
  user_timeframe_seconds: 300,
  initial_block_seconds: 60,
  max_block_time_minutes: 2880,
}
const ALL = { page: 0, page_size: 100, sort_direction: 1 } as const

let still: Still
beforeAll(async () => {
  still = await openStill()
})
afterAll(() => still.close())

let scope = ''
let count = 0
beforeEach(() => {
  scope = `tenant-${++count}`
})

const guess = (more: Partial<Guess> = {}): Guess => ({
  scope,
  config: CONFIG,
  ip: '203.0.113.1',
  username: 'jane',
  userId: 'u-1',
  ...more,
})
const outcome = (g: Guess) =>
  takeAttempt(still.deps, g).then(
    () => 'taken',
    (error: { status: number }) => error.status,
  )
const times = <T>(n: number, work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)))
/** A different address each time. */
const elsewhere = (i: number): Partial<Guess> => ({ ip: `198.51.100.${i + 1}` })

describe('parallel guesses', () => {
  it('from one address get no more than its limit', async () => {
    const outcomes = await times(40, (i) => outcome(guess({ username: `name-${i}` })))
    expect(outcomes.filter((o) => o === 'taken')).toHaveLength(5)
  })

  it('on one account from many addresses get no more than its limit', async () => {
    const outcomes = await times(40, (i) => outcome(guess(elsewhere(i))))
    expect(outcomes.filter((o) => o === 'taken')).toHaveLength(15)
  })
})

describe('a blocked caller', () => {
  it('gets 429 with the seconds to wait', async () => {
    await times(5, () => takeAttempt(still.deps, guess()))
    await expect(takeAttempt(still.deps, guess())).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': '60' },
    })
  })

  it('gets the same for a name that nobody has', async () => {
    const seen = async (more: Partial<Guess>) => {
      await times(15, (i) => takeAttempt(still.deps, guess({ ...more, ...elsewhere(i) })))
      return takeAttempt(still.deps, guess({ ...more, ip: '192.0.2.1' })).catch((e) => [e.status, e.message, e.headers])
    }
    const known = await seen({ username: 'known' })
    expect(await seen({ username: 'nobody', userId: undefined })).toEqual(known)
  })

  it('loses no attempt of the address while the account is blocked', async () => {
    await times(15, (i) => takeAttempt(still.deps, guess(elsewhere(i))))
    const ip = '192.0.2.9'
    await times(20, () => outcome(guess({ ip })))
    await expect(takeAttempt(still.deps, guess({ ip, username: 'joe' }))).resolves.toBeDefined()
  })

  it('is free in another tenant', async () => {
    await times(5, () => takeAttempt(still.deps, guess()))
    await expect(takeAttempt(still.deps, guess({ scope: `${scope}-other` }))).resolves.toBeDefined()
  })

  it('can still use a passkey when only the account is blocked', async () => {
    await times(15, (i) => takeAttempt(still.deps, guess(elsewhere(i))))
    await expect(takeAttempt(still.deps, guess({ ip: '192.0.2.1', passesBlock: true }))).resolves.toBeDefined()
  })
})

describe('a success', () => {
  it('starts the account afresh', async () => {
    await times(14, (i) => takeAttempt(still.deps, guess(elsewhere(i))))
    await (await takeAttempt(still.deps, guess({ ip: '192.0.2.1' }))).succeed()
    const outcomes = await times(14, (i) => outcome(guess(elsewhere(i + 20))))
    expect(outcomes).toEqual(Array(14).fill('taken'))
  })

  it('does not clear the failures of the address', async () => {
    await times(4, () => takeAttempt(still.deps, guess()))
    await (await takeAttempt(still.deps, guess())).succeed()
    expect([await outcome(guess()), await outcome(guess())]).toEqual(['taken', 429])
  })
})

describe('the listing of blocks', () => {
  it('shows an address by its network', async () => {
    await times(5, (i) => takeAttempt(still.deps, guess({ ip: `2001:db8::${i + 1}`, username: `n-${i}` })))
    const { items, total } = await findBlocks(still.deps.store, scope, 'address', ALL)
    expect([total, items[0]]).toEqual([
      1,
      expect.objectContaining({ subject: '2001:db8::/64', block_time_seconds: 60 }),
    ])
  })

  it('drops an entry when the block ends', async () => {
    await times(5, () => takeAttempt(still.deps, guess()))
    still.clock.now = new Date(still.clock.now.getTime() + 60_000)
    expect((await findBlocks(still.deps.store, scope, 'address', ALL)).total).toBe(0)
  })

  it('leaves out names that nobody has', async () => {
    await times(15, (i) => takeAttempt(still.deps, guess({ ...elsewhere(i), userId: undefined })))
    expect((await findBlocks(still.deps.store, scope, 'user', ALL)).total).toBe(0)
  })

  it('drops an entry that is lifted', async () => {
    await times(15, (i) => takeAttempt(still.deps, guess(elsewhere(i))))
    await forgiveAccount(still.deps.store, scope, 'JANE')
    expect((await findBlocks(still.deps.store, scope, 'user', ALL)).total).toBe(0)
    expect(await outcome(guess({ ip: '192.0.2.1' }))).toBe('taken')
  })

  it('drops an address that is lifted, named by its network', async () => {
    await times(5, () => takeAttempt(still.deps, guess({ ip: '2001:db8::1' })))
    await forgiveAddress(still.deps.store, scope, '2001:db8::')
    expect(await outcome(guess({ ip: '2001:db8::1' }))).toBe('taken')
  })
})
