import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { NO_POLICY, openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from './world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const DAY = 24 * 3600
const NEXT = 'another long password'

/** A tenant whose passwords last 14 days, and a user whose password is a second older than that. */
async function withOldPassword(): Promise<string> {
  const { tenant, organization } = await world.tenant()
  await world.pigello(organization, { password_expiration_days: 14 })
  await world.user(tenant)
  login.pass(14 * DAY + 1)
  return tenant
}

describe('a password of more days than its organization allows', () => {
  it('leads only to the demand of a new one', async () => {
    const { status, body } = await world.signIn(await withOldPassword())
    expect([status, body.code]).toEqual([403, 'password_expired'])
  })

  it('signs in together with a new one, which holds from then on', async () => {
    const tenant = await withOldPassword()
    expect((await world.signIn(tenant, PASSWORD, { new_password: NEXT })).body.need_verify).toBe(false)
    expect((await world.signIn(tenant, NEXT)).status).toBe(200)
    expect(await world.signIn(tenant, PASSWORD)).toMatchObject(REFUSED)
  })

  it('is not replaced by itself, in whatever Unicode form', async () => {
    const tenant = await withOldPassword()
    const answer = await world.signIn(tenant, PASSWORD, { new_password: PASSWORD.replaceAll(' ', '\u00a0') })
    expect([answer.status, answer.body.detail[0].loc]).toEqual([422, ['body', 'new_password']])
  })

  it('is not replaced by one that breaks the rules', async () => {
    const tenant = await withOldPassword()
    expect((await world.signIn(tenant, PASSWORD, { new_password: 'short' })).status).toBe(422)
    expect((await world.signIn(tenant, 'short')).status).toBe(401)
  })

  it('when wrong, is refused like any other', async () => {
    const tenant = await withOldPassword()
    expect(await world.signIn(tenant, 'wrong password', { new_password: NEXT })).toMatchObject(REFUSED)
  })

  it('counts for no lockout when it is right', async () => {
    const tenant = await withOldPassword()
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await world.signIn(tenant, PASSWORD, {}, { ip: '192.0.2.8' })).status)
    expect(new Set(statuses)).toEqual(new Set([403]))
  })

  it('is told to the administrator', async () => {
    const { tenant, organization } = await world.tenant()
    await world.pigello(organization, { password_expiration_days: 14 })
    await world.user(tenant)
    const set = login.clock.now
    const expires_at = new Date(set.getTime() + 14 * DAY * 1000).toISOString()
    expect((await world.facts(tenant)).body).toEqual({ has_password: true, changed_at: set.toISOString(), expires_at })
  })
})

describe('where breached passwords are refused and the server has no list of them', () => {
  it('no password can be set, and people sign in as before', async () => {
    const { tenant, organization } = await world.tenant()
    await world.user(tenant)
    await world.cim(organization, { password_policy: { ...NO_POLICY, breached_password_blocked: true } })
    const { status, body } = await world.setPassword(tenant, 'jane', NEXT)
    expect([status, body.detail]).toEqual([503, expect.stringContaining('this server has none')])
    expect((await world.signIn(tenant)).status).toBe(200)
  })
})

describe('a password that is still good', () => {
  it('stays, whatever new one is sent along', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    await world.signIn(tenant, PASSWORD, { new_password: NEXT })
    expect((await world.signIn(tenant)).status).toBe(200)
  })
})
