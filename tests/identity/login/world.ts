import type { FastifyInstance, HTTPMethods } from 'fastify'
import { auditRequests } from '../../../identity/access/audited-requests.ts'
import { vaultRoutes } from '../../../identity/api/vault/routes.ts'
import { assemble, type Foundation } from '../../../identity/assemble.ts'
import { keyHash } from '../../../identity/crypto/hash.ts'
import type { Deps } from '../../../identity/deps.ts'
import { ADMINISTRATOR_KEYS, newAdminKey } from '../../../identity/directory/administrator-key.ts'
import { API_KEYS, mintKey, newKeyId } from '../../../identity/directory/api-keys.ts'
import { loginModule } from '../../../identity/login-module.ts'
import { encryptionKeysOf, signingKeyOf } from '../../../identity/oidc/keys.ts'
import { beginLogin } from '../../../identity/oidc/pending-login.ts'
import { buildApp, type RouteModule } from '../../../identity/platform/http/app.ts'
import { RuntimeMetrics } from '../../../identity/platform/telemetry/metrics.ts'
import { argon2id } from '../../../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../../../identity/proof/client.ts'
import type { Argon2id } from '../../../identity/proof/kdf.ts'
import type { LoginSecret } from '../../../identity/proof/secret-bytes.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { openStill } from '../still.ts'

/** The server never derives, so tests need not pay for the real cost. */
const cheapArgon2id: Argon2id = (input) => argon2id({ ...input, kdf: { ...input.kdf, m: 32, t: 1 } })

export const cheapTools = webTools(cheapArgon2id)

export const SECRET: LoginSecret = { pin: '204861', pattern: [0, 1, 2, 5, 8] }
export const WRONG: LoginSecret = { pin: '204862', pattern: [0, 1, 2, 5, 8] }
export const STEPS = { pin: 6, pattern: 3 } as const
export const CLIENT = 'shop'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
  readonly body: any
}

export interface Sent {
  readonly key?: string
  readonly ip?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The login over an empty embedded store; time stands still unless `clock.now` is set. */
export class LoginWorld {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly clock: { now: Date }
  /** Where the service is reached. */
  readonly place = { url: 'http://localhost' }
  readonly adminKey = newAdminKey()
  #tenants = 0
  #addresses = 0

  constructor(app: FastifyInstance, deps: Deps, clock: { now: Date }) {
    this.app = app
    this.deps = deps
    this.clock = clock
  }

