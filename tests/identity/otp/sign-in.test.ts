import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, LoginWorld, Sent } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld, REFUSED } from '../password/world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const MINUTE = 60

/** What Pigello says where codes are allowed for everybody. */
const CODES = { customers_can_use_hotp_login: true, non_customers_can_use_hotp_login: true }

interface Place {
  readonly tenant: string
  readonly organization: string
}

/** A tenant that takes mailed codes, and a user in it whose address is verified. */
async function withJane(more: object = {}, configuration: object = CODES): Promise<Place> {
  const place = await world.tenant(more)
  await world.pigello(place.organization, configuration)
  await login.admin('POST', `/v1/tenants/${place.tenant}/users`, userOf(place))
  return place
}

const userOf = ({ tenant }: Place, username = 'jane', more: object = {}) => ({
  user_id: username,
  username,
  email: `${username}@example.com`,
  tenant_id: tenant,
  is_verified: true,
  ...more,
})

async function ask({ tenant }: Place, username = 'jane'): Promise<Answer> {
  const handle = await login.begin(tenant)
  return login.send('POST', `/v1/login/code/request?auth_req_id=${handle}`, { username })
}

async function enter({ tenant }: Place, code: string, username = 'jane', sent: Sent = {}): Promise<Answer> {
  const handle = await login.begin(tenant)
  return login.send('POST', `/v1/login/code?auth_req_id=${handle}`, { username, code }, sent)
}

/** The code in the newest message. */
async function mailed({ tenant }: Place, to = JANE): Promise<string | undefined> {
  const text = (await login.mailTo(tenant, to, 'your code to sign in'))?.text ?? ''
  return /\b\d{6,18}\b/.exec(text)?.[0]
}

async function codeFor(place: Place): Promise<string> {
  await ask(place)
  return (await mailed(place)) ?? 'no code was mailed'
}

/** Another code of as many digits. */
const other = (code: string): string => code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))

