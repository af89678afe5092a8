import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueTicket } from '../../../identity/oidc/interaction.ts'
import { encryptionKeyOf, openKeyRing } from '../../../identity/oidc/keys.ts'
import { CLIENTS } from '../../../identity/vault/clients.ts'
import { type Application, newRequest, OFFLINE, openApplication, own, post, tokensOf } from './application.ts'
import { ADA, Browser, completeLogin, reachLogin, signIn, target } from './browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from './world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

/** A code as an attacker may have got hold of it, with the form that redeems it. */
async function stolenCode(app: Application, extra: Record<string, string> = {}) {
  const { address, checks } = await newRequest(app, 'openid', extra)
  const back = await signIn(world, new Browser(), app.tenant, address)
  const code = back.searchParams.get('code') ?? ''
  return { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: checks.pkceCodeVerifier }
}

const token = (tenant: string, form: Record<string, string>) => post(world, `/${tenant}/oidc/token`, form)
const userinfo = (path: string, text: string) =>
  fetch(world.url + path, { headers: { authorization: `Bearer ${text}` } })

const disableAda = (tenant_id: string) =>
  world.admin('PUT', `/v1/tenants/${tenant_id}/users/ada`, {
    user_id: 'ada',
    username: 'ada',
    email: 'ada@example.com',
    tenant_id,
    is_disabled: true,
  })

describe('a code', () => {
  it('works once; its replay ends what it gave', async () => {
    const app = await openApplication(world)
    const form = { ...(await stolenCode(app)), ...own(app) }
    const first = await token(app.tenant, form)
    const second = await token(app.tenant, form)
    expect([first.status, second.status, second.body.error]).toEqual([200, 400, 'invalid_grant'])
    expect((await userinfo('/v1/userinfo', first.body.access_token)).status).toBe(401)
  })

  it('gives tokens to at most one of many parallel callers', async () => {
    const app = await openApplication(world)
    const form = { ...(await stolenCode(app)), ...own(app) }
    const answers = await Promise.all(Array.from({ length: 10 }, () => token(app.tenant, form)))
    expect(answers.filter((a) => a.status === 200).length).toBeLessThanOrEqual(1)
    expect(new Set(answers.filter((a) => a.status !== 200).map((a) => a.body.error))).toEqual(
      new Set(['invalid_grant']),
    )
  })

  it('is of no use to another client of the tenant', async () => {
    const app = await openApplication(world)
    const foreign = await openApplication(world, { client_id: 'foreign' }, app.tenant)
    const { status, body } = await token(app.tenant, { ...(await stolenCode(app)), ...own(foreign) })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })

  it('is of no use in another tenant, to a client of the same name and secret', async () => {
    const secret = 'a-secret-that-two-tenants-share'
    const [app, other] = [
      await openApplication(world, { client_secret: secret }),
      await openApplication(world, { client_secret: secret }),
    ]
    const { status, body } = await token(other.tenant, { ...(await stolenCode(app)), ...own(app) })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })
})

describe('PKCE', () => {
  it.each([
    ['without the verifier', { code_verifier: '' }],
    ['with another verifier', { code_verifier: 'x'.repeat(43) }],
  ])('refuses a code %s', async (_case, change) => {
    const app = await openApplication(world, { client_type: 'public' })
    const form = { ...(await stolenCode(app)), ...change, client_id: app.clientId }
    const { status, body } = await token(app.tenant, form)
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })

  it.each([
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['the method plain', { code_challenge_method: 'plain' }],
  ])('refuses an authorization request of a public client with %s', async (_case, extra) => {
    const app = await openApplication(world, { client_type: 'public' })
    const { address } = await newRequest(app, 'openid', extra)
    for (const [name, value] of Object.entries(extra)) if (value === '') address.searchParams.delete(name)
    const back = target(await new Browser().open(address.href), world.url)
    expect(back.searchParams.get('error')).toBe('invalid_request')
  })
})

