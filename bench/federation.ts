import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { PolicyInputs } from '../identity/policy/inputs.ts'
import { effectivePolicy } from '../identity/policy/policy.ts'
import { type Numbers, report, timed } from './measure.ts'
import { authorizationQuery, RETURN, somebody } from './runtime/application.ts'
import { send } from './runtime/load.ts'
import { type Runtime, startRuntime } from './runtime/service.ts'

const CLIENT = 'bench'
const CIM = { username: 'cim', password: 'cim-secret' }

/** Settings of every kind that decides about logins, with ten login methods at other providers. */
const INPUTS: PolicyInputs = {
  documents: {
    Tenant: { pin: { enabled: true }, passkeys: true, registration: true },
    User: { username: 'jane', email: 'jane@example.com', verified: true, roles: ['customer'] },
    SecurityConfiguration: { customers: { hotp: true, requireMfa: true }, passwordExpirationDays: 90 },
    CimFeatures: { loginEnabled: true, signUpEnabled: true, smsEnabled: true, googleAuthenticatorEnabled: true },
    CimAttributes: { verification: { emailEnabled: true, emailRequired: true } },
    CimLoginMethod: { enabled: true, authenticationLevel: 1 },
    CimStepUp: { strategy: 'UserPreference', levels: { pin: 1, sms: 2, email: 2 }, actions: { default: 1 } },
    CimPasswordPolicy: { minLength: 12 },
  },
  federated: Array.from({ length: 10 }, (_, i) => ({
    type: 'OpenIdConnect',
    displayName: `Provider ${i}`,
    enabled: true,
    authenticationLevel: 2,
  })),
  enrolled: ['pin', 'otp'],
}
const EVALUATIONS = 20_000

/** One evaluation of the whole policy, in microseconds of processor time. */
async function policyNumbers(): Promise<Numbers> {
  const repeat = () => {
    for (let i = 0; i < EVALUATIONS; i++) effectivePolicy(INPUTS)
  }
  repeat()
  const { cpuSeconds } = await timed(repeat)
  return { policyMicroseconds: (cpuSeconds * 1_000_000) / EVALUATIONS }
}

/** An OpenID provider in the process of the load generator, whose processor time is not the service's. */
async function openProvider() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }
  const nonces = new Map<string, string>()
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', url)
    const answers: Readonly<Record<string, () => object | Promise<object>>> = {
      '/.well-known/openid-configuration': () => metadata,
      '/jwks': () => ({ keys: [jwk] }),
      '/token': async () => tokenFor(new URLSearchParams(await text(request)).get('code') ?? ''),
    }
    const body = JSON.stringify((await answers[pathname]?.()) ?? {})
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const metadata = {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
  const tokenFor = async (code: string) => {
    const claims = { nonce: nonces.get(code), email: 'jane@example.com', email_verified: true }
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    const about = token.setIssuer(url).setAudience(CLIENT).setSubject('jane').setIssuedAt().setExpirationTime('5m')
    return { access_token: 'a', token_type: 'Bearer', id_token: await about.sign(privateKey) }
  }
  /** The parameters with which the browser goes back from an authorization request. */
  const back = (asked: URL): string => {
    const [state, nonce] = ['state', 'nonce'].map((name) => asked.searchParams.get(name) ?? '')
    const code = createHash('sha256')
      .update(state ?? '')
      .digest('hex')
    nonces.set(code, nonce ?? '')
    return String(new URLSearchParams({ code, state: state ?? '' }))
  }
  return { url, back, close: () => server.close() }
}

type Provider = Awaited<ReturnType<typeof openProvider>>

/** A tenant whose organization has the provider as a login method; returns the id of the method. */
async function openTenant(runtime: Runtime, provider: Provider): Promise<string> {
  await runtime.admin('POST', '/v1/tenants', { tenant_id: 'fed', register_enable: true })
  const shop = {
    client_id: 'shop',
    name: 'Shop',
    client_type: 'public',
    register_enable: true,
    redirect_uris: [RETURN],
  }
  await runtime.admin('POST', '/v1/clients', { ...shop, tenant_id: 'fed' })
  await runtime.admin('POST', '/v1/organizations', { organization_id: 'shops', access: { cim: CIM } })
  await runtime.admin('PUT', '/v1/organizations/shops/tenants/fed')
  const discovery_url = `${provider.url}/.well-known/openid-configuration`
  const method = {
    type: 'OPEN_ID_CONNECT',
    name: 'Work',
    enabled: true,
    authentication_level: 1,
    auto_email_verification: true,
    open_id_connect_attributes: { client_id: CLIENT, discovery_url, client_authentication_method: 'PRIVATE_KEY_JWT' },
  }
  const body = JSON.stringify({
    features: { login_enabled: true, sign_up_enabled: true },
    login_methods: { login_methods: [{ id: 'username-and-password' }, method] },
  })
  const authorization = `Basic ${Buffer.from(`${CIM.username}:${CIM.password}`).toString('base64')}`
  await send(runtime, 'POST', '/orgs/shops/cim/api/v2/config', {
    body,
    headers: { 'content-type': 'application/json', authorization },
  })
  interface Listed {
    readonly login_methods: readonly { readonly id: string; readonly name: string }[]
  }
  const { login_methods } = await runtime.admin<Listed>('GET', '/v1/organizations/shops/login-methods')
  return String(login_methods.find(({ name }) => name === 'Work')?.id)
}

/** Begins a login in a browser of its own; what the button is pressed with. */
async function begin(runtime: Runtime) {
  const { headers } = await send(runtime, 'GET', `/fed/oidc/authorize?${authorizationQuery()}`, { headers: somebody() })
  const cookie = [headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ')
  const handle = URL.parse(String(headers.location), runtime.url)?.searchParams.get('auth_req_id') ?? ''
  return { handle, cookie }
}

const BATCH = 100
const BATCHES = 15

/** From the button to the page that goes on to the application: processor time of the service, in milliseconds; the median of batches. */
async function signInNumbers(runtime: Runtime, provider: Provider): Promise<Numbers> {
  const id = await openTenant(runtime, provider)
  const costs: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const logins = []
    for (let i = 0; i < BATCH; i++) logins.push(await begin(runtime))
    const before = runtime.cpuSeconds()
    for (const login of logins) await signIn(runtime, provider, id, login)
    costs.push(((runtime.cpuSeconds() - before) * 1000) / BATCH)
  }
  // The first ones warm the code.
  const warm = costs.slice(BATCHES / 3).toSorted((a, b) => a - b)
  return { signInCpuMs: warm[Math.floor(warm.length / 2)] ?? 0 }
}

async function signIn(
  runtime: Runtime,
  provider: Provider,
  id: string,
  { handle, cookie }: Awaited<ReturnType<typeof begin>>,
) {
  const headers = { ...somebody(), cookie }
  const away = await send(runtime, 'GET', `/fed/login/with/${id}?auth_req_id=${handle}`, { headers })
  const back = provider.back(new URL(String(away.headers.location)))
  const { text: page } = await send(runtime, 'GET', `/fed/login/with/${id}/callback?${back}`, { headers })
  if (!page.includes('/oidc/complete')) throw new Error(`nobody was signed in: ${page.slice(0, 500)}`)
}

const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
process.env.PLUMBLINE_OUTBOUND_NETWORKS = '127.0.0.0/8'
const [runtime, provider] = [await startRuntime(folder), await openProvider()]
try {
  report({ ...(await policyNumbers()), ...(await signInNumbers(runtime, provider)) })
} finally {
  await runtime.stop()
  provider.close()
  rmSync(folder, { recursive: true, force: true })
}