describe('a mailed code', () => {
  it('signs in', async () => {
    const place = await withJane()
    const { status, body } = await enter(place, await codeFor(place))
    expect([status, body]).toEqual([200, { nonce: expect.stringMatching(/^[\w-]{43}$/), need_verify: false }])
  })

  it('has six digits, and may be written with blanks', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    expect(code).toMatch(/^\d{6}$/)
    expect((await enter(place, `${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(200)
  })

  it('is good for ten minutes', async () => {
    const [one, two] = [await withJane(), await withJane()]
    const [first, second] = [await codeFor(one), await codeFor(two)]
    login.pass(10 * MINUTE - 1)
    expect((await enter(one, first)).status).toBe(200)
    login.pass(1)
    expect(await enter(two, second)).toMatchObject(REFUSED)
  })

  it('has the length and the life that SailPoint says where numeric codes are enabled there', async () => {
    const place = await withJane()
    const config = { digitTokenEnabled: true, digitTokenLength: 9, digitTokenDurationMinutes: 2 }
    await world.sailpoint(place.organization, config)
    const code = await codeFor(place)
    expect(code).toMatch(/^\d{9}$/)
    login.pass(2 * MINUTE)
    expect(await enter(place, code)).toMatchObject(REFUSED)
  })
})

describe('a mailed code is refused when it', () => {
  it('was used', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await enter(place, code)
    expect(await enter(place, code)).toMatchObject(REFUSED)
  })

  it('comes many times at once: one of them gets in', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    const answers = await Promise.all(Array.from({ length: 4 }, () => enter(place, code)))
    expect(answers.map((a) => a.status).sort()).toEqual([200, 401, 401, 401])
  })

  it('was followed by a newer one', async () => {
    const place = await withJane()
    const old = await codeFor(place)
    login.pass(MINUTE)
    const fresh = await codeFor(place)
    expect(await enter(place, old)).toMatchObject(REFUSED)
    expect((await enter(place, fresh)).status).toBe(200)
  })

  it('is of the same name in another tenant', async () => {
    const [one, two] = [await withJane(), await withJane()]
    await ask(two)
    expect(await enter(two, await codeFor(one))).toMatchObject(REFUSED)
  })

  it('was mailed to reset a login secret', async () => {
    const place = await withJane()
    await world.sailpoint(place.organization, { digitTokenEnabled: true })
    const query = `client_id=shop&tenant_id=${place.tenant}`
    await login.send('POST', `/v1/password/reset-request?${query}`, { username: 'jane', email: JANE })
    const code = /\b\d{6}\b/.exec((await login.mailTo(place.tenant, JANE, 'reset'))?.text ?? '')?.[0] ?? ''
    expect(await enter(place, code)).toMatchObject(REFUSED)
  })

  it('comes after the user was disabled', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    const disabled = userOf(place, 'jane', { is_disabled: true })
    await login.admin('PUT', `/v1/tenants/${place.tenant}/users/jane`, disabled)
    expect(await enter(place, code)).toMatchObject(REFUSED)
  })

  it('comes after five wrong ones, from whatever addresses and however fast', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    await Promise.all(Array.from({ length: 5 }, () => enter(place, other(code))))
    expect(await enter(place, code)).toMatchObject(REFUSED)
  })
})

describe('guesses', () => {
  it('in parallel from one address get no further than one by one', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    const guess = () => enter(place, other(code), 'jane', { ip: '192.0.2.4' })
    const answers = await Promise.all(Array.from({ length: 12 }, guess))
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5)
  })

  it('block the account, whose right code then has to wait', async () => {
    const place = await withJane({ block_config: { user_attempts_limit: 2 } })
    const code = await codeFor(place)
    for (let i = 0; i < 2; i++) await enter(place, other(code))
    expect((await enter(place, code)).status).toBe(429)
  })

  it('are answered the same for a name that nobody has', async () => {
    const place = await withJane({ block_config: { user_attempts_limit: 2 } })
    const seen = async (username: string) => {
      const answers = [await ask(place, username)]
      for (let i = 0; i < 4; i++) answers.push(await enter(place, '000000000', username))
      return answers.map(({ status, body, headers }) => [status, body, headers['retry-after']])
    }
    expect(await seen('nobody')).toEqual(await seen('jane'))
  })
})

describe('no code is sent, and the answer is the same,', () => {
  it.each([
    ['to an address that was never verified', { is_verified: false }],
    ['to a disabled user', { is_disabled: true }],
  ])('%s', async (_, more) => {
    const place = await withJane()
    await login.admin('POST', `/v1/tenants/${place.tenant}/users`, userOf(place, 'joe', more))
    const answer = await ask(place, 'joe')
    expect([answer.status, answer.body]).toEqual([200, null])
    expect(await mailed(place, 'joe@example.com')).toBeUndefined()
  })

  it('to an address outside the approved domains', async () => {
    const place = await withJane({}, { ...CODES, approved_non_customer_hotp_email_domains: ['example.org'] })
    expect((await ask(place)).status).toBe(200)
    expect(await mailed(place)).toBeUndefined()
  })

  it('again within a minute', async () => {
    const place = await withJane()
    const code = await codeFor(place)
    expect((await ask(place)).status).toBe(200)
    expect((await enter(place, code)).status).toBe(200)
  })
})

describe('a tenant takes no codes when', () => {
  it.each<[string, object]>([
    ['nothing allows them', {}],
    ['one of the groups may not use them and nobody knows the group', { customers_can_use_hotp_login: true }],
  ])('%s', async (_, configuration) => {
    const place = await withJane({}, configuration)
    await ask(place)
    expect(await mailed(place)).toBeUndefined()
    expect((await enter(place, '000000')).status).toBeGreaterThanOrEqual(401)
  })

  it('it has no organization', async () => {
    const place = { tenant: await login.tenant(), organization: '' }
    expect([(await ask(place)).status, (await enter(place, '000000')).status]).toEqual([403, 403])
  })
})

describe('in the store and the answers', () => {
  it('there is no code', async () => {
    const place = await withJane()
    await world.sailpoint(place.organization, { digitTokenEnabled: true, digitTokenLength: 18 })
    const code = await codeFor(place)
    const answers = [await ask(place), await enter(place, other(code)), await enter(place, code)]
    expect(JSON.stringify(answers.map((a) => a.body))).not.toContain(code)
    expect(await world.stored()).not.toContain(code)
  })
})
