import type { JSONWebKeySet } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { ProofClient } from '../../../identity/proof/client.ts'
import type { LoginSecret } from '../../../identity/proof/secret-bytes.ts'
import { type Application, newRequest, openApplication } from '../oidc/application.ts'
import { Browser, reachLogin, target } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { cheapTools, SECRET, STEPS } from './world.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
const NEW_SECRET: LoginSecret = { pin: '918273', pattern: [0, 3, 6, 7, 8] }

let world: OidcWorld
const time = { ahead: 0 }
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + time.ahead) })
})
afterAll(() => world.close())

/** An application of a tenant with sign-up, whose user `jane` has a login secret. */
async function openShop(): Promise<Application> {
  const tenant = await world.tenant()
  await world.admin('PUT', `/v1/tenants/${tenant}`, { display_name: 'Shop', register_enable: true })
  const app = await openApplication(world, { register_enable: true, client_type: 'confidential' }, tenant)
  const handle = await reachLogin(world, new Browser(), (await newRequest(app)).address)
  const fields = await (await proofClient(app)).commitment('jane', STEPS, SECRET, { purpose: 'register', handle })
  const body = { username: 'jane', email: 'jane@example.com', ...fields }
  expect((await send('POST', `/v1/login/register?auth_req_id=${handle}`, body)).status).toBe(201)
  return app
}

async function proofClient({ tenant }: Application): Promise<ProofClient> {
  const jwks = (await (await fetch(`${world.url}/${tenant}/oidc/jwks`)).json()) as JSONWebKeySet
  const tools = { ...cheapTools, now: () => new Date(Date.now() + time.ahead) }
  return new ProofClient(tools, { tenantId: tenant, jwks })
}

