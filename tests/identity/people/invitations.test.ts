import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'
import { sendForm } from './forms.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const NUMBER = '+4915123456789'
const WHO = { email: JANE, username: 'jane', given_name: 'Jane', birth_date: '1990-12-31', mobile_number: NUMBER }
const HOUR = 3600

/** A tenant in which invitations are accepted, with more features. */
async function place(features: object = {}): Promise<string> {
  const { tenant, organization } = await world.tenant({ use_pin: false })
  await world.cim(organization, { features: { accepting_invitation_enabled: true, sms_enabled: true, ...features } })
  return tenant
}
const invite = (tenant: string, who: object = WHO) => login.admin('POST', `/v1/tenants/${tenant}/invitations`, who)
const codeOf = (tenant: string, to = JANE) => login.codeFor(tenant, to, 'you are invited')
const accept = (code: string, more: object = {}) => login.send('POST', '/v1/invitations/accept', { code, ...more })
const userOf = (tenant: string, id: string) => login.admin('GET', `/v1/tenants/${tenant}/users/${id}`)
const scimOf = async (tenant: string, id: string) => (await login.admin('GET', `/scim/v2/${tenant}/Users/${id}`)).body

/** An invited person and the code that was mailed. */
async function invited(features: object = {}, who: object = WHO) {
  const tenant = await place(features)
  const { body } = await invite(tenant, who)
  return { tenant, id: body.invitation_id, code: await codeOf(tenant) }
}

describe('accepting_invitation_enabled', () => {
  it('on: who accepts is a user with a confirmed address, and chooses a password by the code of the answer', async () => {
    const { tenant, id, code } = await invited()
    const { status, body } = await accept(code)
    expect({ status, body }).toMatchObject({ status: 200, body: { user_id: id, username: 'jane', tenant_id: tenant } })
    expect((await userOf(tenant, id)).body).toMatchObject({ email: JANE, is_verified: true })
    expect((await scimOf(tenant, id)).name).toMatchObject({ givenName: 'Jane' })
    const chosen = { username: 'jane', code: body.secret_code, new_password: PASSWORD }
    expect((await login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, chosen)).status).toBe(200)
    expect(await world.signIn(tenant)).toMatchObject({ status: 200, body: { need_verify: false } })
  })

  it('on: the page does the same, without a script, and where no secret may be reset', async () => {
    const { tenant, code } = await invited({ password_reset_enabled: false })
    const { status, location } = await sendForm(login, `/${tenant}/invitation?code=${code}`, { code })
    expect([status, location]).toEqual([303, expect.stringContaining(`/${tenant}/reset/code?code=`)])
    const secret = new URL(location, 'http://localhost').searchParams.get('code') ?? ''
    const fields = { username: 'jane', code: secret, new_password: PASSWORD }
    expect((await sendForm(login, location, fields, { to: `/${tenant}/reset/code` })).status).toBe(303)
    expect(await world.signIn(tenant)).toMatchObject({ status: 200 })
  })

  it('off: nobody is invited, and nobody accepts what was sent before', async () => {
    const { tenant, organization } = await world.tenant({ use_pin: false })
    expect((await invite(tenant)).status).toBe(403)
    await world.cim(organization, { features: { accepting_invitation_enabled: true } })
    await invite(tenant)
    await world.cim(organization, { features: { accepting_invitation_enabled: false } })
    expect((await accept(await codeOf(tenant))).status).toBe(403)
    expect((await sendForm(login, `/${tenant}/invitation`)).status).toBe(403)
  })
})

