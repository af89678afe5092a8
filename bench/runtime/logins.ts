import type { JSONWebKeySet } from 'jose'
import { PasswordHashing } from '../../identity/directory/password-hash.ts'
import { argon2id } from '../../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../../identity/proof/client.ts'
import type { LoginSecret } from '../../identity/proof/secret-bytes.ts'
import { type Numbers, timed } from '../measure.ts'
import { authorizationQuery, RETURN, somebody } from './application.ts'
import { rateOf, send } from './load.ts'
import type { Runtime } from './service.ts'

/** Of the server's processor time, for each rate. Logins are few per second, and as many as warm the code take a while. */
const CPU_SECONDS = 12
/** More than try at a time, so that none of them is locked out by a second try of the same name. */
const PEOPLE = 40
const PASSWORD = 'correct horse battery'
const SECRET: LoginSecret = { pin: '204861', pattern: [0, 1, 2, 5, 8] }
const STEPS = { pin: 6, pattern: 3 } as const
const CIM = { username: 'cim', password: 'cim-secret' }

/** Argon2id of the client at a cost that the load generator can pay for thousands of people. The server never derives. */
const tools = webTools((input) => argon2id({ ...input, kdf: { ...input.kdf, m: 32, t: 1 } }))

const post = async <T>(runtime: Runtime, path: string, body: object): Promise<T> => {
  const headers = { 'content-type': 'application/json', ...somebody() }
  const { text } = await send(runtime, 'POST', path, { body: JSON.stringify(body), headers })
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** A tenant with a public client. */
async function openTenant({ admin }: Runtime, tenant_id: string): Promise<void> {
  await admin('POST', '/v1/tenants', { tenant_id, register_enable: true })
  const shop = {
    client_id: 'shop',
    name: 'Shop',
    client_type: 'public',
    register_enable: true,
    redirect_uris: [RETURN],
  }
  await admin('POST', '/v1/clients', { ...shop, tenant_id })
}

/** What an application does first: an authorization request. Returns the `auth_req_id` of the login. */
async function begin(runtime: Runtime, tenant: string): Promise<string> {
  const { headers } = await send(runtime, 'GET', `/${tenant}/oidc/authorize?${authorizationQuery()}`, {
    headers: somebody(),
  })
  const handle = URL.parse(String(headers.location), runtime.url)?.searchParams.get('auth_req_id')
  if (!handle) throw new Error(`no login began: ${headers.location}`)
  return handle
}

/** Runs `work` for people in turn, never for one person twice at a time. */
function inTurn(work: (username: string) => Promise<void>): () => Promise<void> {
  const free = people()
  return async () => {
    const username = free.shift()
    if (username === undefined) throw new Error('more logins at a time than people')
    await work(username)
    free.push(username)
  }
}

const people = (): string[] => Array.from({ length: PEOPLE }, (_, i) => `person-${i}`)

/** Logins by password, each from the authorization request to the ticket; beside them the hash alone. */
export async function passwordNumbers(runtime: Runtime): Promise<Numbers> {
  const tenant = 'passwords'
  await openTenant(runtime, tenant)
  await allowPasswords(runtime, tenant)
  for (const username of people()) {
    const user = { user_id: username, username, email: `${username}@example.com`, tenant_id: tenant, is_verified: true }
    await runtime.admin('POST', `/v1/tenants/${tenant}/users`, user)
    await runtime.admin('PUT', `/v1/tenants/${tenant}/users/${username}/password`, { password: PASSWORD })
  }
  const login = inTurn(async (username) => {
    const handle = await begin(runtime, tenant)
    await post(runtime, `/v1/login/password?auth_req_id=${handle}`, { username, password: PASSWORD })
  })
  const { perCore, perSecond } = await rateOf(runtime, CPU_SECONDS, login)
  return {
    passwordLoginsPerCore: perCore,
    passwordLoginsPerSecond: perSecond,
    bareHashesPerCore: await hashesPerCore(),
  }
}

/** The organization of the tenant offers the login by password. */
async function allowPasswords(runtime: Runtime, tenant: string): Promise<void> {
  await runtime.admin('POST', '/v1/organizations', { organization_id: 'shops', access: { cim: CIM } })
  await runtime.admin('PUT', `/v1/organizations/shops/tenants/${tenant}`)
  const methods = { login_methods: { login_methods: [{ id: 'username-and-password', enabled: true }] } }
  const authorization = `Basic ${Buffer.from(`${CIM.username}:${CIM.password}`).toString('base64')}`
  const headers = { 'content-type': 'application/json', authorization }
  await send(runtime, 'POST', '/orgs/shops/cim/api/v2/config', { body: JSON.stringify(methods), headers })
}

/** The floor: argon2id with 19 MiB, two passes and one lane, as many at a time as in the service, in a process that does nothing else. */
async function hashesPerCore(): Promise<number> {
  const times = 50
  const hashing = new PasswordHashing()
  const { cpuSeconds } = await timed(() => Promise.all(Array.from({ length: times }, () => hashing.hash(PASSWORD))))
  return times / cpuSeconds
}

/** Zero-knowledge logins, each from the authorization request over challenge and answer to the ticket. */
export async function proofNumbers(runtime: Runtime): Promise<Numbers> {
  const tenant = 'proofs'
  await openTenant(runtime, tenant)
  const jwks = JSON.parse((await send(runtime, 'GET', `/${tenant}/oidc/jwks`)).text) as JSONWebKeySet
  const client = new ProofClient(tools, { tenantId: tenant, jwks })
  for (const username of people()) {
    const handle = await begin(runtime, tenant)
    const fields = await client.commitment(username, STEPS, SECRET, { purpose: 'register', handle })
    const body = { username, email: `${username}@example.com`, ...fields }
    await post(runtime, `/v1/login/register?auth_req_id=${handle}`, body)
  }
  const login = inTurn(async (username) => {
    const handle = await begin(runtime, tenant)
    const attempt = await client.begin()
    const { cipherKey } = attempt
    const challenge = await post<Parameters<ProofClient['open']>[1]>(
      runtime,
      `/v1/login/challenge?auth_req_id=${handle}`,
      { username, cipherKey },
    )
    const opened = await client.open(attempt, challenge)
    const fields = await client.answer(attempt, opened, username, SECRET, { purpose: 'login', handle })
    await post(runtime, `/v1/login/authenticate?auth_req_id=${handle}`, { username, cipherKey, ...fields })
  })
  const { perCore, perSecond } = await rateOf(runtime, CPU_SECONDS, login)
  return { proofLoginsPerCore: perCore, proofLoginsPerSecond: perSecond }
}
