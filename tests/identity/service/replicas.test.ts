import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProofClient } from '../../../identity/proof/client.ts'
import { openService, type Service } from '../../../identity/service.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { cheapTools, SECRET, STEPS } from '../login/world.ts'
import { newRequest, OFFLINE, openApplication, own, tokensOf } from '../oidc/application.ts'
import { allowed, Browser, target } from '../oidc/browser.ts'
import { openOidcWorld } from '../oidc/world.ts'
import { type Processes, processesOver } from './processes.ts'

/** Where a balancer would be: both replicas say so, and the test sends each request to the replica that it means. */
const PUBLIC = 'http://login.test'
const REDIRECT = 'https://app.example.com/callback'
const TENANT = 'acme-web'
/** After so long a used refresh token counts as stolen. */
const PAST_GRACE_MILLISECONDS = 11_000
const KEY_LEAD_MILLISECONDS = 10 * 60_000

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe('two processes on one PostgreSQL', () => {
  let processes: Processes
  let one: string
  let other: string
  let key: string
  let config: oidc.Configuration
  beforeAll(async () => {
    processes = await processesOver(await postgres.database())
    one = (await processes.start('--public-url', PUBLIC)).url
    other = (await processes.start('--public-url', PUBLIC)).url
    key = await processes.adminKey()
    await post(one, '/v1/tenants', { tenant_id: TENANT, register_enable: true })
    const registration = { client_id: 'shop', name: 'Shop', tenant_id: TENANT, client_type: 'public' }
    await post(one, '/v1/clients', { ...registration, register_enable: true, redirect_uris: [REDIRECT] })
    await register()
  })
  afterAll(() => processes.close())

  const at = (replica: string, address: string | URL): string => String(address).replace(PUBLIC, replica)
  const post = (replica: string, path: string, body: object, headers: object = { 'x-api-key': key }) =>
    fetch(replica + path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** The client's view of the issuer, through one replica. */
  const through = async (replica: string): Promise<oidc.Configuration> => {
    const fetchThere: oidc.CustomFetch = (url, options) => fetch(at(replica, url), options as RequestInit)
    const metadata = { id_token_signed_response_alg: 'EdDSA' }
    const options = { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: fetchThere }
    return oidc.discovery(new URL(`${PUBLIC}/${TENANT}/oidc`), 'shop', metadata, oidc.None(), options)
  }

  async function begin(replica: string, browser: Browser) {
    config ??= await through(one)
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid offline_access',
      prompt: 'consent',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const answer = await browser.open(at(replica, address))
    const handle = new URL(answer.headers.get('location') ?? '', PUBLIC).searchParams.get('auth_req_id') ?? ''
    return { pkceCodeVerifier, handle }
  }

  async function proof(): Promise<ProofClient> {
    const jwks = (await (await fetch(`${other}/${TENANT}/oidc/jwks`)).json()) as { keys: [] }
    return new ProofClient({ ...cheapTools, now: () => new Date() }, { tenantId: TENANT, jwks })
  }

  async function register(): Promise<void> {
    const { handle } = await begin(one, new Browser())
    const fields = await (await proof()).commitment('jane', STEPS, SECRET, { purpose: 'register', handle })
    const body = { username: 'jane', email: 'jane@example.com', ...fields }
    const answer = await post(other, `/v1/login/register?auth_req_id=${handle}`, body, {})
    if (answer.status !== 201) throw new Error(await answer.text())
  }

  /** The challenge of one replica, solved. */
  async function solved(replica: string, handle: string): Promise<object> {
    const client = await proof()
    const attempt = await client.begin()
    const { cipherKey } = attempt
    const body = { username: 'jane', cipherKey }
    const sealed = await (await post(replica, `/v1/login/challenge?auth_req_id=${handle}`, body, {})).json()
    const challenge = await client.open(attempt, sealed as Parameters<ProofClient['open']>[1])
    return { ...body, ...(await client.answer(attempt, challenge, 'jane', SECRET, { purpose: 'login', handle })) }
  }

  const authenticate = (replica: string, handle: string, body: object) =>
    post(replica, `/v1/login/authenticate?auth_req_id=${handle}`, body, {})

  /** Takes the ticket to a replica; returns the address of the application with the code. */
  async function complete(replica: string, browser: Browser, handle: string, nonce: string): Promise<URL> {
    const query = new URLSearchParams({ auth_req_id: handle, nonce })
    const resumed = await browser.open(`${replica}/${TENANT}/oidc/complete?${query}`)
    const answer = await browser.open(at(replica, new URL(resumed.headers.get('location') ?? '', PUBLIC)))
    const back = await allowed(replica, browser, answer)
    return new URL(back.headers.get('location') ?? '', PUBLIC)
  }

  /** A login in which every step is made on the replica that did not make the one before. */
  async function signIn(browser = new Browser()) {
    const { pkceCodeVerifier, handle } = await begin(one, browser)
    const body = await solved(other, handle)
    const { nonce } = (await (await authenticate(one, handle, body)).json()) as { readonly nonce: string }
    const back = await complete(other, browser, handle, nonce)
    return { back, pkceCodeVerifier }
  }
  const redeem = async (replica: string, { back, pkceCodeVerifier }: Awaited<ReturnType<typeof signIn>>) =>
    oidc.authorizationCodeGrant(await through(replica), back, { pkceCodeVerifier })

  it('finish a login that the other one began', async () => {
    const tokens = await redeem(one, await signIn())
    expect(tokens.claims()?.iss).toBe(`${PUBLIC}/${TENANT}/oidc`)
    const info = await fetch(`${other}/${TENANT}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(await info.json()).toEqual({ sub: tokens.claims()?.sub })
  })

  it('spend a challenge and a code once between them', async () => {
    const browser = new Browser()
    const { handle } = await begin(one, browser)
    const body = await solved(one, handle)
    const tries = [one, other, one, other]
    const answers = await Promise.all(tries.map((replica) => authenticate(replica, handle, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    const login = await signIn()
    await redeem(one, login)
    await expect(redeem(other, login)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('give two tabs that refresh at once the same successor, and go on with it', async () => {
    const { refresh_token = '' } = await redeem(one, await signIn())
    const configs = [await through(one), await through(other)] as const
    const tabs = await Promise.all(configs.map((replica) => oidc.refreshTokenGrant(replica, refresh_token)))
    const [successor = '', ...more] = new Set(tabs.map((tab) => tab.refresh_token))
    expect([successor === refresh_token, more]).toEqual([false, []])
    expect((await oidc.refreshTokenGrant(configs[1], successor)).access_token).toBeDefined()
  })

  it('end a session that was ended on the other one, with its tokens', async () => {
    const { access_token } = await redeem(one, await signIn())
    const headers = { authorization: `Bearer ${access_token}` }
    const mine = async (replica: string) => fetch(`${replica}/v1/users/me/sessions`, { headers })
    const { sessions } = (await (await mine(one)).json()) as { sessions: { session_id: string; current?: boolean }[] }
    for (const { session_id } of sessions)
      await fetch(`${one}/v1/users/me/sessions/${session_id}`, { method: 'DELETE', headers })
    expect((await mine(other)).status).toBe(401)
  })

  it('block an account for guesses that were spread over both', async () => {
    const limits = { user_attempts_limit: 3, ip_attempts_limit: 100 }
    const read = await fetch(`${one}/v1/tenants/${TENANT}`, { headers: { 'x-api-key': key } })
    const tenant = (await read.json()) as { readonly block_config: object }
    await fetch(`${one}/v1/tenants/${TENANT}`, {
      method: 'PUT',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ ...tenant, block_config: { ...tenant.block_config, ...limits } }),
    })
    const { handle } = await begin(one, new Browser())
    const guess = { username: 'nobody', cipherKey: 'x', challenge_id: 'x', challenge_data: 'x', proto_version: 'x' }
    const statuses: number[] = []
    for (const replica of [one, other, one, other]) statuses.push((await authenticate(replica, handle, guess)).status)
    expect(statuses).toEqual([401, 401, 401, 429])
  })
})

describe('two services on one PostgreSQL, whose clock is moved', () => {
  it('take a refresh token that comes back after its grace for stolen, and end its session between them', async () => {
    let ahead = 0
    const shared = { store: await postgres.database(), now: () => new Date(Date.now() + ahead) }
    const world = await openOidcWorld(shared)
    const other = await openService({ ...shared, dataFolder: world.folder, publicUrl: world.url })
    const [app, browser] = [await openApplication(world), new Browser()]
    const refresh = async ({ app: replica }: Service, refresh_token: string) => {
      const payload = String(new URLSearchParams({ grant_type: 'refresh_token', refresh_token, ...own(app) }))
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return (await replica.inject({ method: 'POST', url: `/${app.tenant}/oidc/token`, headers, payload })).json()
    }
    const { refresh_token = '' } = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, browser })
    const first = await refresh(world.service, refresh_token)
    const within = await refresh(other, refresh_token)
    ahead += PAST_GRACE_MILLISECONDS
    const replayed = await refresh(other, refresh_token)
    const successor = await refresh(world.service, first.refresh_token)
    const silent = await browser.open((await newRequest(app, 'openid', { prompt: 'none' })).address.href)
    await other.close()
    await world.close()
    expect(within.refresh_token).toBe(first.refresh_token)
    expect([replayed.error, successor.error]).toEqual(['invalid_grant', 'invalid_grant'])
    expect(target(silent, world.url).searchParams.get('error')).toBe('login_required')
  })

  it('sign with the keys that the other one rotated to, once it has published them long enough', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-replicas-'))
    let now = new Date('2026-06-01T00:00:00Z')
    const options = { store: await postgres.database(), dataFolder: folder, now: () => now, publicUrl: PUBLIC }
    const replicas = [await openService(options), await openService(options)] as const
    const headers = { 'x-api-key': String(replicas[0].createdAdminKey) }
    const robot = {
      client_id: 'robot',
      name: 'Robot',
      tenant_id: TENANT,
      client_secret: 'a-secret-of-32-characters-or-more',
    }
    await replicas[0].app.inject({ method: 'POST', url: '/v1/tenants', headers, payload: { tenant_id: TENANT } })
    await replicas[0].app.inject({ method: 'POST', url: '/v1/clients', headers, payload: robot })
    const kidOf = async ({ app }: (typeof replicas)[number]) => {
      const payload = `grant_type=client_credentials&client_id=robot&client_secret=${robot.client_secret}`
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await app.inject({ method: 'POST', url: `/${TENANT}/oidc/token`, headers: type, payload })
      return JSON.parse(Buffer.from(answer.json().access_token.split('.')[0], 'base64url').toString()).kid
    }
    const before = [await kidOf(replicas[0]), await kidOf(replicas[1])]
    await replicas[0].app.inject({ method: 'POST', url: `/v1/tenants/${TENANT}/keys/rotate`, headers })
    now = new Date(now.getTime() + KEY_LEAD_MILLISECONDS + 1000)
    const after = [await kidOf(replicas[0]), await kidOf(replicas[1])]
    await Promise.all(replicas.map((service) => service.close()))
    await rm(folder, { recursive: true })
    expect([new Set(before).size, new Set(after).size, before[0] === after[0]]).toEqual([1, 1, false])
  })
})
