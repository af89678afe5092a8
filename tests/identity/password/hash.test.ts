import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOutdated, PARAMETERS, PasswordHashing } from '../../../identity/directory/password-hash.ts'
import { isPasswordOf, passwordSetAt, putHash } from '../../../identity/directory/passwords.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { openStill, type Still } from '../still.ts'

const TEXT = 'correct horse battery'
/** Where the hashes are kept, to see that one changed. */
const STORED: Collection<{ user_id: string; hash: string }> = {
  name: 'textPasswords',
  id: (p) => p.user_id,
  indexes: [],
}
const OWNER = { tenant_id: 'acme', user_id: 'jane', created_at: '2026-01-01T00:00:00.000Z' }

const hashing = new PasswordHashing()

let still: Still
beforeAll(async () => {
  still = await openStill()
})
afterAll(() => still.close())

describe('a hash', () => {
  it('is argon2id with 19 MiB, two passes and one lane', async () => {
    expect(await hashing.hash(TEXT)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('is outdated when it was made with other parameters', async () => {
    const old = await hashing.hash(TEXT, { ...PARAMETERS, memoryCost: 9216 })
    expect([isOutdated(old), isOutdated(await hashing.hash(TEXT))]).toEqual([true, false])
  })
})

describe('an outdated hash', () => {
  it('takes its password once more and is made anew by that; the password keeps its age', async () => {
    const { deps, clock } = still
    const check = (text: string) => isPasswordOf(deps, OWNER.tenant_id, OWNER, text)
    const sealed = async () => (await deps.store.get(STORED, OWNER.tenant_id, OWNER.user_id))?.hash
    await putHash(deps, OWNER, await hashing.hash(TEXT, { ...PARAMETERS, memoryCost: 64, timeCost: 1 }))
    const [setAt, old] = [await passwordSetAt(deps, OWNER), await sealed()]
    clock.now = new Date(clock.now.getTime() + 60_000)
    expect([await check('wrong'), await sealed()]).toEqual([false, old])
    expect(await check(TEXT)).toBe(true)
    expect(await sealed()).not.toBe(old)
    const fresh = await sealed()
    expect([await check(TEXT), await sealed()]).toEqual([true, fresh])
    expect(await passwordSetAt(deps, OWNER)).toBe(setAt)
  })
})

describe('a flood of operations', () => {
  it('is refused beyond 128 at once, until one of them is done', async () => {
    let finish = () => {}
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const inside = Array.from({ length: 128 }, () => hashing.admit(() => held))
    await expect(hashing.admit(async () => 'in')).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    })
    finish()
    await Promise.all(inside)
    expect(await hashing.admit(async () => 'in')).toBe('in')
  })
})
