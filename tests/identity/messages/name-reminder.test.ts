import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'

const NUMBER = '+4915123456789'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

/** A tenant with these CIM features in which jane has a telephone. */
async function place(features: object): Promise<string> {
  const { tenant, organization } = await world.tenant()
  await world.cim(organization, { features: { sms_enabled: true, ...features } })
  await world.user(tenant)
  const key = await login.keyOf(tenant, 'jane')
  await login.send('POST', '/v1/users/me/phone', { number: NUMBER }, { key })
  const code = /\d{6}$/.exec((await login.mailTo(tenant, NUMBER))?.text ?? '')?.[0]
  await login.send('POST', '/v1/users/me/phone/confirm', { code }, { key })
  // So that the next message is newer.
  login.pass(1)
  return tenant
}

/** Sends the form of the page; the status of the answer, or of the page that there is none of. */
async function ask(tenant: string, number: string): Promise<number> {
  const url = `/${tenant}/reset/name`
  const page = await login.app.inject({ method: 'GET', url, remoteAddress: login.address() })
  if (page.statusCode !== 200) return page.statusCode
  const [, name = '', value = ''] = /<input type="hidden" name="([^"]+)" value="([^"]+)"/.exec(page.body) ?? []
  const cookies = Object.fromEntries(page.cookies.map((cookie) => [cookie.name, cookie.value]))
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams({ [name]: value, number }).toString()
  const sent = { method: 'POST', url, headers, cookies, payload, remoteAddress: login.address() } as const
  return (await login.app.inject(sent)).statusCode
}

const reminder = async (tenant: string, number = NUMBER) => (await login.mailTo(tenant, number))?.text

it('username_reminder_via_sms_enabled: the name goes to the telephone of the account, and nowhere else', async () => {
  const tenant = await place({ username_reminder_via_sms_enabled: true })
  expect(await ask(tenant, '+12125552368')).toBe(303)
  expect(await reminder(tenant, '+12125552368')).toBeUndefined()
  expect(await ask(tenant, '+49 1512 3456789')).toBe(303)
  expect(await reminder(tenant)).toMatch(/your user name is jane$/)
})

it.each([
  ['the switch', {}],
  ['the switch of all text messages', { sms_enabled: false, username_reminder_via_sms_enabled: true }],
])('is off by %s', async (_, features) => {
  const { tenant, organization } = await world.tenant()
  await world.cim(organization, { features })
  expect(await ask(tenant, NUMBER)).toBe(403)
})

it('goes to one number five times an hour at most', async () => {
  const tenant = await place({ username_reminder_via_sms_enabled: true })
  for (let i = 0; i < 8; i++) expect(await ask(tenant, NUMBER)).toBe(303)
  const { body } = await login.admin('GET', `/v1/tenants/${tenant}/outbox?limit=100`)
  expect(body.messages.filter((mail: { to: string }) => mail.to === NUMBER)).toHaveLength(5)
})
