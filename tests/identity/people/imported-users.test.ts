import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isForeignHash, isUsableHash } from '../../../identity/crypto/foreign-hash.ts'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const SALT = 'MDEyMzQ1Njc4OWFiY2RlZg'
const IN = { status: 200, body: { need_verify: false } }

/** Made by other programs: Python's hashlib, and the published examples of bcrypt (crypt_blowfish) and Firebase's scrypt. */
const HASHES: Readonly<Record<string, readonly [password: string, hash: string]>> = {
  'bcrypt, as Auth0': ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  'bcrypt of PHP': ['U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  'PBKDF2 with SHA-256, as Django': [
    PASSWORD,
    `$pbkdf2-sha256$i=5000$c2Vhc2FsdA$${'PtlpqxxRUNS/u/nxoREZ6KrBWPMEyaXzDOw3GLOmVEA'}`,
  ],
  'PBKDF2 with SHA-512, as Keycloak': [
    PASSWORD,
    `$pbkdf2-sha512$i=5000$${SALT}$ZypZs+KQ9LoYTY/OsLgPOlXaDA31bkqeEjg4dxlW8FhMXocLyL07gtx3wgKrDexl/GxukpPi9UwJpxjAP1TJTA`,
  ],
  'PBKDF2 with SHA-1': [PASSWORD, `$pbkdf2-sha1$i=5000$${SALT}$Vn68apvTt63Y4CNLNW2DHiX1y9A`],
  scrypt: [PASSWORD, `$scrypt$ln=14,r=8,p=1$${SALT}$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE`],
  'the scrypt of Firebase': [
    'user1password',
    '$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw$Bw$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ',
  ],
}

const userOf = (tenant: string, more: object = {}) => ({
  user_id: 'jane',
  username: 'jane',
  email: 'jane@example.com',
  tenant_id: tenant,
  is_verified: true,
  ...more,
})
const bring = (tenant: string, ...users: readonly object[]) =>
  login.admin('POST', `/v1/tenants/${tenant}/users/import`, { users })

describe.each(Object.entries(HASHES))('a user with a hash of %s', (_, [password, password_hash]) => {
  it('signs in with the old password and no other one, and has a hash of ours from then on', async () => {
    const { tenant } = await world.tenant()
    expect((await bring(tenant, userOf(tenant, { password_hash }))).body.results).toEqual([
      { user_id: 'jane', outcome: 'created' },
    ])
    expect(await world.signIn(tenant, `${password}x`)).toMatchObject(REFUSED)
    const before = await hashOf(tenant)
    expect(await world.signIn(tenant, password)).toMatchObject(IN)
    const after = await hashOf(tenant)
    expect(after).not.toBe(before)
    expect(await world.signIn(tenant, password)).toMatchObject(IN)
    expect(await hashOf(tenant)).toBe(after)
    expect(await world.signIn(tenant, `${password}x`)).toMatchObject(REFUSED)
  })
})

/** Of what the store holds of jane's password, which is sealed. */
async function hashOf(tenant: string): Promise<string> {
  const collection = { name: 'textPasswords', id: (p: { user_id: string }) => p.user_id, indexes: [] } as const
  const stored = await login.deps.store.get<{ user_id: string; hash: string }>(collection, tenant, 'jane')
  return createHash('sha256')
    .update(stored?.hash ?? '')
    .digest('hex')
}

it('argon2 of other parameters, as Keycloak has it, is checked and hashed anew', async () => {
  const { tenant } = await world.tenant()
  const parameters = { algorithm: 2, memoryCost: 7168, timeCost: 5, parallelism: 1 } as const
  const password_hash = await login.deps.passwordHashing.hash(PASSWORD, parameters)
  await bring(tenant, userOf(tenant, { password_hash }))
  const before = await hashOf(tenant)
  expect(await world.signIn(tenant, 'wrong')).toMatchObject(REFUSED)
  expect(await world.signIn(tenant)).toMatchObject(IN)
  expect(await hashOf(tenant)).not.toBe(before)
})

describe('an import', () => {
  it('is sent again without changing anybody: whose id or name is taken stays as they are', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const [, password_hash] = HASHES['bcrypt, as Auth0'] ?? []
    const again = userOf(tenant, { password_hash })
    const other = userOf(tenant, { password_hash, user_id: 'other' })
    const outcomes = (await bring(tenant, again, other)).body.results.map((r: { outcome: string }) => r.outcome)
    expect(outcomes).toEqual(['taken', 'taken'])
    expect(await world.signIn(tenant)).toMatchObject(IN)
    expect(await world.signIn(tenant, 'U*U')).toMatchObject(REFUSED)
  })

  it.each([
    ['of no known form', 'correct horse battery'],
    ['of a bcrypt that costs too much', '$2b$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['of too many iterations', `$pbkdf2-sha256$i=90000000$${SALT}$PtlpqxxRUNS/u/nxoREZ6KrBWPMEyaXzDOw3GLOmVEA`],
    ['of too much memory', `$scrypt$ln=20,r=8,p=1$${SALT}$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE`],
    ['of much memory by another way', `$scrypt$ln=16,r=16,p=1$${SALT}$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE`],
    ['of too few bytes', `$pbkdf2-sha256$i=5000$${SALT}$AAAA`],
    ['of argon2 that takes too much memory', `$argon2id$v=19$m=1000000,t=2,p=1$${SALT}$${SALT}`],
  ])('takes no hash %s, and creates nobody then', async (_, password_hash) => {
    const { tenant } = await world.tenant()
    const good = userOf(tenant, { user_id: 'good', username: 'good' })
    expect((await bring(tenant, good, userOf(tenant, { password_hash }))).status).toBe(422)
    expect((await login.admin('GET', `/v1/tenants/${tenant}/users`)).body.total_count).toBe(0)
  })

  it('is done by who may write users of the tenant alone', async () => {
    const { tenant } = await world.tenant()
    const key = await login.keyOf((await world.tenant()).tenant, 'nobody')
    const url = `/v1/tenants/${tenant}/users/import`
    expect((await login.send('POST', url, { users: [userOf(tenant)] }, { key })).status).toBe(403)
  })
})

it('hashes of ours are no foreign ones', async () => {
  const ours = await login.deps.passwordHashing.hash(PASSWORD)
  expect([isForeignHash(ours), isUsableHash(ours)]).toEqual([false, true])
})
