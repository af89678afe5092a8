import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginSecret } from '../../../identity/proof/secret-bytes.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'
import { watchStore } from '../watch-store.ts'
import { CLIENT, type LoginWorld, SECRET, WRONG } from './world.ts'

let passwords: PasswordWorld
let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world: passwords, login: world, close } = await openPasswordWorld())
})
afterAll(() => close())

const NEXT: LoginSecret = { pin: '918273', pattern: [0, 3, 6, 7, 8] }
const JANE = 'jane@example.com'
const EVIL = 'evil@example.com'
const MINUTE = 60

/** A tenant whose user `jane` has a verified address. */
async function withJane(more: object = {}): Promise<string> {
  const tenant = await world.tenant(more)
  await world.register(tenant)
  await world.send('POST', '/v1/users/email/verify', { code: await world.codeFor(tenant, JANE) })
  return tenant
}

const ask = (tenant: string, email = JANE, username = 'jane') =>
  world.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, { username, email })

async function count(tenant: string, words: string, to = JANE): Promise<number> {
  const { body } = await world.admin('GET', `/v1/tenants/${tenant}/outbox?limit=100`)
  return body.messages.filter((mail: { subject: string; to: string }) => mail.to === to && mail.subject.includes(words))
    .length
}
const resets = (tenant: string) => count(tenant, 'reset your login secret')
const codeOf = (tenant: string) => world.codeFor(tenant, JANE, 'reset your login secret')
const digitsOf = async (tenant: string) =>
  /\b\d{6}\b/.exec((await world.mailTo(tenant, JANE, 'reset your login secret'))?.text ?? '')?.[0]

async function reset(tenant: string, code: string, { username = 'jane', ip = world.address(), handle = code } = {}) {
  const fields = await world.commitment(tenant, username, 'reset', handle, NEXT)
  return world.send('POST', `/v1/password/reset?tenant_id=${tenant}`, { ...fields, code, username }, { ip })
}

describe('recovery cannot be switched off by a stranger', () => {
  it('who asks with a wrong address, every minute', async () => {
    const tenant = await withJane()
    for (let minute = 1; minute <= 3; minute++) {
      await ask(tenant, EVIL)
      await ask(tenant)
      expect(await resets(tenant)).toBe(minute)
      world.pass(5 * MINUTE)
    }
  })

  it('who asks with a wrong address after the owner did: the numeric code stays good', async () => {
    const tenant = await withJane()
    await passwords.sailpoint(await passwords.attach(tenant), { digitTokenEnabled: true })
    await ask(tenant)
    await ask(tenant, EVIL)
    expect((await reset(tenant, (await digitsOf(tenant)) ?? '')).status).toBe(200)
  })

  it.each([
    ['long', false],
    ['numeric', true],
  ])('who blocks the account: a %s code works, and lifts the block', async (_, digitTokenEnabled) => {
    const tenant = await withJane({ block_config: { user_attempts_limit: 2 } })
    await passwords.sailpoint(await passwords.attach(tenant), { digitTokenEnabled })
    for (let i = 0; i < 2; i++) await world.signIn(tenant, 'jane', WRONG)
    expect((await world.signIn(tenant, 'jane', SECRET)).status).toBe(429)
    await ask(tenant)
    const code = (await digitsOf(tenant)) ?? (await codeOf(tenant))
    expect((await reset(tenant, code)).status).toBe(200)
    expect((await world.signIn(tenant, 'jane', NEXT)).status).toBe(200)
  })

  it('who shares the network address and is blocked: a long code cannot be guessed, so it works', async () => {
    const tenant = await withJane()
    const ip = '192.0.2.18'
    for (let i = 0; i < 5; i++) await world.signIn(tenant, 'jane', WRONG, { ip })
    for (let i = 0; i < 6; i++) await reset(tenant, 'AAAAA-AAAAA-AAAAA-AAAAA', { ip })
    await ask(tenant)
    expect((await reset(tenant, await codeOf(tenant), { ip })).status).toBe(200)
  })

  it('who wears numeric codes out with wrong tries: after three a day the code is a long one', async () => {
    const tenant = await withJane()
    await passwords.sailpoint(await passwords.attach(tenant), { digitTokenEnabled: true, digitTokenLength: 6 })
    for (let day = 1; day <= 3; day++) {
      await ask(tenant)
      for (let i = 0; i < 5; i++) await reset(tenant, '000000')
      expect((await reset(tenant, (await digitsOf(tenant)) ?? '')).status).toBe(401)
      world.pass(5 * MINUTE)
    }
    await ask(tenant)
    for (let i = 0; i < 5; i++) await reset(tenant, '000000')
    expect((await reset(tenant, await codeOf(tenant))).status).toBe(200)
  })
})

