import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Login } from '../../../identity/oidc/login-ticket.ts'
import { type Application, newRequest, OFFLINE, openApplication, own, post, tokensOf } from './application.ts'
import { ADA, Browser, completeLogin, reachLogin, signIn, target } from './browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from './world.ts'

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

const bob = (tenant: string) =>
  world.admin('POST', `/v1/tenants/${tenant}/users`, {
    user_id: 'bob',
    username: 'bob',
    email: 'bob@example.com',
    tenant_id: tenant,
  })
const BOB = { userId: 'bob', methods: ['pin'], complete: true } as const

/** Signs in as another person than the browser's session is of: the session ends first, by a form that submits itself. */
async function signInInstead(app: Application, browser: Browser, address: URL, login: Login): Promise<URL> {
  const page = await completeLogin(world, browser, app.tenant, await reachLogin(world, browser, address), login)
  const ended = await browser.submit(page)
  return target(await browser.open(target(ended, world.url).href), world.url)
}

describe('a hint of who is expected (OpenID Connect Core, section 3.1.2.1)', () => {
  it('ends in login_required when somebody else signs in', async () => {
    const app = await openApplication(world)
    await bob(app.tenant)
    const { id_token } = await tokensOf(world, app)
    const { address } = await newRequest(app, 'openid', { id_token_hint: String(id_token) })
    const back = await signIn(world, new Browser(), app.tenant, address, BOB)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'login_required' })
    expect(back.searchParams.get('code')).toBeNull()
  })

  it('lets the expected person pass, also when another one was signed in', async () => {
    const app = await openApplication(world)
    await bob(app.tenant)
    const { id_token } = await tokensOf(world, app)
    const browser = new Browser()
    await tokensOf(world, app, 'openid', { browser, login: BOB })
    const { address, checks } = await newRequest(app, 'openid', { id_token_hint: String(id_token) })
    const back = await signInInstead(app, browser, address, ADA)
    expect((await client.authorizationCodeGrant(app.config, back, checks)).claims()?.sub).toBe('ada')
  })
})

