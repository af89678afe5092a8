import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newRequest, OFFLINE, openApplication, tokensOf } from './application.ts'
import { ADA, Browser, completeLogin, reachLogin, signIn, target } from './browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from './world.ts'

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

describe('the code flow with openid-client', () => {
  it.each(['EdDSA', 'RS256'])('gives an ID token signed with %s, and userinfo with sub', async (sing_alg) => {
    const app = await openApplication(world, { sing_alg })
    const tokens = await tokensOf(world, app, 'openid profile email')
    expect(tokens.claims()).toMatchObject({ sub: 'ada', amr: ['pin'], acr: 'urn:plumbline:acr:single-factor' })
    const info = await client.fetchUserInfo(app.config, tokens.access_token, 'ada')
    expect(info).toMatchObject({
      sub: 'ada',
      preferred_username: 'ada',
      email: 'ada@example.com',
      email_verified: true,
    })
  })

  it('works for a public client with PKCE', async () => {
    const tokens = await tokensOf(world, await openApplication(world, { client_type: 'public' }))
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('says which kinds of factors were used', async () => {
    const app = await openApplication(world)
    const { address, checks } = await newRequest(app)
    const login = { ...ADA, methods: ['pin', 'pattern', 'passkey'] } as const
    const back = await signIn(world, new Browser(), app.tenant, address, login)
    const tokens = await client.authorizationCodeGrant(app.config, back, checks)
    expect(tokens.claims()).toMatchObject({ amr: ['pin', 'pop', 'mfa'], acr: 'urn:plumbline:acr:multi-factor' })
  })

  it('grants the scopes of the registration and drops others', async () => {
    const tokens = await tokensOf(world, await openApplication(world), 'openid orders:read orders:write')
    expect(tokens.scope).toBe('openid orders:read')
  })

  it('keeps e-mail and profile from an application that did not ask for them', async () => {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid')
    expect(await client.fetchUserInfo(app.config, tokens.access_token, 'ada')).toEqual({ sub: 'ada' })
  })

  it('rotates refresh tokens', async () => {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    const fresh = await client.refreshTokenGrant(app.config, String(tokens.refresh_token))
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token)
    expect(fresh.claims()?.sub).toBe('ada')
  })

  it('ends the family of a refresh token that comes back', async () => {
    const { config, ...app } = await openApplication(world)
    const { refresh_token = '' } = await tokensOf(world, { config, ...app }, 'openid offline_access', OFFLINE)
    const fresh = await client.refreshTokenGrant(config, refresh_token)
    ahead += 11_000
    for (const token of [refresh_token, String(fresh.refresh_token)])
      await expect(client.refreshTokenGrant(config, token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('takes a pushed authorization request', async () => {
    const { tenant, config } = await openApplication(world)
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const address = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const back = await signIn(world, new Browser(), tenant, address)
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier })
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('takes an authorization request by POST', async () => {
    const app = await openApplication(world)
    const { address } = await newRequest(app)
    const browser = new Browser()
    const endpoint = `${address.origin}${address.pathname}`
    const answer = await browser.open(endpoint, { method: 'POST', body: address.searchParams })
    expect(answer.status).toBe(303)
    expect(await reachLogin(world, browser, target(answer, world.url))).toMatch(/^[\w-]{43}$/)
  })

  it('signs in to a second application without another login', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    const other = await openApplication(world, { client_id: 'other' }, app.tenant)
    const { address, checks } = await newRequest(other)
    const back = target(await browser.open(address.href), world.url)
    const tokens = await client.authorizationCodeGrant(other.config, back, checks)
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('tells an application that asks without a login that one is needed', async () => {
    const app = await openApplication(world)
    const { address } = await newRequest(app, 'openid', { prompt: 'none' })
    const back = target(await new Browser().open(address.href), world.url)
    expect([back.origin + back.pathname, back.searchParams.get('error')]).toEqual([REDIRECT, 'login_required'])
  })

  it('demands a new login when the last one is too old for the application', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    await tokensOf(world, app, 'openid', { browser })
    const { address } = await newRequest(app, 'openid', { prompt: 'login' })
    expect(await reachLogin(world, browser, address)).toMatch(/^[\w-]{43}$/)
  })

  it('lets two tabs of one browser sign in at the same time', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const first = await reachLogin(world, browser, (await newRequest(app)).address)
    await reachLogin(world, browser, (await newRequest(app)).address)
    const back = target(await completeLogin(world, browser, app.tenant, first), world.url)
    expect(back.searchParams.get('code')).toMatch(/.{20}/)
  })
})

describe('a login that is cancelled', () => {
  it('comes back to the application as access_denied', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const handle = await reachLogin(world, browser, (await newRequest(app)).address)
    const resumed = await browser.open(`${world.url}/${app.tenant}/oidc/cancel?auth_req_id=${handle}`)
    const back = target(await browser.open(target(resumed, world.url).href), world.url)
    expect([back.origin + back.pathname, back.searchParams.get('error')]).toEqual([REDIRECT, 'access_denied'])
  })
})
