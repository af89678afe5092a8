import { CLIENTS } from '../../../identity/directory/clients.ts'
import { issueTicket } from '../../../identity/oidc/login-ticket.ts'
import { SECRET, STEPS } from '../../identity/login/world.ts'
import { newRequest, OFFLINE, openApplication, own, post, tokensOf } from '../../identity/oidc/application.ts'
import { ADA, Browser, reachLogin, target } from '../../identity/oidc/browser.ts'
import { ENTRA_REDIRECT, FakeEntra, TID } from '../../identity/oidc/fake-entra.ts'
import type { ContractWorld, Scenario } from './world.ts'

const OID = '2b6f3a58-0000-4000-8000-00000000ada0'
const NEXT = 'another correct horse'
const JANE = 'jane@example.com'

/** What a signed-in person does with the access token of an application. */
export const signedIn: Scenario = async ({ oidc, login }) => {
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

export const provider: Scenario = async ({ oidc, login }) => {
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

export const microsoft: Scenario = async ({ oidc }) => {
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
