import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENT, type LoginWorld, WRONG } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'

const LIMIT = 3
const GUESSES = 8

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

/** A tenant that offers every way to sign in, with jane in it; its organization bears few guesses at an account. */
async function place(): Promise<string> {
  const { tenant, organization } = await world.tenant({ block_config: { user_attempts_limit: 100 } })
  await world.cim(organization, {
    login_methods: {
      login_methods: [{ id: 'username-and-password', enabled: true }],
      mobile_login: { enabled: true, allowed_login_attempts: LIMIT },
    },
  })
  await world.pigello(organization, { customers_can_use_hotp_login: true, non_customers_can_use_hotp_login: true })
  await world.sailpoint(organization, { digitTokenEnabled: true })
  await login.register(tenant)
  return tenant
}

/** A guess that is ready to be sent. */
type Guess = () => Promise<{ readonly status: number }>

/** Each prepares one wrong guess at the account of jane. */
const WAYS: Readonly<Record<string, (tenant: string) => Promise<Guess>>> = {
  'a PIN proof': async (tenant) => {
    const handle = await login.begin(tenant)
    const body = await login.solved(tenant, handle, 'jane', WRONG)
    return () => login.authenticate(handle, body)
  },
  'a text password': async (tenant) => {
    const handle = await login.begin(tenant)
    const body = { username: 'jane', password: 'a wrong long password' }
    return () => login.send('POST', `/v1/login/password?auth_req_id=${handle}`, body)
  },
  'a mailed code': async (tenant) => {
    const handle = await login.begin(tenant)
    return () => login.send('POST', `/v1/login/code?auth_req_id=${handle}`, { username: 'jane', code: '000000000' })
  },
}

describe('parallel guesses from as many addresses at one account', () => {
  it.each(Object.keys(WAYS))('of %s are no more than its organization bears', async (way) => {
    const tenant = await place()
    const prepare = WAYS[way] ?? expect.fail()
    const guesses = await Promise.all(Array.from({ length: GUESSES }, () => prepare(tenant)))
    const answers = await Promise.all(guesses.map((guess) => guess()))
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect({ verified: count(401), blocked: count(429) }).toEqual({ verified: LIMIT, blocked: GUESSES - LIMIT })
  })

  it('of different ways count together', async () => {
    const tenant = await place()
    const guesses = await Promise.all(Object.values(WAYS).flatMap((prepare) => [prepare(tenant), prepare(tenant)]))
    const answers = await Promise.all(guesses.map((guess) => guess()))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(LIMIT)
  })
})

describe('parallel guesses of a numeric reset code from as many addresses', () => {
  it('wear it out after as many as the organization bears, though a block of the account does not stop its owner', async () => {
    const tenant = await place()
    await login.send('POST', '/v1/users/email/verify', { code: await login.codeFor(tenant, 'jane@example.com') })
    const asked = { username: 'jane', email: 'jane@example.com' }
    await login.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, asked)
    const mail = await login.mailTo(tenant, 'jane@example.com', 'reset your login secret')
    const code = /\b\d{6,}\b/.exec(mail?.text ?? '')?.[0] ?? expect.fail()
    const guess = (some: string) =>
      login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, {
        username: 'jane',
        code: some,
        new_password: 'another long password',
      })
    await Promise.all(Array.from({ length: LIMIT }, () => guess(code.replace(/\d/g, '0'))))
    expect((await guess(code)).status).toBe(401)
  })
})

describe('parallel guesses of a long reset code from one address', () => {
  it('are no more than the address is allowed over all tenants', async () => {
    const tenant = await place()
    const body = await login.commitment(tenant, 'jane', 'reset', 'AAAAA-AAAAA-AAAAA-AAAAA')
    const guess = { username: 'jane', code: 'AAAAA-AAAAA-AAAAA-AAAAA', ...body }
    const send = () => login.send('POST', '/v1/password/reset', guess, { ip: '192.0.2.9' })
    const answers = await Promise.all(Array.from({ length: 12 }, send))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  })
})