describe('scopes', () => {
  it('of a program that it may not have are refused with invalid_scope', async () => {
    const app = await openApplication(world)
    const form = { grant_type: 'client_credentials', scope: 'orders:read users:write', ...own(app) }
    const { status, body } = await post(world, `/${app.tenant}/oidc/token`, form)
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  it('of a person that the client may not have are left out, and the answer says which are there', async () => {
    const app = await openApplication(world)
    expect((await tokensOf(world, app, 'openid orders:read users:write')).scope).toBe('openid orders:read')
  })
})

describe('a token of a program', () => {
  const machine = async (input: object = {}) => {
    const app = await openApplication(world, { allowed_scopes: ['users:read'], ...input })
    const { access_token } = await client.clientCredentialsGrant(app.config, { scope: 'users:read' })
    const list = () =>
      fetch(`${world.url}/v1/tenants/${app.tenant}/users`, { headers: { authorization: `Bearer ${access_token}` } })
    return { app, access_token, list }
  }

  it.each(['EdDSA', 'RS256'])('signed with %s can be introspected and revoked', async (sing_alg) => {
    const { app, access_token, list } = await machine({ sing_alg })
    expect(await client.tokenIntrospection(app.config, access_token)).toMatchObject({
      active: true,
      client_id: 'web',
      scope: 'users:read',
      token_type: 'Bearer',
    })
    expect((await list()).status).toBe(200)
    await client.tokenRevocation(app.config, access_token)
    expect(await client.tokenIntrospection(app.config, access_token)).toEqual({ active: false })
    expect((await list()).status).toBe(401)
  })

  it('is not taken back by another client', async () => {
    const { app, access_token, list } = await machine()
    const other = await openApplication(world, { client_id: 'other' }, app.tenant)
    await client.tokenRevocation(other.config, access_token)
    expect((await list()).status).toBe(200)
  })

  it('of another tenant, or one that was changed, is told as not active', async () => {
    const { access_token } = await machine()
    const { app } = await machine()
    for (const token of [access_token, `${access_token.slice(0, -4)}AAAA`, 'a.b.c'])
      expect(await client.tokenIntrospection(app.config, token)).toEqual({ active: false })
  })

  it('is found by nobody who names its id', async () => {
    const { app, access_token } = await machine()
    const { jti } = JSON.parse(Buffer.from(String(access_token.split('.')[1]), 'base64url').toString())
    expect(await client.tokenIntrospection(app.config, jti)).toEqual({ active: false })
  })
})

describe('two tabs that refresh at once', () => {
  it('get the same successor, and both live', async () => {
    const app = await openApplication(world)
    const { refresh_token = '' } = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const tabs = await Promise.all([1, 2, 3].map(() => client.refreshTokenGrant(app.config, refresh_token)))
    const successors = tabs.map((tab) => String(tab.refresh_token))
    expect(new Set(successors).size).toBe(1)
    expect(successors[0]).not.toBe(refresh_token)
    for (const { access_token } of tabs)
      expect(await client.fetchUserInfo(app.config, access_token, 'ada')).toEqual({ sub: 'ada' })
    ahead += 11_000
    expect((await client.refreshTokenGrant(app.config, String(successors[0]))).access_token).toBeDefined()
  })

  it('are told apart from a thief by the time', async () => {
    const app = await openApplication(world)
    const { refresh_token = '' } = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const fresh = await client.refreshTokenGrant(app.config, refresh_token)
    ahead += 11_000
    for (const token of [refresh_token, String(fresh.refresh_token)])
      await expect(client.refreshTokenGrant(app.config, token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('claims from the directory', () => {
  const PERSON = {
    userName: 'ada',
    externalId: 'x',
    displayName: 'Ada Lovelace',
    name: { givenName: 'Augusta', middleName: 'Ada', familyName: 'King' },
    nickName: 'Ada',
    profileUrl: 'https://example.com/ada',
    photos: [{ value: 'https://example.com/ada.png', type: 'photo' }],
    timezone: 'Europe/London',
    locale: 'en-GB',
    emails: [{ value: 'ada@example.com', primary: true }],
    phoneNumbers: [{ value: '+44 1' }, { value: '+44 2', primary: true }],
    addresses: [{ streetAddress: '12 St James’s Square', locality: 'London', postalCode: 'SW1', country: 'GB' }],
    roles: [{ value: 'editor' }],
  }
  const claimsFor = async (scope: string) => {
    const app = await openApplication(world)
    await world.admin('PUT', `/scim/v2/${app.tenant}/Users/ada`, PERSON)
    for (const displayName of ['Writers', 'Analysts'])
      await world.admin('POST', `/scim/v2/${app.tenant}/Groups`, { displayName, members: [{ value: 'ada' }] })
    const { access_token } = await tokensOf(world, app, scope)
    return client.fetchUserInfo(app.config, access_token, 'ada')
  }

  it('are released scope by scope', async () => {
    const { updated_at, ...profile } = await claimsFor('openid profile')
    expect(updated_at).toEqual(expect.any(Number))
    expect(profile).toEqual({
      sub: 'ada',
      name: 'Ada Lovelace',
      given_name: 'Augusta',
      middle_name: 'Ada',
      family_name: 'King',
      nickname: 'Ada',
      preferred_username: 'ada',
      profile: 'https://example.com/ada',
      picture: 'https://example.com/ada.png',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
    })
    expect(await claimsFor('openid phone address roles groups')).toEqual({
      sub: 'ada',
      phone_number: '+44 2',
      phone_number_verified: false,
      address: { street_address: '12 St James’s Square', locality: 'London', postal_code: 'SW1', country: 'GB' },
      roles: ['editor'],
      groups: ['Analysts', 'Writers'],
    })
  })

  it('are none for who has none', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app, 'openid phone address roles groups')
    expect(await client.fetchUserInfo(app.config, access_token, 'ada')).toEqual({ sub: 'ada', roles: [], groups: [] })
  })
})

describe('the documents of a provider', () => {
  it.each([
    (tenant: string) => `/.well-known/oauth-authorization-server/${tenant}/oidc`,
    (tenant: string) => `/${tenant}/oidc/.well-known/oauth-authorization-server`,
  ])('are found where RFC 8414 looks for them', async (path) => {
    const tenant = await world.tenant()
    const answer = await fetch(world.url + path(tenant))
    expect(await answer.json()).toMatchObject({ issuer: `${world.url}/${tenant}/oidc` })
  })

  it.each(['.well-known/openid-configuration', 'jwks'])(
    'may be kept, and asked for again by their tag: %s',
    async (path) => {
      const url = `${world.url}/${await world.tenant()}/oidc/${path}`
      const first = await fetch(url)
      expect(first.headers.get('cache-control')).toBe('public, max-age=300')
      const etag = String(first.headers.get('etag'))
      const again = await fetch(url, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    },
  )
})

describe('a request that an application', () => {
  it('makes with prompt=select_account leads to the login page, whoever is signed in', async () => {
    const app = await openApplication(world)
    await bob(app.tenant)
    const browser = new Browser()
    await tokensOf(world, app, 'openid', { browser })
    const same = await newRequest(app, 'openid', { prompt: 'select_account' })
    const back = await signIn(world, browser, app.tenant, same.address)
    expect((await client.authorizationCodeGrant(app.config, back, same.checks)).claims()?.sub).toBe('ada')
    const other = await newRequest(app, 'openid', { prompt: 'select_account' })
    const instead = await signInInstead(app, browser, other.address, BOB)
    expect((await client.authorizationCodeGrant(app.config, instead, other.checks)).claims()?.sub).toBe('bob')
  })

  it('posts gets into no address', async () => {
    const app = await openApplication(world)
    const { address, checks } = await newRequest(app, 'openid', { login_hint: 'ada@example.com' })
    const [browser, body] = [new Browser(), address.searchParams]
    const posted = await browser.open(`${world.url}${address.pathname}`, { method: 'POST', body })
    const next = target(posted, world.url)
    expect([posted.status, [...next.searchParams.keys()]]).toEqual([303, ['posted']])
    const handle = await reachLogin(world, browser, next)
    const back = target(await completeLogin(world, browser, app.tenant, handle), world.url)
    expect((await client.authorizationCodeGrant(app.config, back, checks)).claims()?.sub).toBe('ada')
  })

  it('posts is forgotten after a minute', async () => {
    const app = await openApplication(world)
    const { address } = await newRequest(app)
    const posted = await post(world, address.pathname, Object.fromEntries(address.searchParams))
    ahead += 61_000
    expect((await fetch(target({ headers: posted.headers } as Response, world.url))).status).toBe(400)
  })

  it('makes with response_mode=form_post is answered by a form', async () => {
    const app = await openApplication(world)
    const { address, checks } = await newRequest(app, 'openid', { response_mode: 'form_post' })
    const browser = new Browser()
    const page = await completeLogin(world, browser, app.tenant, await reachLogin(world, browser, address))
    const html = await page.text()
    const fields = [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, n, v]) => [n, v] as [string, string])
    const body = new URLSearchParams(fields)
    const sent = new Request(REDIRECT, { method: 'POST', body })
    expect((await client.authorizationCodeGrant(app.config, sent, checks)).claims()?.sub).toBe('ada')
  })

  it.each([
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['the address of one', { request_uri: 'https://app.example.com/request.jwt' }, 'request_uri_not_supported'],
  ])(
    'makes with %s is told that none is taken (OpenID Connect Core, section 6), in the mode that it asked for',
    async (_, more, error) => {
      const app = await openApplication(world)
      const { address } = await newRequest(app, 'openid', { ...more })
      const back = target(await fetch(address, { redirect: 'manual' }), world.url)
      expect([back.origin + back.pathname, back.searchParams.get('error')]).toEqual([REDIRECT, error])
      address.searchParams.set('response_mode', 'form_post')
      const html = await (await fetch(address)).text()
      expect(html).toContain(`name="error" value="${error}"`)
      const pushed = { ...Object.fromEntries(address.searchParams), ...own(app) }
      expect((await post(world, `/${app.tenant}/oidc/par`, pushed)).body).toEqual({ error })
      address.searchParams.set('redirect_uri', 'https://evil.example/')
      const stray = await fetch(address, { redirect: 'manual' })
      expect([stray.status, stray.headers.get('location')]).toEqual([400, null])
    },
  )
})

describe('what anybody may ask', () => {
  it('is short', async () => {
    const app = await openApplication(world)
    const { address } = await newRequest(app, 'openid', { state: 'x'.repeat(9000) })
    expect((await fetch(address)).status).toBe(413)
  })

  it('is asked 120 times a minute from one address, and then with a pause', async () => {
    const app = await openApplication(world)
    const { pathname, search } = (await newRequest(app)).address
    const ask = () =>
      world.service.app.inject({ url: `${pathname}${search}`, remoteAddress: '203.0.113.7' }).then((a) => a)
    const statuses = []
    for (let n = 0; n < 121; n++) statuses.push((await ask()).statusCode)
    expect([new Set(statuses.slice(0, 120)), statuses[120]]).toEqual([new Set([303]), 429])
    expect(Number((await ask()).headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('a device that asks', () => {
  it('too often is told to slow down, more each time', async () => {
    const app = await openApplication(world)
    const { device_code } = await client.initiateDeviceAuthorization(app.config, { scope: 'openid' })
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const ask = async (seconds: number) => {
      ahead += seconds * 1000
      return (await post(world, `/${app.tenant}/oidc/token`, { grant_type, device_code, ...own(app) })).body.error
    }
    const [pending, slow] = ['authorization_pending', 'slow_down']
    expect([await ask(0), await ask(1), await ask(6), await ask(16), await ask(16)]).toEqual([
      pending,
      slow,
      slow,
      pending,
      pending,
    ])
  })
})

describe('a refusal', () => {
  it('of credentials names how a client may authenticate', async () => {
    const { tenant } = await openApplication(world)
    const form = { grant_type: 'client_credentials', client_id: 'web', client_secret: 'wrong' }
    const { status, headers } = await post(world, `/${tenant}/oidc/token`, form)
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="plumbline"'])
  })
})