describe('a refresh token', () => {
  it('that comes back a second time ends the grant and the session', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const tokens = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, browser })
    const old = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token), ...own(app) }
    const fresh = await token(app.tenant, old)
    const replay = await token(app.tenant, old)
    const thief = await token(app.tenant, { ...old, refresh_token: fresh.body.refresh_token })
    expect([fresh.status, replay.body.error, thief.body.error]).toEqual([200, 'invalid_grant', 'invalid_grant'])
    expect(await reachLogin(world, browser, (await newRequest(app)).address)).toMatch(/^[\w-]{43}$/)
  })

  it('is of no use to another client', async () => {
    const app = await openApplication(world)
    const foreign = await openApplication(world, { client_id: 'foreign' }, app.tenant)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const form = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token), ...own(foreign) }
    expect((await token(app.tenant, form)).body.error).toBe('invalid_grant')
  })

  it('stops working when the account is disabled', async () => {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    await disableAda(app.tenant)
    await expect(client.refreshTokenGrant(app.config, String(tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect((await userinfo('/v1/userinfo', tokens.access_token)).status).toBe(401)
  })
})

describe('a disabled account', () => {
  it('cannot complete a login, and its session signs in to nothing', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    await disableAda(app.tenant)
    const handle = await reachLogin(world, browser, (await newRequest(app)).address)
    expect((await completeLogin(world, browser, app.tenant, handle)).status).toBe(401)
  })
})