describe('a reset code is spent only when it is used', () => {
  it('not with the name of somebody else', async () => {
    const tenant = await withJane()
    await ask(tenant)
    const code = await codeOf(tenant)
    expect((await reset(tenant, code, { username: 'joe' })).status).toBe(401)
    expect((await reset(tenant, code)).status).toBe(200)
  })

  it('not by a new secret that is refused', async () => {
    const tenant = await withJane()
    await ask(tenant)
    const code = await codeOf(tenant)
    expect((await reset(tenant, code, { handle: 'another code' })).status).toBe(422)
    expect((await reset(tenant, code)).status).toBe(200)
  })

  it('once, however many use it at the same time', async () => {
    const tenant = await withJane()
    await ask(tenant)
    const code = await codeOf(tenant)
    const answers = await Promise.all(Array.from({ length: 4 }, () => reset(tenant, code)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
  })
})

describe('a stranger can cause so many messages to one account', () => {
  const many = async (work: () => Promise<unknown>, times = 45) => {
    for (let i = 0; i < times; i++) await work()
  }

  it('one an hour that the name is taken', async () => {
    const tenant = await withJane()
    await many(() => world.register(tenant, 'jane', { email: EVIL }))
    expect(await count(tenant, 'you already have an account')).toBe(1)
    world.pass(60 * MINUTE)
    await many(() => world.register(tenant, 'jane', { email: EVIL }), 3)
    expect(await count(tenant, 'you already have an account')).toBe(2)
  })

  it('none when the account has no address', async () => {
    const tenant = await world.tenant()
    await world.admin('POST', `/scim/v2/${tenant}/Users`, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'jane',
    })
    await world.register(tenant, 'jane', { email: EVIL })
    expect((await world.admin('GET', `/v1/tenants/${tenant}/outbox`)).body.messages).toEqual([])
  })

  it('one reset code a minute, later one in five minutes', async () => {
    const tenant = await withJane()
    await many(async () => {
      await ask(tenant)
      world.pass(20)
    })
    expect(await resets(tenant)).toBeLessThanOrEqual(5)
  })

  it('and to an address that nobody has confirmed, ten and then fewer, whatever accounts name it', async () => {
    const tenant = await world.tenant()
    let name = 0
    await many(() => world.register(tenant, `user${++name}`, { email: JANE }), 20)
    expect(await count(tenant, '')).toBe(10)
  })

  it('by asking for it: codes that confirm the own address', async () => {
    const tenant = await world.tenant()
    await world.register(tenant, 'mallory', { email: JANE })
    const key = await world.keyOf(tenant, await world.userId(tenant, 'mallory'))
    const statuses: number[] = []
    await many(
      async () =>
        statuses.push((await world.send('POST', '/v1/users/me/email/verification', undefined, { key })).status),
      5,
    )
    expect([statuses, await count(tenant, 'confirm')]).toEqual([[200, 200, 429, 429, 429], 3])
  })
})

describe('whoever is asked about, the store gets the same work', () => {
  it.each<[string, (tenant: string, username: string) => Promise<unknown>]>([
    ['a reset', (tenant, username) => ask(tenant, `${username}@example.com`, username)],
    [
      'a login code',
      async (tenant, username) =>
        world.send('POST', `/v1/login/code/request?auth_req_id=${await world.begin(tenant)}`, { username }),
    ],
    [
      'a sign-up',
      async (tenant, username) =>
        world.register(tenant, username, username === 'jane' ? { email: 'other@example.com' } : {}),
    ],
  ])('by %s', async (_, work) => {
    const tenant = await withJane()
    await passwords.pigello(await passwords.attach(tenant), {
      customers_can_use_hotp_login: true,
      non_customers_can_use_hotp_login: true,
    })
    const workOf = async (username: string): Promise<readonly string[]> => {
      const seen: string[] = []
      const restore = watchStore(world.deps.store, seen)
      await work(tenant, username)
      restore()
      return seen
    }
    expect(await workOf('nobody')).toEqual(await workOf('jane'))
  })
})

describe('a sign-up with a name that is taken', () => {
  it.each<[string, (tenant: string) => Promise<unknown>]>([
    ['whose owner was told of it before', (tenant) => world.register(tenant, 'jane', { email: EVIL })],
    ['whose owner has confirmed no address', async () => undefined],
    [
      'where no address is confirmed',
      async (tenant) => {
        const attributes = { verification: { email_enabled: false } }
        await passwords.cim(await passwords.attach(tenant), { attributes })
      },
    ],
  ])('%s makes as many writes as one with a free name', async (_, before) => {
    const tenant = await world.tenant()
    await world.register(tenant)
    await before(tenant)
    const writes = async (username: string) => {
      const seen: string[] = []
      const restore = watchStore(world.deps.store, seen)
      expect((await world.register(tenant, username, { email: `${username}@example.org` })).status).toBe(201)
      restore()
      return seen.filter((call) => !call.startsWith('create mailBudgets'))
    }
    expect(await writes('nobody')).toEqual(await writes('jane'))
  })
})

it('whose address strangers named cannot be read in the store', async () => {
  const tenant = await world.tenant()
  const address = 'Somebody.Else@example.net'
  await world.register(tenant, 'mallory', { email: address })
  await world.admin('DELETE', `/scim/v2/${tenant}/Users/${await world.userId(tenant, 'mallory')}`)
  const budgets: Collection<{ readonly id: string }> = { name: 'mailBudgets', id: (b) => b.id, indexes: [] }
  const { items, total } = await world.deps.store.find(budgets, tenant, { limit: 100 })
  expect(total).toBeGreaterThan(0)
  expect(JSON.stringify(items)).not.toMatch(/somebody|example|mallory/i)
})
