import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from './world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const WRONG = 'incorrect horse battery'

describe('a login by password', () => {
  it('gives a ticket that completes the authorization request', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const { status, body } = await world.signIn(tenant)
    expect([status, body]).toEqual([200, { nonce: expect.stringMatching(/^[\w-]{43}$/), need_verify: false }])
  })

  it('is a first factor only in a tenant with two', async () => {
    const { tenant } = await world.tenant({ is_2fa: true })
    await world.user(tenant)
    expect((await world.signIn(tenant)).body.need_verify).toBe(true)
  })

  it('takes the same text in other Unicode forms', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant, 'jane', 'cafe\u0301 au lait')
    expect((await world.signIn(tenant, 'caf\u00e9\u00a0au lait')).status).toBe(200)
  })

  it('does not take another letter case', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    expect(await world.signIn(tenant, PASSWORD.toUpperCase())).toMatchObject(REFUSED)
  })
})

describe('one answer is given to', () => {
  it('a wrong password', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    expect(await world.signIn(tenant, WRONG)).toMatchObject(REFUSED)
  })

  it('a name that nobody has', async () => {
    const { tenant } = await world.tenant()
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
  })

  it('a disabled user', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant, 'jane', PASSWORD, { is_disabled: true })
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
  })

  it('a user whose password was removed', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    await login.admin('DELETE', `/v1/tenants/${tenant}/users/jane/password`)
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
  })

  it('the password of the same name in another tenant', async () => {
    const [{ tenant: one }, { tenant: two }] = [await world.tenant(), await world.tenant()]
    await world.user(one)
    await world.user(two, 'jane', 'another long password')
    expect(await world.signIn(two)).toMatchObject(REFUSED)
  })

  it('a password beyond the longest', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    expect(await world.signIn(tenant, 'ü'.repeat(600))).toMatchObject(REFUSED)
  })

  it('a login that nobody began', async () => {
    const body = { username: 'jane', password: PASSWORD }
    expect(await login.send('POST', '/v1/login/password?auth_req_id=unknown', body)).toMatchObject(REFUSED)
  })
})

describe('a tenant', () => {
  it('without an organization offers no passwords', async () => {
    const tenant = await login.tenant()
    await world.user(tenant)
    expect((await world.signIn(tenant)).status).toBe(403)
  })

  it('whose organization nobody has set up offers it, as its CIM settings say from the start', async () => {
    const tenant = await login.tenant()
    await world.freshOrganization(tenant)
    await world.user(tenant)
    expect((await world.signIn(tenant)).status).toBe(200)
  })

  it('whose organization switched the login method off offers none', async () => {
    const { tenant, organization } = await world.tenant()
    await world.user(tenant)
    const methods = [
      { id: 'username-and-password', enabled: false },
      { type: 'BANK_ID', name: 'BankID', enabled: true },
    ]
    await world.cim(organization, { login_methods: { login_methods: methods } })
    expect((await world.signIn(tenant)).status).toBe(403)
  })
})

describe('guesses', () => {
  it('of one account are stopped from whatever address', async () => {
    const { tenant } = await world.tenant({ block_config: { user_attempts_limit: 2 } })
    await world.user(tenant)
    for (let i = 0; i < 2; i++) await world.signIn(tenant, WRONG)
    const { status, headers } = await world.signIn(tenant)
    expect([status, headers['retry-after']]).toEqual([429, '60'])
  })

  it('in parallel get no further than one by one', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const guess = () => world.signIn(tenant, WRONG, {}, { ip: '192.0.2.3' })
    const answers = await Promise.all(Array.from({ length: 12 }, guess))
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5)
  })

  it('count together with those of PIN and pattern', async () => {
    const tenant = await login.tenant({ block_config: { user_attempts_limit: 2 } })
    await login.register(tenant)
    await world.attach(tenant)
    await login.signIn(tenant, 'jane', { pin: '000000', pattern: [0, 1, 2, 5, 8] })
    await world.signIn(tenant, WRONG)
    expect((await world.signIn(tenant, WRONG)).status).toBe(429)
  })

  it('are answered the same for a name that nobody has', async () => {
    const { tenant } = await world.tenant({ block_config: { user_attempts_limit: 2 } })
    await world.user(tenant)
    const seen = async (username: string) => {
      const answers = []
      for (let i = 0; i < 4; i++) answers.push(await world.signIn(tenant, WRONG, { username }))
      return answers.map(({ status, body, headers }) => [status, body, headers['retry-after']])
    }
    expect(await seen('nobody')).toEqual(await seen('jane'))
  })
})