describe('an invitation', () => {
  it('is good once, for many who accept at once as well', async () => {
    const { code } = await invited()
    const answers = await Promise.all([1, 2, 3].map(() => accept(code)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401])
    expect(await accept(code)).toMatchObject(REFUSED)
  })

  it('lapses, and comes again with another code', async () => {
    const { tenant, id, code } = await invited({}, { ...WHO, valid_hours: 2 })
    login.pass(2 * HOUR)
    expect(await accept(code)).toMatchObject(REFUSED)
    expect((await login.admin('GET', `/v1/tenants/${tenant}/invitations`)).body.data).toMatchObject([{ expired: true }])
    await login.admin('POST', `/v1/tenants/${tenant}/invitations/${id}/resend`)
    const again = await codeOf(tenant)
    expect(again).not.toBe(code)
    expect((await accept(again)).status).toBe(200)
  })

  it('is void when another one was sent, and when it was taken back', async () => {
    const { tenant, id, code } = await invited()
    login.pass(1)
    await login.admin('POST', `/v1/tenants/${tenant}/invitations/${id}/resend`)
    expect(await accept(code)).toMatchObject(REFUSED)
    const again = await codeOf(tenant)
    expect((await login.admin('DELETE', `/v1/tenants/${tenant}/invitations/${id}`)).status).toBe(204)
    expect(await accept(again)).toMatchObject(REFUSED)
  })

  it('never touches an account that exists', async () => {
    const tenant = await place()
    await invite(tenant)
    const user = await world.user(tenant)
    expect((await accept(await codeOf(tenant))).status).toBe(409)
    expect(await world.signIn(tenant)).toMatchObject({ status: 200 })
    expect((await userOf(tenant, user)).body.username).toBe('jane')
    expect((await invite(tenant)).status).toBe(409)
  })

  it('tells a stranger nothing: codes of other tenants, wrong ones and none are refused alike', async () => {
    const { tenant } = await invited()
    const other = await place()
    await invite(other, { ...WHO, username: 'joe' })
    const theirs = await codeOf(other)
    expect(await accept('AAAAA-AAAAA-AAAAA-AAAAA')).toMatchObject(REFUSED)
    expect((await accept(theirs)).body).toMatchObject({ tenant_id: other, username: 'joe' })
    expect((await login.admin('GET', `/v1/tenants/${tenant}/usernames/joe`)).status).toBe(404)
    const ip = login.address()
    const guess = () => login.send('POST', '/v1/invitations/accept', { code: 'AAAAA-AAAAA-AAAAA-AAAAA' }, { ip })
    const guesses: number[] = []
    for (let i = 0; i < 60; i++) guesses.push((await guess()).status)
    expect(guesses.at(-1)).toBe(429)
  })

  it('is handled by who may write users of the tenant, and nobody else', async () => {
    const { tenant, id } = await invited()
    const key = await login.keyOf(await place(), 'nobody')
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${id}`],
      ['POST', `/${id}/resend`],
      ['DELETE', `/${id}`],
    ] as const) {
      const url = `/v1/tenants/${tenant}/invitations${path}`
      expect((await login.send(method, url, method === 'POST' ? WHO : undefined, { key })).status).toBe(403)
    }
  })

  it('does not mail a stranger without end', async () => {
    const tenant = await place()
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push((await invite(tenant, { email: JANE, username: `jane-${i}` })).status)
    expect(statuses.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 201))
    expect(statuses.at(-1)).toBe(429)
  })

  it('is written to the audit log, with ids only', async () => {
    const { tenant, id, code } = await invited()
    await accept(code)
    const { items } = await login.deps.store.find(AUDIT_RECORDS, tenant, { limit: 100 })
    const events = items.filter(({ subject }) => subject.user_id === id).map(({ event }) => event)
    expect(events).toEqual(['user.registered', 'invitation.accepted'])
    expect(JSON.stringify(items)).not.toContain(JANE)
  })
})

const textCode = async (tenant: string, code: string): Promise<string> => {
  await login.send('POST', '/v1/invitations/text', { code })
  return /\d{6}$/.exec((await login.mailTo(tenant, NUMBER))?.text ?? '')?.[0] ?? ''
}
const letterCode = async (tenant: string): Promise<string> =>
  /\d{8}$/.exec((await login.mailTo(tenant, 'jane'))?.text ?? '')?.[0] ?? ''

/** A check of `invitation_verification_required`, and what passes it. */
const CHECKS: Readonly<Record<string, (tenant: string, code: string) => Promise<object>>> = {
  via_birthdate_enabled: async () => ({ birth_date: '1990-12-31' }),
  via_sms_enabled: async (tenant, code) => ({ text_code: await textCode(tenant, code) }),
  via_externally_delivered_code_enabled: async (tenant) => ({ external_code: await letterCode(tenant) }),
}

describe.each(Object.entries(CHECKS))('invitation_verification_required.%s', (check, proof) => {
  const on = { invitation_verification_required: { [check]: true } }

  it('on: the code of the mail alone is not enough, the check beside it is', async () => {
    const { tenant, code } = await invited(on)
    expect(await accept(code)).toMatchObject(REFUSED)
    expect(await accept(code, { birth_date: '1990-12-30', text_code: '000000', external_code: '1' })).toMatchObject(
      REFUSED,
    )
    expect((await accept(code, await proof(tenant, code))).status).toBe(200)
  })

  it('on: five tries, then it has to be sent again', async () => {
    const { tenant, code } = await invited(on)
    const right = await proof(tenant, code)
    for (let i = 0; i < 5; i++) expect(await accept(code)).toMatchObject(REFUSED)
    expect(await accept(code, right)).toMatchObject(REFUSED)
  })

  it('off: the code of the mail is enough', async () => {
    const { code } = await invited()
    expect((await accept(code)).status).toBe(200)
  })

  it('on: the page asks for it', async () => {
    const { tenant, code } = await invited(on)
    const { status, body } = await sendForm(login, `/${tenant}/invitation?code=${code}`, { code })
    expect([status, body]).toEqual([401, expect.stringMatching(/name="(birth_date|text_code|external_code)"/)])
    const fields = { code, ...(await proof(tenant, code)) }
    expect((await sendForm(login, `/${tenant}/invitation?code=${code}`, fields)).status).toBe(303)
  })
})

it('an invitation names what will be checked', async () => {
  const verification = { via_birthdate_enabled: true, via_sms_enabled: true }
  const tenant = await place({ invitation_verification_required: verification })
  expect((await invite(tenant, { email: JANE })).status).toBe(422)
  expect((await invite(tenant, { email: JANE, mobile_number: NUMBER })).status).toBe(422)
  expect((await invite(tenant, { email: JANE, mobile_number: '12', birth_date: '1990-12-31' })).status).toBe(422)
})

describe('allow_sign_up_without_invitation_validation', () => {
  const checked = { invitation_verification_required: { via_birthdate_enabled: true } }

  it('on: an account comes of it that has nothing of what the invitation says about the person', async () => {
    const features = { ...checked, allow_sign_up_without_invitation_validation: true }
    const { tenant, id, code } = await invited(features, { ...WHO, roles: ['staff'] })
    expect((await accept(code, { without_checks: true })).status).toBe(200)
    expect((await userOf(tenant, id)).body.roles).toBeNull()
    expect((await scimOf(tenant, id)).name).toBeUndefined()
  })

  it.each([
    ['off', {}],
    ['on, where nobody signs up', { allow_sign_up_without_invitation_validation: true, sign_up_enabled: false }],
  ])('%s: the checks have to be passed', async (_, features) => {
    const { code } = await invited({ ...checked, ...features })
    expect((await accept(code, { without_checks: true })).status).toBe(403)
  })
})
