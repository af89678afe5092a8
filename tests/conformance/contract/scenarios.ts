import { requireOrganization } from '../../../identity/directory/organizations.ts'
import { NAVIXY, type NavixySettings } from '../../../identity/settings/navixy/settings.ts'
import { changeSettings } from '../../../identity/settings/store.ts'
import { SoftwareAuthenticator } from '../../../signin/authenticator.ts'
import { CLIENT, WRONG } from '../../identity/login/world.ts'
import { openApplication, tokensOf } from '../../identity/oidc/application.ts'
import { ADA } from '../../identity/oidc/browser.ts'
import { administration, scim } from './administration-scenarios.ts'
import { actionTokens, activation, featureApis, imported, invitations } from './people-scenarios.ts'
import { microsoft, provider, signedIn } from './provider-scenarios.ts'
import { authenticators, lastTelephone, letters, telephones } from './second-factor-scenarios.ts'
import type { ContractWorld, Scenario } from './world.ts'

const NEXT = 'another correct horse'
const JANE = 'jane@example.com'

const people: Scenario = async ({ login, oidc }) => {
  const tenant = await login.tenant({ block_config: { user_attempts_limit: 2, ip_attempts_limit: 2 } })
  await login.register(tenant)
  await login.send('POST', '/v1/users/email/verify', { code: 'AAAAA-AAAAA-AAAAA-AAAAA' })
  await login.send('POST', '/v1/users/email/verify', { code: await login.codeFor(tenant, JANE) })
  await login.signIn(tenant)
  const facts = `client_id=${CLIENT}&tenant_id=${tenant}`
  for (const path of ['client', 'client-tenant']) {
    await login.send('GET', `/v1/login/${path}?${facts}`)
    await login.send('GET', `/v1/login/${path}?client_id=nobody&tenant_id=${tenant}`)
  }
  await login.send('POST', `/v1/password/reset-request?${facts}`, { username: 'jane', email: JANE })
  const code = await login.codeFor(tenant, JANE, 'reset your login secret')
  const fields = await login.commitment(tenant, 'jane', 'reset', code)
  await login.send('POST', '/v1/password/reset', { username: 'jane', code: 'AAAAA-AAAAA-AAAAA-AAAAA', ...fields })
  await login.send('POST', '/v1/password/reset', { username: 'jane', code, ...fields })
  const key = await login.keyOf(tenant, await login.userId(tenant))
  await login.send('GET', '/v1/userinfo', undefined, { key })
  await ownPasskeys(login, tenant, key, oidc.url)
  await blocked(login, tenant)
  await lastPasskey(login, oidc.url)
}

/** Where two factors are demanded, the last passkey stays. */
async function lastPasskey(login: ContractWorld['login'], origin: string): Promise<void> {
  const tenant = await login.tenant({ is_2fa: true })
  await login.register(tenant)
  const key = await login.keyOf(tenant, await login.userId(tenant))
  const offered = (await login.send('POST', '/v1/webauthn/registration/options', undefined, { key })).body
  const made = { ...new SoftwareAuthenticator(origin).create(offered), name: 'Laptop' }
  await login.send('POST', '/v1/webauthn/registration/verify', made, { key })
  const { passkeys } = (await login.send('GET', '/v1/users/me/passkeys', undefined, { key })).body
  await login.send('DELETE', `/v1/users/me/passkeys/${passkeys[0].id}`, undefined, { key })
}

async function ownPasskeys(login: ContractWorld['login'], tenant: string, key: string, origin: string): Promise<void> {
  const authenticator = new SoftwareAuthenticator(origin)
  const offered = (await login.send('POST', '/v1/webauthn/registration/options', undefined, { key })).body
  const made = { ...authenticator.create(offered), name: 'Laptop' }
  await login.send('POST', '/v1/webauthn/registration/verify', made, { key })
  const ask = { username: 'jane', tenant_id: tenant }
  const options = await login.send('POST', `/v1/webauthn/authentication/options?tenant_id=${tenant}`, ask)
  const verify = `/v1/webauthn/authentication/verify?auth_req_id=${await login.begin(tenant)}`
  const assertion = { ...authenticator.get(options.body), ...ask }
  await login.send('POST', verify, assertion)
  await login.send('POST', verify, assertion)
  const { passkeys: all } = (await login.send('GET', '/v1/users/me/passkeys', undefined, { key })).body
  const path = `/v1/users/me/passkeys/${all[0].id}`
  await login.send('PATCH', path, { name: 'Phone' }, { key })
  await login.send('PATCH', path, {}, { key })
  await login.send('DELETE', path, undefined, { key })
  await login.send('DELETE', path, undefined, { key })
}

/** Wrong proofs until the account and the address are blocked; then both are let in again. */
async function blocked(login: ContractWorld['login'], tenant: string): Promise<void> {
  const ip = login.address()
  for (let i = 0; i < 3; i++) await login.signIn(tenant, 'jane', WRONG, { ip })
  const [ips, users] = [`/v1/tenants/${tenant}/blocked-ips`, `/v1/tenants/${tenant}/blocked-users`]
  await login.admin('GET', ips)
  await login.admin('GET', users)
  await login.admin('DELETE', `${ips}/${ip}`)
  await login.admin('DELETE', `${ips}/nonsense`)
  await login.admin('DELETE', `${users}/${await login.userId(tenant)}`)
}

