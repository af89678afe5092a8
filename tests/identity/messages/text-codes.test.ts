import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'

const NUMBER = '+4915123456789'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

interface Jane {
  readonly tenant: string
  readonly key: string
}

/** Jane, in a tenant with these CIM units that demands two factors. */
async function janeIn(units: object, mfa = true): Promise<Jane> {
  const { tenant, organization } = await world.tenant({ passkey_enabled: false })
  await world.cim(organization, { features: { sms_enabled: true }, ...units })
  await world.pigello(organization, { require_mfa_for_customers: mfa, require_mfa_for_non_customers: mfa })
  await world.user(tenant)
  return { tenant, key: await login.keyOf(tenant, 'jane') }
}

const own = ({ key }: Jane, method: 'GET' | 'POST' | 'DELETE', path = '', body?: object, ip?: string) =>
  login.send(method, `/v1/users/me/phone${path}`, body, { key, ...(ip ? { ip } : {}) })

/** The code in the newest text message to a number. */
const codeTo = async (tenant: string, number = NUMBER): Promise<string> =>
  /\d{6}$/.exec((await login.mailTo(tenant, number))?.text ?? '')?.[0] ?? ''

/** Sets the telephone up. */
async function enrol(jane: Jane): Promise<void> {
  await own(jane, 'POST', '', { number: NUMBER })
  const { status } = await own(jane, 'POST', '/confirm', { code: await codeTo(jane.tenant) })
  expect(status).toBe(200)
  login.pass(61)
}

const step = (handle: string, path: string, body: object, ip?: string) =>
  login.send('POST', `/v1/login/${path}?auth_req_id=${handle}`, { username: 'jane', ...body }, ip ? { ip } : {})

describe('a telephone', () => {
  it('is set up by the code that was sent to it, and removed', async () => {
    const jane = await janeIn({}, false)
    await enrol(jane)
    expect((await own(jane, 'GET')).body).toMatchObject({ number: NUMBER, confirmed_at: expect.any(String) })
    expect((await own(jane, 'DELETE')).status).toBe(204)
    expect((await own(jane, 'GET')).body).toMatchObject({ number: null })
  })

  it.each([
    ['on', true, 200],
    ['off', false, 403],
  ])(
    'verification.mobile_number_enabled %s: is confirmed also where no login takes its codes',
    async (_, on, status) => {
      const jane = await janeIn(
        {
          attributes: { verification: { mobile_number_enabled: on } },
          login_methods: { mobile_login: { enabled: true, step_up_type: 'PUSH' } },
        },
        false,
      )
      expect((await own(jane, 'POST', '', { number: NUMBER })).status).toBe(status)
      const code = (await codeTo(jane.tenant)) || '000000'
      expect((await own(jane, 'POST', '/confirm', { code })).status).toBe(status)
    },
  )

  it('verification.mobile_number_enabled on: all text messages stop with sms_enabled', async () => {
    const attributes = { verification: { mobile_number_enabled: true } }
    const jane = await janeIn({ attributes, features: { sms_enabled: false } }, false)
    expect((await own(jane, 'POST', '', { number: NUMBER })).status).toBe(403)
  })

  it('is not kept for another code', async () => {
    const jane = await janeIn({})
    await own(jane, 'POST', '', { number: NUMBER })
    expect((await own(jane, 'POST', '/confirm', { code: '000000' })).status).toBe(422)
    expect((await own(jane, 'GET')).body).toMatchObject({ number: null })
  })

  it.each(['12345', '+1 900 555 0199'])('of the number %s is refused', async (number) => {
    expect((await own(await janeIn({}), 'POST', '', { number })).status).toBe(422)
  })

  it('is taken where CimFeatures says so, and nowhere else', async () => {
    const jane = await janeIn({ features: { sms_enabled: false } })
    expect((await own(jane, 'POST', '', { number: NUMBER })).status).toBe(403)
  })
})