describe('a login ticket', () => {
  const complete = (browser: Browser, tenant: string, auth_req_id: string, nonce: string) =>
    browser.open(`${world.url}/${tenant}/oidc/complete?${new URLSearchParams({ auth_req_id, nonce })}`)

  async function pendingLogin() {
    const [app, browser] = [await openApplication(world), new Browser()]
    const handle = await reachLogin(world, browser, (await newRequest(app)).address)
    return { app, browser, handle }
  }

  it('works once', async () => {
    const { app, browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    const answers = [
      await complete(browser, app.tenant, handle, ticket),
      await complete(browser, app.tenant, handle, ticket),
    ]
    expect(answers.map((a) => a.status)).toEqual([303, 401])
  })

  it('works only in the browser that began the login', async () => {
    const { app, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    expect((await complete(new Browser(), app.tenant, handle, ticket)).status).toBe(401)
  })

  it('works only for its own login', async () => {
    const { app, browser, handle } = await pendingLogin()
    const other = await reachLogin(world, browser, (await newRequest(app)).address)
    const ticket = await issueTicket(world.service.deps, other, ADA)
    expect((await complete(browser, app.tenant, handle, ticket)).status).toBe(401)
  })

  it('works only in its own tenant', async () => {
    const { browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    expect((await complete(browser, await world.tenant(), handle, ticket)).status).toBe(401)
  })

  it('does not work while a factor is missing', async () => {
    const { app, browser, handle } = await pendingLogin()
    const ticket = await issueTicket(world.service.deps, handle, { ...ADA, complete: false })
    expect((await complete(browser, app.tenant, handle, ticket)).status).toBe(401)
  })

  it('is not given for a login that is not pending', async () => {
    await expect(issueTicket(world.service.deps, 'unknown', ADA)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('a redirect', () => {
  it.each([
    'https://evil.example.com/',
    `${REDIRECT}/more`,
    `${REDIRECT}?x=1`,
    'https://app.example.com@evil.example.com/callback',
  ])('to the unregistered address %s does not happen', async (redirect_uri) => {
    const app = await openApplication(world)
    const { address } = await newRequest(app, 'openid', { redirect_uri })
    const answer = await new Browser().open(address.href)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('after a logout to an unregistered address does not happen', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const { id_token } = await tokensOf(world, app, 'openid', { browser })
    const form = { id_token_hint: String(id_token), post_logout_redirect_uri: 'https://evil.example.com/' }
    const answer = await browser.open(client.buildEndSessionUrl(app.config, form).href)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it.each(['\\evil.example.com', '/evil.example.com', ''])(
    'by a forged issuer that names the tenant %j does not happen',
    async (tenant) => {
      const hint = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: `${world.url}/${tenant}/oidc` }))}.`
      const answer = await fetch(`${world.url}/v1/logout?id_token_hint=${hint}`, { redirect: 'manual' })
      expect(answer.status).toBe(422)
    },
  )

  it('out of a strange tenant in the path does not happen', async () => {
    const { headers } = await post(world, '/%2Fevil.example.com/oidc/authorize', { client_id: 'web' })
    expect(headers.get('location')).toMatch(/^\/%2F/)
  })

  it('does not follow the Host header', async () => {
    const app = await openApplication(world)
    const headers = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'https' }
    const answer = await world.service.app.inject({
      url: `/${app.tenant}/oidc/.well-known/openid-configuration`,
      headers,
    })
    expect(answer.body).not.toContain('evil.example.com')
  })
})

describe('a locked client', () => {
  async function locked() {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const code = await stolenCode(app)
    await world.service.deps.store.update(CLIENTS, app.tenant, app.clientId, (old) => ({ ...old, is_lock: true }))
    return { app, tokens, code }
  }

  it('starts nothing and fetches nothing', async () => {
    const { app, tokens, code } = await locked()
    const authorize = await new Browser().open((await newRequest(app)).address.href)
    const answers = [
      await token(app.tenant, { ...code, ...own(app) }),
      await token(app.tenant, {
        grant_type: 'refresh_token',
        refresh_token: String(tokens.refresh_token),
        ...own(app),
      }),
      await token(app.tenant, { grant_type: 'client_credentials', ...own(app) }),
      await post(world, `/${app.tenant}/oidc/par`, own(app)),
      await post(world, `/${app.tenant}/oidc/device_authorization`, own(app)),
    ]
    expect([authorize.status, ...answers.map((a) => a.body.error)]).toEqual([400, ...Array(5).fill('invalid_client')])
  })

  it('is not shown to the public; what it has runs out by itself', async () => {
    const { app, tokens } = await locked()
    const shown = await fetch(`${world.url}/v1/login/client?client_id=web&tenant_id=${app.tenant}`)
    expect(shown.status).toBe(404)
    expect((await userinfo(`/${app.tenant}/oidc/userinfo`, tokens.access_token)).status).toBe(200)
  })
})

describe('a client secret', () => {
  it('that is wrong, and the stored hash in its place, are refused', async () => {
    const app = await openApplication(world)
    const stored = await world.service.deps.store.get(CLIENTS, app.tenant, 'web')
    const attempts = ['wrong', String(stored?.secret_hash)].map((client_secret) =>
      token(app.tenant, { grant_type: 'client_credentials', client_id: 'web', client_secret }),
    )
    expect((await Promise.all(attempts)).map((a) => [a.status, a.body.error])).toEqual(
      Array(2).fill([401, 'invalid_client']),
    )
  })
})

describe('a token of a program', () => {
  /** What the claims of a good token are; each attack changes who signs it, and how. */
  const claims = (tenant: string) => ({
    iss: `${world.url}/${tenant}/oidc`,
    aud: `${world.url}/${tenant}/oidc`,
    sub: 'web',
    client_id: 'web',
    scope: 'users:read',
  })
  const users = (tenant: string, text: string) => userinfo(`/v1/tenants/${tenant}/users`, text)
  const signed = (tenant: string, alg: string, key: Parameters<SignJWT['sign']>[0], header = {}) =>
    new SignJWT(claims(tenant))
      .setProtectedHeader({ alg, typ: 'at+jwt', ...header })
      .setExpirationTime('5m')
      .sign(key)

  it('opens the administration of its own tenant within its scopes, and nothing else', async () => {
    const app = await openApplication(world, { allowed_scopes: ['users:read'] })
    const { body } = await token(app.tenant, { grant_type: 'client_credentials', scope: 'users:read', ...own(app) })
    const answers = [await users(app.tenant, body.access_token), await users(await world.tenant(), body.access_token)]
    const clients = await userinfo(`/v1/clients?tenant_id=${app.tenant}`, body.access_token)
    expect([...answers, clients].map((a) => a.status)).toEqual([200, 403, 403])
  })

  it('is refused at once when its key was removed', async () => {
    const app = await openApplication(world, { allowed_scopes: ['users:read'] })
    const { body } = await token(app.tenant, { grant_type: 'client_credentials', scope: 'users:read', ...own(app) })
    const { kid } = decodeProtectedHeader(body.access_token)
    await world.admin('POST', `/v1/tenants/${app.tenant}/keys/rotate`)
    expect((await users(app.tenant, body.access_token)).status).toBe(200)
    await world.admin('DELETE', `/v1/tenants/${app.tenant}/keys/${kid}`)
    expect((await users(app.tenant, body.access_token)).status).toBe(401)
  })

  it('is refused when another tenant signed it', async () => {
    const [app, other] = [await openApplication(world), await openApplication(world)]
    const ring = await openKeyRing(world.service.deps, other.tenant, ['EdDSA'])
    const key = ring.keys.find((k) => k.alg === 'EdDSA')
    expect(
      (await users(app.tenant, await signed(app.tenant, 'EdDSA', key?.privateJwk ?? {}, { kid: key?.kid }))).status,
    ).toBe(401)
  })

  it('is refused when it brings its own key', async () => {
    const app = await openApplication(world)
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
    const forged = await signed(app.tenant, 'EdDSA', privateKey, { jwk: await exportJWK(publicKey) })
    expect((await users(app.tenant, forged)).status).toBe(401)
  })

  it('is refused when the public key serves as a shared secret', async () => {
    const app = await openApplication(world, { sing_alg: 'RS256' })
    const ring = await openKeyRing(world.service.deps, app.tenant, ['RS256'])
    const key = ring.keys.find((k) => k.alg === 'RS256')
    const forged = await signed(app.tenant, 'HS256', new TextEncoder().encode(JSON.stringify(key?.publicJwk)), {
      kid: key?.kid,
    })
    expect((await users(app.tenant, forged)).status).toBe(401)
  })

  it('is refused when nobody signed it', async () => {
    const app = await openApplication(world)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const body = part({ ...claims(app.tenant), exp: Math.floor(Date.now() / 1000) + 300 })
    expect((await users(app.tenant, `${part({ alg: 'none', typ: 'at+jwt' })}.${body}.`)).status).toBe(401)
  })

  it('is refused when it is an ID token', async () => {
    const app = await openApplication(world)
    const { id_token } = await tokensOf(world, app)
    expect((await users(app.tenant, String(id_token))).status).toBe(401)
  })

  it('cannot be signed with the encryption key', async () => {
    const app = await openApplication(world)
    const { publicJwk } = await encryptionKeyOf(world.service.deps, app.tenant)
    expect(publicJwk).toMatchObject({ use: 'enc', kty: 'EC', crv: 'P-256' })
    expect(publicJwk).not.toHaveProperty('d')
  })
})

describe('a token of a person', () => {
  it('gives no right of the administration, whatever scope it has', async () => {
    const app = await openApplication(world, { allowed_scopes: ['users:read'] })
    const { access_token } = await tokensOf(world, app, 'openid users:read')
    const answers = [`/v1/tenants/${app.tenant}/users`, `/v1/api-keys?tenant_id=${app.tenant}`, '/v1/tenants']
    expect(await Promise.all(answers.map(async (p) => (await userinfo(p, access_token)).status))).toEqual([
      403, 403, 403,
    ])
  })

  it('shows the own record and the own keys', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app)
    const me = (await (await userinfo('/v1/userinfo', access_token)).json()) as Record<string, unknown>
    const keys = await (await userinfo('/v1/users/me/keys', access_token)).json()
    expect([me.sub, me.user_id, me.tenant_id, keys]).toEqual(['ada', 'ada', app.tenant, { api_keys: [] }])
  })

  it('is refused in the name of another tenant', async () => {
    const [app, other] = [await openApplication(world), await openApplication(world)]
    const { access_token } = await tokensOf(world, app)
    const renamed = access_token.replace(app.tenant, other.tenant)
    const answers = [
      await userinfo('/v1/userinfo', renamed),
      await userinfo(`/${other.tenant}/oidc/userinfo`, access_token),
    ]
    expect(answers.map((a) => a.status)).toEqual([401, 401])
  })
})

describe('a client registration', () => {
  it('cannot carry more rights than who makes it', async () => {
    const tenant = await world.tenant()
    const key = await world.admin<{ api_key: string }>('POST', '/v1/api-keys', {
      name: 'k',
      scopes: ['clients:write'],
      tenant_id: tenant,
    })
    const headers = { 'x-api-key': key.api_key, 'content-type': 'application/json' }
    const body = {
      client_id: 'c',
      name: 'C',
      tenant_id: tenant,
      allowed_scopes: ['users:write'],
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'client_secret_post',
    }
    const answer = await fetch(`${world.url}/v1/clients`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.status).toBe(403)
  })
})

describe('the session of a browser', () => {
  it('in one tenant is none in another', async () => {
    const [app, other, browser] = [await openApplication(world), await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    expect(await reachLogin(world, browser, (await newRequest(other)).address)).toMatch(/^[\w-]{43}$/)
  })

  it('is kept in a cookie that scripts cannot read', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const before = await reachLogin(world, browser, (await newRequest(app)).address)
    const answer = await completeLogin(world, browser, app.tenant, before)
    expect(answer.headers.getSetCookie().some((c) => c.startsWith('plumbline_session=') && /httponly/i.test(c))).toBe(
      true,
    )
  })
})
