import { CLIENTS } from '../../../identity/directory/clients.ts'
import { requireOrganization } from '../../../identity/directory/organizations.ts'
import { issueTicket } from '../../../identity/oidc/interaction.ts'
import { NAVIXY, type NavixySettings } from '../../../identity/settings/navixy/settings.ts'
import { changeSettings } from '../../../identity/settings/store.ts'
import { SoftwareAuthenticator } from '../../../signin/authenticator.ts'
import { CLIENT, SECRET, STEPS, WRONG } from '../../identity/login/world.ts'
import { newRequest, OFFLINE, openApplication, own, post, tokensOf } from '../../identity/oidc/application.ts'
import { ADA, Browser, reachLogin, target } from '../../identity/oidc/browser.ts'
import { ENTRA_REDIRECT, FakeEntra, TID } from '../../identity/oidc/fake-entra.ts'
import type { ContractWorld } from './world.ts'

type Scenario = (world: ContractWorld) => Promise<void>
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const OID = '2b6f3a58-0000-4000-8000-00000000ada0'
const NEXT = 'another correct horse'
const JANE = 'jane@example.com'

const administration: Scenario = async ({ login }) => {
  const tenant_id = await login.tenant()
  const { admin } = { admin: login.admin.bind(login) }
  await admin('GET', '/v1/tenants')
  const tenant = (await admin('GET', `/v1/tenants/${tenant_id}`)).body
  await admin('POST', '/v1/tenants', { tenant_id })
  await admin('PUT', `/v1/tenants/${tenant_id}`, { ...tenant, display_name: 'Shop' })
  const { client_secret: _, ...registration } = (await admin('GET', `/v1/clients?tenant_id=${tenant_id}`)).body
    .clients[0]
  await admin('PUT', `/v1/clients/${CLIENT}`, registration)
  const user = { user_id: 'joe', username: 'joe', email: 'joe@example.com', tenant_id }
  const users = `/v1/tenants/${tenant_id}/users`
  await admin('POST', users, user)
  await admin('POST', users, user)
  await admin('GET', `${users}?username=joe`)
  await admin('GET', `/v1/tenants/${tenant_id}/usernames/joe`)
  await admin('PUT', `${users}/joe`, { ...(await admin('GET', `${users}/joe`)).body, locale: 'nl' })
  await admin('POST', `${users}/batch/create`, { users: [{ ...user, user_id: 'b', username: 'b' }] })
  await admin('POST', `${users}/batch/delete`, { users_ids: ['b'] })
  await admin('DELETE', `${users}/joe/sessions`)
  await admin('GET', `/v1/tenants/${tenant_id}/login-policy`)
  await admin('GET', `/v1/tenants/${tenant_id}/login-policy?username=`)
  await keys(login, tenant_id)
  await admin('POST', '/v1/organizations', { organization_id: 'acme' })
  await admin('POST', '/v1/organizations', { organization_id: 'other' })
  await admin('PUT', `/v1/organizations/acme/tenants/${tenant_id}`)
  await admin('PUT', `/v1/organizations/other/tenants/${tenant_id}`)
  await admin('GET', '/v1/organizations/acme/tenants')
  await admin('GET', `/v1/tenants/${tenant_id}/organization`)
  await admin('DELETE', `/v1/organizations/acme/tenants/${tenant_id}`)
  await admin('GET', `/v1/tenants/${tenant_id}/outbox`)
}

async function keys(login: ContractWorld['login'], tenant_id: string): Promise<void> {
  const made = await login.admin('POST', '/v1/api-keys', { name: 'k', scopes: ['keys:read'], tenant_id })
  const { key_id } = made.body.key ?? made.body
  const { body } = await login.admin('GET', `/v1/api-keys?tenant_id=${tenant_id}`)
  const id = key_id ?? body.api_keys[0].key_id
  await login.admin('POST', `/v1/api-keys/${id}/regenerate`)
  await login.admin('DELETE', `/v1/api-keys/${id}`)
  const key = await login.keyOf(tenant_id, 'joe')
  await login.send('POST', '/v1/users/me/keys', { name: 'mine', scopes: ['keys:read'], tenant_id }, { key })
  const mine = (await login.send('GET', '/v1/users/me/keys', undefined, { key })).body.api_keys
  const other = mine.find((k: { name: string }) => k.name === 'mine').key_id
  await login.send('POST', `/v1/users/me/keys/${other}/regenerate`, undefined, { key })
  await login.send('DELETE', `/v1/users/me/keys/${other}`, undefined, { key })
}