async function send(method: string, path: string, body?: unknown, token?: string) {
  const answer = await fetch(world.url + path, {
    method,
    headers: {
      'user-agent': FIREFOX,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function solve(
  app: Application,
  secret: LoginSecret,
  occasion: Parameters<ProofClient['answer']>[4],
  token?: string,
) {
  const proof = await proofClient(app)
  const attempt = await proof.begin()
  const { cipherKey } = attempt
  const query = occasion.purpose === 'login' ? `?auth_req_id=${occasion.handle}` : ''
  const { body } = await send('POST', `/v1/login/challenge${query}`, { username: 'jane', cipherKey }, token)
  const fields = await proof.answer(attempt, await proof.open(attempt, body), 'jane', secret, occasion)
  return { username: 'jane', cipherKey, ...fields }
}

const authenticate = async (app: Application, handle: string, secret: LoginSecret) =>
  send('POST', `/v1/login/authenticate?auth_req_id=${handle}`, await solve(app, secret, { purpose: 'login', handle }))

/** The whole way: authorization request, challenge, proof, ticket, code, token. */
async function signIn(app: Application, secret: LoginSecret = SECRET) {
  const browser = new Browser()
  const { address, checks } = await newRequest(app)
  const handle = await reachLogin(world, browser, address)
  const { body } = await authenticate(app, handle, secret)
  const query = new URLSearchParams({ auth_req_id: handle, nonce: body.nonce })
  const init = { headers: { 'user-agent': FIREFOX } }
  const resumed = await browser.open(`${world.url}/${app.tenant}/oidc/complete?${query}`, init)
  const back = target(await browser.open(target(resumed, world.url).href, init), world.url)
  const tokens = await client.authorizationCodeGrant(app.config, back, checks)
  return { token: tokens.access_token, claims: tokens.claims() }
}

const sessionId = async (token: string): Promise<string> =>
  (await send('GET', '/v1/users/me/sessions', undefined, token)).body.sessions[0].session_id

describe('a login by the zero-knowledge protocol', () => {
  it('ends in tokens that say how the person signed in', async () => {
    const { claims } = await signIn(await openShop())
    expect(claims).toMatchObject({ amr: ['pin'], acr: 'urn:plumbline:acr:single-factor' })
  })
})

describe('the list of own sessions', () => {
  it('shows where each one began, and from what device', async () => {
    const { token } = await signIn(await openShop())
    const { body } = await send('GET', '/v1/users/me/sessions', undefined, token)
    expect(body.total).toBe(1)
    expect(body.sessions[0].created).toMatchObject({
      ip: '127.0.0.1',
      user_agent: FIREFOX,
      user_agent_parsed: { browser: { family: 'Firefox', version: '128.0' }, os: { family: 'Linux' }, is_pc: true },
    })
  })

  it('shows when tokens were issued and when it was used last', async () => {
    const { token } = await signIn(await openShop())
    await send('GET', '/v1/users/me/sessions', undefined, token)
    const { body } = await send('GET', '/v1/users/me/sessions', undefined, token)
    expect(body.sessions[0]).toMatchObject({ token_issue: { ip: '127.0.0.1' }, last_access: { user_agent: FIREFOX } })
  })

  it('loses a session that its owner ends, and its tokens stop working', async () => {
    const app = await openShop()
    const [one, two] = [await signIn(app), await signIn(app)]
    const { body } = await send('GET', '/v1/users/me/sessions', undefined, one.token)
    expect(body.total).toBe(2)
    for (const { session_id } of body.sessions)
      await send('DELETE', `/v1/users/me/sessions/${session_id}`, undefined, one.token)
    const after = await Promise.all(
      [one, two].map(({ token }) => send('GET', '/v1/users/me/sessions', undefined, token)),
    )
    expect(after.map((a) => a.status)).toContain(401)
  })

  it('does not let anybody end the session of somebody else', async () => {
    const [jane, other] = [await signIn(await openShop()), await signIn(await openShop())]
    const path = `/v1/users/me/sessions/${await sessionId(jane.token)}`
    expect((await send('DELETE', path, undefined, other.token)).status).toBe(404)
  })
})

describe('a change of the login secret', () => {
  const change = async (app: Application, token: string, handle: string) => {
    const occasion = { purpose: 'change', handle } as const
    const fields = await (await proofClient(app)).commitment('jane', STEPS, NEW_SECRET, occasion)
    return send('POST', '/v1/password/change', fields, token)
  }

  it('replaces it and ends the sessions', async () => {
    const app = await openShop()
    const { token } = await signIn(app)
    expect((await change(app, token, await sessionId(token))).status).toBe(200)
    expect((await send('GET', '/v1/users/me/sessions', undefined, token)).status).toBe(401)
    expect((await signIn(app, NEW_SECRET)).token).toBeDefined()
  })

  it('is bound to the session', async () => {
    const app = await openShop()
    const { token } = await signIn(app)
    expect((await change(app, token, 'another session')).status).toBe(422)
  })

  it('needs a login of the last five minutes', async () => {
    const app = await openShop()
    const { token } = await signIn(app)
    const handle = await sessionId(token)
    time.ahead += 301_000
    expect((await change(app, token, handle)).status).toBe(401)
  })

  it('needs a person: without a token it is refused', async () => {
    expect((await send('POST', '/v1/password/change', { encrypted_commitment: 'x', proto_version: 'x' })).status).toBe(
      401,
    )
  })
})

describe('a change of the e-mail address', () => {
  const begin = async () => {
    const app = await openShop()
    const { token, claims } = await signIn(app)
    const path = `/v1/tenants/${app.tenant}/users/${claims?.sub}/email`
    return { app, token, path, user: `/v1/tenants/${app.tenant}/users/${claims?.sub}` }
  }
  const body = async (app: Application, token: string, newEmail: string, secret = SECRET) => {
    const occasion = { purpose: 'email', handle: await sessionId(token), newEmail } as const
    const { challenge_id, challenge_data } = await solve(app, secret, occasion, token)
    return { challenge_id, challenge_data }
  }

  it('takes a challenge that the own secret solved, and the address has yet to be verified', async () => {
    const { app, token, path, user } = await begin()
    const fields = await body(app, token, 'new@example.com')
    expect((await send('PUT', path, { ...fields, email: 'new@example.com' }, token)).status).toBe(200)
    expect(await world.admin('GET', user)).toMatchObject({ email: 'new@example.com', is_verified: false })
  })

  it('refuses a challenge that was solved for another address', async () => {
    const { app, token, path } = await begin()
    const fields = await body(app, token, 'new@example.com')
    expect((await send('PUT', path, { ...fields, email: 'evil@example.com' }, token)).status).toBe(401)
  })

  it('refuses the address of another user', async () => {
    const { app, token } = await begin()
    const fields = await body(app, token, 'new@example.com')
    const path = `/v1/tenants/${app.tenant}/users/ada/email`
    expect((await send('PUT', path, { ...fields, email: 'new@example.com' }, token)).status).toBe(403)
  })
})

it('the audit log names people by their ids only', async () => {
  const app = await openShop()
  const { claims } = await signIn(app)
  const { items } = await world.service.deps.store.find(AUDIT_RECORDS, app.tenant, { limit: 100 })
  const text = JSON.stringify(items)
  expect(items.map((r) => r.event)).toEqual(expect.arrayContaining(['user.registered', 'login.accepted']))
  expect(text).toContain(claims?.sub)
  expect(text).not.toMatch(/jane|example\.com|127\.0\.0\.1/)
})
