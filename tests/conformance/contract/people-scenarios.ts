import { openApplication, tokensOf } from '../../identity/oidc/application.ts'
import { ADA } from '../../identity/oidc/browser.ts'
import type { ContractWorld, Scenario } from './world.ts'

const JANE = 'jane@example.com'
const NUMBER = '+4915123456789'
const NO_CODE = 'AAAAA-AAAAA-AAAAA-AAAAA'
const MANY = 70

type Login = ContractWorld['login']

/** Sends the same until it is asked to wait. */
async function insist(send: () => Promise<{ readonly status: number }>): Promise<void> {
  for (let i = 0; i < MANY; i++) if ((await send()).status === 429) return
}

/** A tenant with these CIM features. */
async function place({ password }: ContractWorld, features: object): Promise<string> {
  const { tenant, organization } = await password.tenant({ use_pin: false })
  await password.cim(organization, { features })
  return tenant
}

const codeOf = (login: Login, tenant: string) => login.codeFor(tenant, JANE, 'you are invited')

/** Somebody is invited, looked at, invited again, and accepts. */
export const invitations: Scenario = async (world) => {
  const { login } = world
  const checks = { via_sms_enabled: true }
  const on = { accepting_invitation_enabled: true, sms_enabled: true }
  const tenant = await place(world, { ...on, invitation_verification_required: checks })
  const url = `/v1/tenants/${tenant}/invitations`
  const jane = { email: JANE, username: 'jane', mobile_number: NUMBER }
  await login.admin('POST', url, { email: JANE })
  const { invitation_id } = (await login.admin('POST', url, jane)).body
  await login.admin('GET', url)
  await login.admin('GET', `${url}?limit=0`)
  await login.admin('GET', `${url}/${invitation_id}`)
  await insist(() => login.admin('POST', `${url}/${invitation_id}/resend`))
  const code = await codeOf(login, tenant)
  await login.send('POST', '/v1/invitations/text', { code })
  const text_code = /\d{6}$/.exec((await login.mailTo(tenant, NUMBER))?.text ?? '')?.[0]
  await login.send('POST', '/v1/invitations/accept', { code, without_checks: true })
  await login.send('POST', '/v1/invitations/accept', { code, text_code })
  await login.admin('POST', url, jane)
  const { body: other } = await login.admin('POST', url, { ...jane, email: 'joe@example.com', username: 'joe' })
  await login.admin('DELETE', `${url}/${other.invitation_id}`)
  await insist(() => login.admin('POST', url, { ...jane, username: `x${Math.random()}` }))
  await refusals(world, tenant)
}

async function refusals(world: ContractWorld, closed: string): Promise<void> {
  const { login } = world
  const tenant = await place(world, { accepting_invitation_enabled: true })
  await login.admin('POST', `/v1/tenants/${tenant}/invitations`, { email: JANE, username: 'jane' })
  const code = await codeOf(login, tenant)
  await login.send('POST', '/v1/invitations/text', { code })
  await world.password.user(tenant)
  for (const path of ['accept', 'text']) {
    await login.send('POST', `/v1/invitations/${path}`, { code: NO_CODE })
    const ip = login.address()
    await insist(() => login.send('POST', `/v1/invitations/${path}`, { code: NO_CODE }, { ip }))
  }
  await login.send('POST', '/v1/invitations/accept', { code })
  const none = await place(world, { accepting_invitation_enabled: false })
  for (const id of [none, 'nobody']) await login.admin('POST', `/v1/tenants/${id}/invitations`, { email: JANE })
  await login.admin('POST', `/v1/tenants/${closed}/invitations/unknown/resend`)
}

/** Somebody becomes active by a delivered code. */
export const activation: Scenario = async (world) => {
  const { login } = world
  const on = { enabled: true, type: 'EXTERNALLY_DELIVERED_CODE', expiration_time: 86_400 }
  const tenant = await place(world, { person_activation: on })
  await world.password.user(tenant, 'jane')
  const url = `/v1/tenants/${tenant}/users/jane/activation`
  await login.admin('GET', url)
  await login.admin('POST', url)
  const code = /\d{8}$/.exec((await login.mailTo(tenant, 'jane'))?.text ?? '')?.[0]
  await login.send('POST', '/v1/users/activate', { tenant_id: tenant, username: 'jane', code: 'wrong' })
  await login.send('POST', '/v1/users/activate', { tenant_id: tenant, username: 'jane', code })
  await login.admin('POST', url)
  await world.password.user(tenant, 'joe')
  await insist(() => login.admin('POST', `/v1/tenants/${tenant}/users/joe/activation`))
  const guess = { tenant_id: tenant, username: 'nobody', code: 'wrong' }
  const ip = login.address()
  await insist(() => login.send('POST', '/v1/users/activate', guess, { ip }))
  const none = await place(world, {})
  await world.password.user(none, 'jane')
  await login.admin('POST', `/v1/tenants/${none}/users/jane/activation`)
}

/** Links that carry a login. */
export const actionTokens: Scenario = async (world) => {
  const { login, oidc } = world
  const tenant = await place(world, { action_token: { login: { enabled: true }, app_to_web: { enabled: true } } })
  await world.password.user(tenant)
  const url = `/v1/tenants/${tenant}/users/jane/action-tokens`
  await login.admin('POST', url, { kind: 'login' })
  await login.admin('POST', url, { kind: 'coupling' })
  await login.admin('POST', url, { kind: 'login', target_url: 'https://evil.example.com/' })
  await login.admin('POST', `/v1/tenants/${tenant}/users/nobody/action-tokens`, { kind: 'login' })
  const app = await openApplication(oidc, {}, tenant)
  const { access_token } = await tokensOf(oidc, app, 'openid', { login: { ...ADA, userId: 'jane' } })
  const headers = { authorization: `Bearer ${access_token}` }
  const ip = login.address()
  const own = (body: object, more: object) => login.send('POST', '/v1/users/me/action-tokens', body, { ip, ...more })
  await own({}, { headers })
  await own({ target_url: 'https://evil.example.com/' }, { headers })
  await own({}, { key: await login.keyOf(tenant, 'jane') })
  await insist(() => own({}, { headers }))
}

/** Users of another system. */
export const imported: Scenario = async (world) => {
  const { login } = world
  const tenant = await place(world, {})
  const user = { user_id: 'jane', username: 'jane', email: JANE, tenant_id: tenant }
  for (const [id, more] of [
    [tenant, {}],
    [tenant, { password_hash: 'plain' }],
    ['nobody', { tenant_id: 'nobody' }],
  ] as const)
    await login.admin('POST', `/v1/tenants/${id}/users/import`, { users: [{ ...user, ...more }] })
}

/** What is read about people, where CimFeatures switches it on. */
export const featureApis: Scenario = async (world) => {
  const { login } = world
  const on = { events_api_enabled: true, statistics_api_enabled: true, session_api_enabled: true }
  const tenants = [await place(world, { ...on, credentials_api_enabled: true }), await place(world, {})]
  for (const tenant of tenants) {
    await world.password.user(tenant)
    for (const path of ['events', 'statistics', 'users/jane/sessions', 'users/jane/credentials'])
      await login.admin('GET', `/v1/tenants/${tenant}/${path}`)
    await login.admin('GET', `/v1/tenants/${tenant}/events?limit=0`)
    await login.admin('GET', `/v1/tenants/${tenant}/statistics?days=0`)
  }
}