const scim: Scenario = async ({ login }) => {
  const base = `/scim/v2/${await login.tenant()}`
  for (const [type, name] of [
    ['Users', 'userName'],
    ['Groups', 'displayName'],
  ] as const) {
    const body = { [name]: 'one@example.com' }
    const { id } = (await login.admin('POST', `${base}/${type}`, body)).body
    await login.admin('POST', `${base}/${type}`, { [name]: 'two@example.com' })
    await login.admin('POST', `${base}/${type}`, body)
    await login.admin('POST', `${base}/${type}`, {})
    await login.admin('GET', `${base}/${type}?filter=${name}%20sw%20%22o%22`)
    await login.admin('GET', `${base}/${type}?filter=%28`)
    await login.admin('GET', `${base}/${type}?count=some`)
    const one = `${base}/${type}/${id}`
    await login.admin('GET', one)
    await login.admin('PUT', one, body)
    await login.admin('PUT', one, {})
    await login.admin('PUT', one, { [name]: 'two@example.com' })
    const change = (value: unknown) => ({ schemas: [PATCH], Operations: [{ op: 'replace', path: name, value }] })
    await login.admin('PATCH', one, change('three@example.com'))
    await login.admin('PATCH', one, change('two@example.com'))
    await login.admin('PATCH', one, change(5))
    const twice = `${one}?attributes=a&attributes=b`
    await login.admin('POST', `${base}/${type}?attributes=a&attributes=b`, body)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
      await login.admin(method, twice, method === 'GET' ? undefined : body)
    const outdated = { key: login.adminKey, headers: { 'if-match': 'W/"0"' } }
    await login.send('PUT', one, body, outdated)
    await login.send('PATCH', one, change('three@example.com'), outdated)
    await login.send('DELETE', one, undefined, outdated)
    await login.admin('DELETE', one)
  }
}

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

/** What a signed-in person does with the access token of an application. */
const signedIn: Scenario = async ({ oidc, login }) => {
  const tenant = await oidc.tenant()
  await oidc.admin('PUT', `/v1/tenants/${tenant}`, { display_name: 'Shop', register_enable: true })
  const app = await openApplication(oidc, { register_enable: true }, tenant)
  const { address } = await newRequest(app)
  const registering = await reachLogin(oidc, new Browser(), address)
  const proof = await login.client(tenant)
  const committed = await proof.commitment('jane', STEPS, SECRET, { purpose: 'register', handle: registering })
  const person = { username: 'jane', email: JANE, ...committed }
  await login.send('POST', `/v1/login/register?auth_req_id=${registering}`, person)
  const userId = await login.userId(tenant)
  const session = async () => {
    const { access_token } = await tokensOf(oidc, app, 'openid', { login: { ...ADA, userId } })
    const headers = { authorization: `Bearer ${access_token}` }
    const { body } = await login.send('GET', '/v1/users/me/sessions', undefined, { headers })
    return { headers, handle: String(body.sessions[0].session_id) }
  }
  const first = await session()
  await login.send('POST', '/v1/users/me/email/verification', undefined, { headers: first.headers })
  await changed({ login, tenant, userId, ...first })
  await login.send('DELETE', '/v1/users/me/sessions/unknown', undefined, { headers: first.headers })
  await login.send('DELETE', `/v1/users/me/sessions/${first.handle}`, undefined, { headers: first.headers })
  const second = await session()
  const text = { password: 'wrong', new_password: NEXT }
  await login.send('POST', '/v1/password/text/change', text, { headers: second.headers })
  const fields = await login.commitment(tenant, 'jane', 'change', second.handle)
  await login.send('POST', '/v1/password/change', fields, { headers: second.headers })
}

/** An e-mail change by a solved challenge. */
async function changed({ login, tenant, userId, headers, handle }: Person): Promise<void> {
  const proof = await login.client(tenant)
  const attempt = await proof.begin()
  const asked = { username: 'jane', cipherKey: attempt.cipherKey }
  const { body } = await login.send('POST', '/v1/login/challenge', asked, { headers })
  const occasion = { purpose: 'email', newEmail: 'new@example.com', handle } as const
  const answer = await proof.answer(attempt, await proof.open(attempt, body), 'jane', SECRET, occasion)
  const { challenge_id, challenge_data } = answer
  const fields = { email: 'new@example.com', challenge_id, challenge_data }
  const path = `/v1/tenants/${tenant}/users/${userId}/email`
  await login.send('PUT', path, {}, { headers })
  await login.send('PUT', path, fields, { headers })
}