  /** Sends a request; each one comes from an address of its own unless `ip` says otherwise. */
  async send(method: HTTPMethods, url: string, body?: unknown, { key, ip, headers = {} }: Sent = {}): Promise<Answer> {
    const answer = await this.app.inject({
      method: method as 'GET',
      url,
      remoteAddress: ip ?? this.address(),
      headers: {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = answer.body
    return { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  admin(method: HTTPMethods, url: string, body?: unknown): Promise<Answer> {
    return this.send(method, url, body, { key: this.adminKey })
  }

  /** An address that no request came from yet. */
  address(): string {
    const n = ++this.#addresses
    return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  }

  /** A tenant with a public client; people can sign up. */
  async tenant(more: object = {}, client: object = {}): Promise<string> {
    const tenant_id = `tenant-${++this.#tenants}`
    await this.admin('POST', '/v1/tenants', { tenant_id, register_enable: true, passkey_enabled: true, ...more })
    const registration = { client_id: CLIENT, name: 'Shop', tenant_id, client_type: 'public', register_enable: true }
    await this.admin('POST', '/v1/clients', { ...registration, ...client })
    return tenant_id
  }

  /** A login that an application began, with more parameters if need be; returns its `auth_req_id`. */
  async begin(tenant: string, more: object = {}): Promise<string> {
    const ctx = { req: { headers: {} }, cookies: { set: () => undefined } } as never
    const params = { client_id: CLIENT, redirect_uri: 'https://shop.example.com/', ...more }
    const interaction = { uid: 'interaction', params }
    const address = await beginLogin(this.deps, tenant, ctx, interaction)
    return new URL(address, 'http://localhost').searchParams.get('auth_req_id') ?? ''
  }

  async client(tenantId: string): Promise<ProofClient> {
    const [enc] = await encryptionKeysOf(this.deps, tenantId)
    const sig = await signingKeyOf(this.deps, tenantId)
    const jwks = { keys: [sig.publicJwk, ...(enc ? [enc.publicJwk] : [])] }
    return new ProofClient({ ...cheapTools, now: () => this.clock.now }, { tenantId, jwks })
  }

  /** Message 1 for a purpose. */
  async commitment(
    tenant: string,
    username: string,
    purpose: 'register' | 'reset' | 'change',
    handle: string,
    secret = SECRET,
  ) {
    return (await this.client(tenant)).commitment(username, STEPS, secret, { purpose, handle })
  }

  async register(tenant: string, username = 'jane', more: object = {}): Promise<Answer> {
    const handle = await this.begin(tenant)
    const fields = await this.commitment(tenant, username, 'register', handle)
    const body = { username, email: `${username}@example.com`, ...fields, ...more }
    return this.send('POST', `/v1/login/register?auth_req_id=${handle}`, body)
  }

  /** Messages 2 to 4: the body of `authenticate` for a login, ready to be sent or tampered with. */
  async solved(tenant: string, handle: string, username = 'jane', secret = SECRET) {
    const client = await this.client(tenant)
    const attempt = await client.begin()
    const { cipherKey } = attempt
    const { body } = await this.send('POST', `/v1/login/challenge?auth_req_id=${handle}`, { username, cipherKey })
    const challenge = await client.open(attempt, body)
    const fields = await client.answer(attempt, challenge, username, secret, { purpose: 'login', handle })
    return { username, cipherKey, ...fields }
  }

  authenticate(handle: string, body: object, sent: Sent = {}): Promise<Answer> {
    return this.send('POST', `/v1/login/authenticate?auth_req_id=${handle}`, body, sent)
  }

  /** A whole login. */
  async signIn(tenant: string, username = 'jane', secret = SECRET, sent: Sent = {}): Promise<Answer> {
    const handle = await this.begin(tenant)
    return this.authenticate(handle, await this.solved(tenant, handle, username, secret), sent)
  }

  async userId(tenant: string, username = 'jane'): Promise<string> {
    return (await this.admin('GET', `/v1/tenants/${tenant}/usernames/${username}`)).body.user_id
  }

  /** An API key of a user, with all scopes of a person. */
  async keyOf(tenant: string, userId: string): Promise<string> {
    const key_id = newKeyId()
    const { text, hash } = mintKey(key_id)
    const at = { at: this.clock.now.toISOString(), ip: null, country: null, user_agent: null, user_agent_parsed: null }
    const scopes = ['keys:read', 'keys:write', 'users:read', 'users:write']
    const owner = { key_id, tenant_id: tenant, user_id: userId, name: 'test', scopes, is_active: true }
    await this.deps.store.create(API_KEYS, GLOBAL, { ...owner, secret_hash: hash, created_at: at, last_use_at: null })
    return text
  }

  /** The newest message to an address whose subject holds the words. */
  async mailTo(
    tenant: string,
    to: string,
    words = '',
  ): Promise<{ readonly subject: string; readonly text: string } | undefined> {
    const { body } = await this.admin('GET', `/v1/tenants/${tenant}/outbox?limit=100`)
    return body.messages.find((mail: { to: string; subject: string }) => mail.to === to && mail.subject.includes(words))
  }

  /** The code in the newest such message. */
  async codeFor(tenant: string, to: string, words = 'confirm your e-mail address'): Promise<string> {
    const text = (await this.mailTo(tenant, to, words))?.text ?? ''
    const code = /\b[0-9A-Z]{5}(-[0-9A-Z]{5}){3}\b/.exec(text)?.[0]
    if (code === undefined) throw new Error(`no code was mailed to ${to}`)
    return code
  }

  pass(seconds: number): void {
    this.clock.now = new Date(this.clock.now.getTime() + seconds * 1000)
  }
}

export async function openLoginWorld(
  more: readonly RouteModule[] = [],
  moreDeps: Partial<Foundation> = {},
): Promise<{ readonly world: LoginWorld; readonly folder: string; close(): Promise<void> }> {
  const still = await openStill()
  const { store, now, masterKey } = still.deps
  const told = { metrics: new RuntimeMetrics(), publicUrl: () => world.place.url, ...moreDeps }
  const deps = assemble({ store, now, masterKey, mail: { from: 'Test <t@example.com>' }, ...told })
  const app = await buildApp(deps, {
    modules: [auditRequests, vaultRoutes, loginModule, ...more],
  })
  const world = new LoginWorld(app, deps, still.clock)
  const hash = keyHash(world.adminKey)
  await deps.store.create(ADMINISTRATOR_KEYS, GLOBAL, { id: 'administrator', hash })
  return {
    world,
    folder: still.folder,
    close: async () => {
      await app.close()
      await still.close()
    },
  }
}