describe('a code by text message', () => {
  it('confirms a password, with the text of the step-up before it', async () => {
    const mobile_login = { enabled: true, step_up_message: 'Acme bank:' }
    const jane = await janeIn({ login_methods: { mobile_login } })
    await enrol(jane)
    const handle = await login.begin(jane.tenant)
    expect((await step(handle, 'password', { password: PASSWORD })).body.need_verify).toBe(true)
    await step(handle, 'text/request', {})
    expect((await login.mailTo(jane.tenant, NUMBER))?.text).toMatch(/^Acme bank: \d{6}$/)
    const code = await codeTo(jane.tenant)
    expect((await step(handle, 'text', { code })).body.need_verify).toBe(false)
    expect(await step(await login.begin(jane.tenant), 'text', { code })).toMatchObject(REFUSED)
  })

  it('is not sent to somebody who has shown nothing, unless mobile login is on', async () => {
    const jane = await janeIn({}, false)
    await enrol(jane)
    const before = await codeTo(jane.tenant)
    await step(await login.begin(jane.tenant), 'text/request', {})
    expect(await codeTo(jane.tenant)).toBe(before)
  })

  it('signs in alone where mobile login is on, with its text before it', async () => {
    const mobile_login = { enabled: true, authentication_type: 'OTP', login_message: 'Welcome to Acme:' }
    const jane = await janeIn({ login_methods: { mobile_login } }, false)
    await enrol(jane)
    const handle = await login.begin(jane.tenant)
    await step(handle, 'text/request', {})
    expect((await login.mailTo(jane.tenant, NUMBER))?.text).toMatch(/^Welcome to Acme: \d{6}$/)
    expect((await step(handle, 'text', { code: await codeTo(jane.tenant) })).body.need_verify).toBe(false)
  })

  it.each([
    ['authentication_type', { enabled: true, authentication_type: 'PUSH' }, 200],
    ['step_up_type', { enabled: true, step_up_type: 'PUSH' }, 403],
  ])('is not what another %s asks for', async (_, mobile_login, status) => {
    const jane = await janeIn({}, false)
    await enrol(jane)
    const organization = (await login.admin('GET', `/v1/tenants/${jane.tenant}/login-policy`)).body.organization_id
    await world.cim(organization, { login_methods: { mobile_login } })
    const before = await codeTo(jane.tenant)
    expect((await step(await login.begin(jane.tenant), 'text/request', {})).status).toBe(status)
    expect(await codeTo(jane.tenant)).toBe(before)
  })

  it('is spoken by a call for who asks for it', async () => {
    const jane = await janeIn({ login_methods: { mobile_login: { enabled: true } } }, false)
    await enrol(jane)
    await step(await login.begin(jane.tenant), 'text/request', { by: 'voice' })
    expect(await login.mailTo(jane.tenant, NUMBER)).toMatchObject({ channel: 'voice' })
  })

  it('yields the level of CimStepUp', async () => {
    const jane = await janeIn({ step_up: { authentication_methods: { sms_authentication_level: 3 } } }, false)
    await enrol(jane)
    const handle = await login.begin(jane.tenant, { acr_values: 'urn:plumbline:acr:level:3' })
    expect((await step(handle, 'password', { password: PASSWORD })).body.need_verify).toBe(true)
    await step(handle, 'text/request', {})
    expect((await step(handle, 'text', { code: await codeTo(jane.tenant) })).body.need_verify).toBe(false)
  })
})

describe('who makes the service send text messages for a share of their price', () => {
  const ask = async (jane: Jane, number: string, ip?: string) => (await own(jane, 'POST', '', { number }, ip)).status

  it('is stopped for one account', async () => {
    const jane = await janeIn({})
    expect([await ask(jane, NUMBER), await ask(jane, '+12125552368')]).toEqual([200, 429])
  })

  it('is stopped for one number, whatever accounts and addresses it is asked from', async () => {
    const { tenant, key } = await janeIn({})
    const statuses = [await ask({ tenant, key }, NUMBER)]
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await world.user(tenant, name)
      statuses.push(await ask({ tenant, key: await login.keyOf(tenant, name) }, NUMBER))
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })

  it('is stopped for one network address, whatever numbers it names', async () => {
    const { tenant } = await janeIn({})
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) {
      await world.user(tenant, `u${i}`)
      const key = await login.keyOf(tenant, `u${i}`)
      statuses.push(await ask({ tenant, key }, `+4915123456${700 + i}`, '192.0.2.1'))
    }
    expect([statuses.slice(0, 10).every((status) => status === 200), statuses[10]]).toEqual([true, 429])
  })
})