const passwords: Scenario = async ({ oidc, login, password }) => {
  const { tenant, organization } = await password.tenant()
  const user = await password.user(tenant)
  await password.facts(tenant, user)
  await password.signIn(tenant)
  await password.signIn(tenant, 'wrong')
  const query = `client_id=${CLIENT}&tenant_id=${tenant}`
  await login.send('POST', `/v1/password/reset-request?${query}`, { username: user, email: JANE })
  const code = await login.codeFor(tenant, JANE, 'reset your login secret')
  const reset = `/v1/password/text/reset?tenant_id=${tenant}`
  await login.send('POST', reset, { username: user, code: 'AAAAA-AAAAA-AAAAA-AAAAA', new_password: NEXT })
  await login.send('POST', reset, { username: user, code, new_password: NEXT })
  const app = await openApplication(oidc, {}, tenant)
  const { access_token } = await tokensOf(oidc, app, 'openid', { login: { ...ADA, userId: user } })
  const headers = { authorization: `Bearer ${access_token}` }
  const change = { password: NEXT, new_password: 'a third correct horse' }
  await login.send('POST', '/v1/password/text/change', { ...change, password: 'wrong' }, { headers })
  await login.send('POST', '/v1/password/text/change', change, { headers })
  await mailedCodes({ oidc, login, tenant, organization })
  await login.admin('DELETE', `/v1/tenants/${tenant}/users/${user}/password`)
}

interface WithPassword extends Pick<ContractWorld, 'oidc' | 'login'> {
  readonly tenant: string
  readonly organization: string
}

/** A code by mail as a way to sign in, which the organization allows. */
async function mailedCodes({ oidc, login, tenant, organization }: WithPassword): Promise<void> {
  const { deps } = oidc.service
  const request = `/v1/login/code/request?auth_req_id=${await login.begin(tenant)}`
  await changeSettings<NavixySettings>(deps, await requireOrganization(deps, organization), NAVIXY, () => ({
    default: { type: 'allowed', factor_types: ['email'] },
    users: {},
  }))
  await login.send('POST', request, { username: 'jane' })
  const text = (await login.mailTo(tenant, JANE, 'your code to sign in'))?.text ?? ''
  const signIn = `/v1/login/code?auth_req_id=${await login.begin(tenant)}`
  await login.send('POST', signIn, { username: 'jane', code: '000000x' })
  await login.send('POST', signIn, { username: 'jane', code: /^\d{6}$/m.exec(text)?.[0] })
}

/** The same request from one address until it is asked to wait. */
async function insist(login: ContractWorld['login'], path: string, body?: object, headers = {}): Promise<void> {
  const ip = login.address()
  for (let i = 0; i < 70; i++) if ((await login.send('POST', path, body, { ip, headers })).status === 429) return
}

const limits: Scenario = async ({ oidc, login, password }) => {
  const { tenant, organization } = await password.tenant()
  await password.user(tenant)
  await mailedCodes({ oidc, login, tenant, organization })
  const app = await openApplication(oidc, {}, tenant)
  const { access_token } = await tokensOf(oidc, app, 'openid', { login: { ...ADA, userId: 'jane' } })
  const headers = { authorization: `Bearer ${access_token}` }
  const handle = `auth_req_id=${await login.begin(tenant)}`
  const wrong = { username: 'jane', password: 'wrong', code: '000000', new_password: NEXT }
  await insist(login, '/v1/users/email/verify', { code: 'AAAAA-AAAAA-AAAAA-AAAAA' })
  await insist(login, '/v1/users/me/email/verification', undefined, headers)
  await insist(login, `/v1/login/code/request?${handle}`, { username: 'nobody' })
  await insist(login, `/v1/login/code?${handle}`, { username: 'nobody', code: wrong.code })
  await insist(login, `/v1/login/password?${handle}`, { username: 'nobody', password: wrong.password })
  await insist(login, `/v1/password/text/reset?tenant_id=${tenant}`, {
    username: 'nobody',
    code: wrong.code,
    new_password: NEXT,
  })
  await insist(login, '/v1/password/text/change', { password: wrong.password, new_password: NEXT }, headers)
  const closed = await login.tenant()
  const closedHandle = `auth_req_id=${await login.begin(closed)}`
  const code = { username: 'jane', code: 'AAAAA-AAAAA-AAAAA-AAAAA', new_password: NEXT }
  await login.send('POST', `/v1/password/text/reset?tenant_id=${closed}`, code)
  await login.send('POST', '/v1/password/text/reset?tenant_id=nobody', code)
  await login.send('POST', `/v1/login/password?${closedHandle}`, { username: 'jane', password: 'x' })
  await login.send('POST', `/v1/login/code/request?${closedHandle}`, { username: 'jane' })
  await login.send('POST', `/v1/login/code?${closedHandle}`, { username: 'jane', code: '1' })
}

/** Together they call every operation for real. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  administration,
  scim,
  people,
  passwords,
  'signed in': signedIn,
  provider,
  microsoft,
  authenticators,
  telephones,
  'the last telephone': lastTelephone,
  letters,
  invitations,
  activation,
  'action tokens': actionTokens,
  imported,
  'feature APIs': featureApis,
  limits,
}
