import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PolicyInputs } from '../identity/policy/inputs.ts'
import { effectivePolicy } from '../identity/policy/policy.ts'
import { CLIENT, openProvider, type Provider } from './federation/provider.ts'
import { type Numbers, report, timed } from './measure.ts'
import { authorizationQuery, RETURN, somebody } from './runtime/application.ts'
import { send } from './runtime/load.ts'
import { type Runtime, type Served, start, startRuntime } from './runtime/service.ts'

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

/** From the button to the page that goes on to the application: a sign-in, prepared and then done. */
type SignIn = () => Promise<() => Promise<void>>

/** Processor time of a server for a sign-in, in milliseconds; the median of batches. */
async function cpuMs(served: Served, prepare: SignIn): Promise<number> {
  const costs: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const logins = []
    for (let i = 0; i < BATCH; i++) logins.push(await prepare())
    const before = served.cpuSeconds()
    for (const login of logins) await login()
    costs.push(((served.cpuSeconds() - before) * 1000) / BATCH)
  }
  // The first ones warm the code.
  const warm = costs.slice(BATCHES / 3).toSorted((a, b) => a - b)
  return warm[Math.floor(warm.length / 2)] ?? 0
}

/** Goes to the provider and comes back. */
async function travel(served: Served, provider: Provider, way: string, headers: Readonly<Record<string, string>>) {
  const away = await send(served, 'GET', way, { headers })
  const [path] = way.split('?')
  const callback = path === '/with' ? '/callback' : `${path}/callback`
  const { text: page } = await send(
    served,
    'GET',
    `${callback}?${provider.back(new URL(String(away.headers.location)))}`,
    { headers },
  )
  if (!page.includes('/oidc/complete')) throw new Error(`nobody was signed in: ${page.slice(0, 500)}`)
}

async function ours(runtime: Runtime, provider: Provider): Promise<number> {
  const id = await openTenant(runtime, provider)
  return cpuMs(runtime, async () => {
    const { handle, cookie } = await begin(runtime)
    const headers = { ...somebody(), cookie }
    return () => travel(runtime, provider, `/fed/login/with/${id}?auth_req_id=${handle}`, headers)
  })
}

const BARE = fileURLToPath(new URL('federation/bare-client.ts', import.meta.url))

async function bare(folder: string, provider: Provider): Promise<number> {
  const served = await start(['--import', 'tsx', BARE, folder, provider.url, CLIENT])
  try {
    return await cpuMs(served, async () => () => travel(served, provider, '/with', {}))
  } finally {
    await served.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
process.env.PLUMBLINE_OUTBOUND_NETWORKS = '127.0.0.0/8'
const [runtime, provider] = [await startRuntime(folder), await openProvider()]
try {
  const [signInCpuMs, bareSignInCpuMs] = [await ours(runtime, provider), await bare(folder, provider)]
  const timesBare = signInCpuMs / bareSignInCpuMs
  report({ ...(await policyNumbers()), signInCpuMs, bareSignInCpuMs, timesBare })
} finally {
  await runtime.stop()
  provider.close()
  rmSync(folder, { recursive: true, force: true })
}
