import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OFFLINE, openApplication, own, post, tokensOf } from './application.ts'
import { Browser, completeLogin, target } from './browser.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

const INSECURE = { [oauth.allowInsecureRequests]: true }

/** The tenant's authorization server as oauth4webapi sees it. */
async function discovered(tenant: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(`${world.url}/${tenant}/oidc`)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, INSECURE))
}

describe('client credentials', () => {
  it.each(['EdDSA', 'RS256'])(
    'give a stateless token signed with %s for the services of the tenant',
    async (sing_alg) => {
      const app = await openApplication(world, { sing_alg })
      const as = await discovered(app.tenant)
      const me = { client_id: app.clientId }
      const form = new URLSearchParams({ scope: 'orders:read' })
      const auth = oauth.ClientSecretPost(app.secret)
      const answer = await oauth.clientCredentialsGrantRequest(as, me, auth, form, INSECURE)
      const { access_token } = await oauth.processClientCredentialsResponse(as, me, answer)
      const request = new Request('https://orders.example.com/', {
        headers: { authorization: `Bearer ${access_token}` },
      })
      const claims = await oauth.validateJwtAccessToken(as, request, as.issuer, INSECURE)
      expect(claims).toMatchObject({ sub: 'web', client_id: 'web', scope: 'orders:read', iss: as.issuer })
    },
  )

  it('are given to openid-client, too', async () => {
    const { config } = await openApplication(world)
    const tokens = await client.clientCredentialsGrant(config, { scope: 'orders:read' })
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'orders:read' })
  })

  it('are refused to a public client', async () => {
    const app = await openApplication(world, { client_type: 'public' })
    const form = { grant_type: 'client_credentials', client_id: app.clientId }
    const { status, body } = await post(world, `/${app.tenant}/oidc/token`, form)
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('the three addresses of the token endpoint', () => {
  it('give a token each', async () => {
    const app = await openApplication(world)
    const form = { grant_type: 'client_credentials', ...own(app) }
    const answers = [
      await post(world, `/${app.tenant}/oidc/token`, form),
      await post(world, `/v1/tenants/${app.tenant}/token`, form),
      await post(world, '/v1/token', { ...form, tenant_id: app.tenant }),
    ]
    expect(answers.map((a) => [a.status, a.body.token_type])).toEqual(Array(3).fill([200, 'Bearer']))
  })

  it('answers in the form of RFC 6749 when no tenant is named', async () => {
    const { status, body } = await post(world, '/v1/token', { grant_type: 'client_credentials', client_id: 'web' })
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('the device flow with openid-client', () => {
  it('gives the device a token after a person confirmed its code', async () => {
    const app = await openApplication(world)
    const device = await client.initiateDeviceAuthorization(app.config, { scope: 'openid' })
    const browser = new Browser()
    const confirm = await browser.submit(await browser.open(device.verification_uri), { user_code: device.user_code })
    const login = target(await browser.submit(confirm), world.url).searchParams.get('auth_req_id') ?? ''
    const done = await completeLogin(world, browser, app.tenant, login)
    expect(await done.text()).toContain('The device is connected')
    const tokens = await client.pollDeviceAuthorizationGrant(app.config, { ...device, interval: 0.01 })
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('tells the device to wait until then', async () => {
    const app = await openApplication(world)
    const { device_code } = await client.initiateDeviceAuthorization(app.config, { scope: 'openid' })
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const { body } = await post(world, `/${app.tenant}/oidc/token`, { grant_type, device_code, ...own(app) })
    expect(body.error).toBe('authorization_pending')
  })
})

describe('DPoP with openid-client', () => {
  it('binds the access token to the key of the application', async () => {
    const app = await openApplication(world)
    const DPoP = client.getDPoPHandle(app.config, await client.randomDPoPKeyPair())
    const tokens = await tokensOf(world, app, 'openid', { options: { DPoP } })
    expect(tokens.token_type).toBe('dpop')
    expect(await client.fetchUserInfo(app.config, tokens.access_token, 'ada', { DPoP })).toEqual({ sub: 'ada' })
  })

  it('makes the token useless without the key', async () => {
    const app = await openApplication(world)
    const DPoP = client.getDPoPHandle(app.config, await client.randomDPoPKeyPair())
    const { access_token } = await tokensOf(world, app, 'openid', { options: { DPoP } })
    const headers = { authorization: `Bearer ${access_token}` }
    const statuses = [`/${app.tenant}/oidc/userinfo`, '/v1/userinfo'].map(
      async (p) => (await fetch(world.url + p, { headers })).status,
    )
    expect(await Promise.all(statuses)).toEqual([401, 401])
  })
})

describe('introspection and revocation with openid-client', () => {
  it('tell a resource server that a token is good, and that it is not after its revocation', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app, 'openid orders:read')
    const before = await client.tokenIntrospection(app.config, access_token)
    await client.tokenRevocation(app.config, access_token)
    const after = await client.tokenIntrospection(app.config, access_token)
    expect(before).toMatchObject({ active: true, sub: 'ada', scope: 'openid orders:read', client_id: 'web' })
    expect(after).toEqual({ active: false })
  })

  it('end the whole grant when a refresh token is revoked', async () => {
    const app = await openApplication(world)
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    await client.tokenRevocation(app.config, String(tokens.refresh_token))
    expect(await client.tokenIntrospection(app.config, tokens.access_token)).toEqual({ active: false })
  })
})

describe('logout', () => {
  const AFTER = 'https://app.example.com/bye'
  const leaving = { post_logout_redirect_uri: [AFTER] }

  it('asks the person, ends the session and its tokens, and goes back to the registered address', async () => {
    const app = await openApplication(world, leaving)
    const browser = new Browser()
    const tokens = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, browser })
    const address = client.buildEndSessionUrl(app.config, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: AFTER,
      state: 'st',
    })
    const back = await browser.submit(await browser.open(address.href), { logout: 'yes' })
    expect([back.status, back.headers.get('location')]).toEqual([303, `${AFTER}?state=st`])
    expect(await client.tokenIntrospection(app.config, tokens.access_token)).toEqual({ active: false })
    await expect(client.refreshTokenGrant(app.config, String(tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it.each(['GET', 'POST'])('by %s /v1/logout reaches the tenant that the ID token names', async (method) => {
    const app = await openApplication(world, leaving)
    const browser = new Browser()
    const { id_token } = await tokensOf(world, app, 'openid', { browser })
    const form = new URLSearchParams({ id_token_hint: String(id_token) })
    const address = `${world.url}/v1/logout`
    const answer =
      method === 'GET' ? await browser.open(`${address}?${form}`) : await browser.open(address, { method, body: form })
    expect(target(answer, world.url).pathname).toBe(`/${app.tenant}/oidc/logout`)
  })
})