interface Person {
  readonly login: ContractWorld['login']
  readonly tenant: string
  readonly userId: string
  readonly headers: Readonly<Record<string, string>>
  /** The session. */
  readonly handle: string
}

const provider: Scenario = async ({ oidc, login }) => {
  const app = await openApplication(oidc)
  const base = `/${app.tenant}/oidc`
  const get = (path: string, init: RequestInit = {}) => fetch(`${oidc.url}${path}`, { redirect: 'manual', ...init })
  await get(`${base}/.well-known/openid-configuration`)
  await get(`${base}/.well-known/oauth-authorization-server`)
  await get(`${base}/jwks`)
  const machine = { grant_type: 'client_credentials', ...own(app) }
  await post(oidc, `${base}/token`, machine)
  await post(oidc, `/v1/tenants/${app.tenant}/token`, machine)
  await post(oidc, '/v1/token', { ...machine, tenant_id: app.tenant })
  for (const path of [`${base}/token`, `/v1/tenants/${app.tenant}/token`, '/v1/token']) {
    await post(oidc, path, { ...machine, tenant_id: app.tenant, client_secret: 'wrong' })
    await post(oidc, path, { ...machine, tenant_id: app.tenant, grant_type: 'nonsense' })
  }
  const browser = new Browser()
  const tokens = await tokensOf(oidc, app, 'openid offline_access', { ...OFFLINE, browser })
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  for (const method of ['GET', 'POST']) {
    await get(`${base}/userinfo`, { method, headers })
    await get(`${base}/userinfo`, { method })
    await get('/nobody/oidc/userinfo', { method, headers })
  }
  for (const path of ['introspect', 'revoke']) {
    await post(oidc, `${base}/${path}`, { token: tokens.access_token, ...own(app) })
    await post(oidc, `${base}/${path}`, own(app))
    await post(oidc, `${base}/${path}`, { token: 't', ...own(app), client_secret: 'wrong' })
    await post(oidc, `/nobody/oidc/${path}`, { token: 't', ...own(app) })
  }
  await oidcPages({ oidc, app, browser, idToken: String(tokens.id_token), base })
  const { active_from: _ } = await oidc.admin<{ active_from: string }>('POST', `/v1/tenants/${app.tenant}/keys/rotate`)
  await login.admin('POST', `/v1/tenants/${app.tenant}/keys/rotate`)
  const { keys: all } = (await (await get(`${base}/jwks`)).json()) as { keys: { kid: string; use: string }[] }
  await login.admin('DELETE', `/v1/tenants/${app.tenant}/keys/${all.find((k) => k.use === 'sig')?.kid}`)
  const fresh = await oidc.tenant()
  const { keys: only } = (await (await get(`/${fresh}/oidc/jwks`)).json()) as { keys: { kid: string; use: string }[] }
  await login.admin('DELETE', `/v1/tenants/${fresh}/keys/${only.find((k) => k.use === 'sig')?.kid}`)
}

interface Visit {
  readonly oidc: ContractWorld['oidc']
  readonly app: Awaited<ReturnType<typeof openApplication>>
  readonly browser: Browser
  readonly idToken: string
  readonly base: string
}

async function oidcPages({ oidc, app, browser, idToken, base }: Visit): Promise<void> {
  const { address } = await newRequest(app)
  const asForm = { method: 'POST', body: address.searchParams }
  await browser.open(`${oidc.url}${base}/authorize`, asForm)
  await browser.open(`${oidc.url}${base}/authorize?client_id=nobody`)
  await browser.open(`${oidc.url}${base}/authorize`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'nobody' }),
  })
  await browser.open(`${oidc.url}/nobody/oidc/authorize?client_id=web`)
  const form = Object.fromEntries(address.searchParams)
  await post(oidc, `${base}/par`, { ...form, ...own(app) })
  await post(oidc, `${base}/par`, { ...own(app), redirect_uri: 'https://evil.example.com/' })
  await post(oidc, `${base}/par`, { ...form, ...own(app), client_secret: 'wrong' })
  const device = (await post(oidc, `${base}/device_authorization`, { ...own(app), scope: 'openid' })).body
  await post(oidc, `${base}/device_authorization`, { client_id: app.clientId, client_secret: 'wrong' })
  await post(oidc, `${base}/device_authorization`, {})
  for (const path of ['par', 'device_authorization']) await post(oidc, `/nobody/oidc/${path}`, own(app))
  const devicePage = await browser.open(device.verification_uri)
  const confirm = await browser.submit(devicePage, { user_code: device.user_code })
  await browser.submit(confirm)
  await browser.open(`${oidc.url}${base}/device`, { method: 'POST', body: new URLSearchParams({ user_code: 'x' }) })
  await browser.open('/nobody/oidc/device'.replace('/', `${oidc.url}/`))
  await browser.open(`${oidc.url}/nobody/oidc/device`, { method: 'POST', body: new URLSearchParams() })
  const cancelled = new Browser()
  const handle = await reachLogin(oidc, cancelled, (await newRequest(app)).address)
  await cancelled.open(`${oidc.url}${base}/cancel?auth_req_id=${handle}`)
  const ended = await reachLogin(oidc, cancelled, (await newRequest(app)).address)
  const nonce = await issueTicket(oidc.service.deps, ended, ADA)
  for (const path of ['cancel?', 'complete?nonce=x&']) {
    await cancelled.open(`${oidc.url}${base}/${path}auth_req_id=unknown`)
    await cancelled.open(`${oidc.url}/nobody/oidc/${path}auth_req_id=${ended}&nonce=${nonce}`)
  }
  await leaving({ oidc, app, browser, idToken, base })
}

async function leaving({ oidc, browser, idToken, base }: Visit): Promise<void> {
  const hint = `id_token_hint=${idToken}`
  await browser.open(`${oidc.url}/v1/logout?${hint}`)
  await browser.open(`${oidc.url}/v1/logout`, { method: 'POST', body: new URLSearchParams(hint) })
  await browser.open(`${oidc.url}${base}/logout`, { method: 'POST', body: new URLSearchParams(hint) })
  await browser.open(`${oidc.url}${base}/logout?id_token_hint=wrong`)
  await browser.open(`${oidc.url}/nobody/oidc/logout`)
  await browser.open(`${oidc.url}${base}/logout/confirm`, {
    method: 'POST',
    body: new URLSearchParams({ xsrf: 'wrong' }),
  })
  const page = await browser.open(`${oidc.url}${base}/logout?${hint}`)
  await browser.submit(page, { logout: 'yes' })
}

const microsoft: Scenario = async ({ oidc }) => {
  const entra = await FakeEntra.open()
  const tenant = await oidc.tenant()
  const user = {
    user_id: 'ada',
    username: 'ada',
    email: 'ada@example.com',
    tenant_id: tenant,
    external_id: `${OID}.${TID}`,
  }
  await oidc.admin('PUT', `/v1/tenants/${tenant}/users/ada`, user)
  const flow = { type: 'microsoft-mfa', issuer: 'https://login.microsoftonline.com/tenant/v2.0' } as const
  await oidc.client(tenant, { client_id: 'entra', redirect_uris: [ENTRA_REDIRECT], client_type: 'public', flow })
  const local = { ...flow, issuer: entra.issuer }
  await oidc.service.deps.store.update(CLIENTS, tenant, 'entra', (old) => ({ ...old, flow: local }))
  const body = new URLSearchParams(await entra.challenge('entra', OID))
  const accepted = await new Browser().open(`${oidc.url}/${tenant}/oidc/authorize`, { method: 'POST', body })
  if (accepted.status !== 303) throw new Error(await accepted.text())
  await new Browser().open(target(accepted, oidc.url).href)
  const evil = { redirect_uri: 'https://evil.example.com/', response_mode: 'form_post' }
  const lost = new URLSearchParams({ ...Object.fromEntries(body), ...evil })
  await new Browser().open(`${oidc.url}/${tenant}/oidc/authorize`, { method: 'POST', body: lost })
  await new Browser().open(`${oidc.url}/${tenant}/oidc/microsoft-mfa?request=unknown`)
  await new Browser().open(`${oidc.url}/nobody/oidc/microsoft-mfa?request=unknown`)
  await entra.close()
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
  limits,
}
