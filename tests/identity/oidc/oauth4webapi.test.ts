import { compactVerify, createRemoteJWKSet, decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEY_LEAD } from '../../../identity/oidc/lifetimes.ts'
import { Browser, completeLogin, signIn, target } from './browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from './world.ts'

const INSECURE = { [oauth.allowInsecureRequests]: true }

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

async function discovered(tenant: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(`${world.url}/${tenant}/oidc`)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, INSECURE))
}

/** A registered client with what it discovered. */
async function openClient(input: Readonly<Record<string, unknown>> = {}) {
  const tenant = await world.tenant()
  const { client_secret } = await world.client(tenant, input)
  const as = await discovered(tenant)
  const me: oauth.Client = { client_id: 'web', id_token_signed_response_alg: (input.sing_alg as string) ?? 'EdDSA' }
  return { tenant, as, me, auth: oauth.ClientSecretPost(client_secret) }
}
type Opened = Awaited<ReturnType<typeof openClient>>

async function newRequest(scope: string) {
  const [verifier, state, nonce] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ]
  const code_challenge = await oauth.calculatePKCECodeChallenge(verifier)
  const asked = { response_type: 'code', redirect_uri: REDIRECT, scope, state, nonce, prompt: 'consent' }
  const form = new URLSearchParams({ client_id: 'web', ...asked, code_challenge, code_challenge_method: 'S256' })
  return { form, verifier, state, nonce }
}
type Asked = Awaited<ReturnType<typeof newRequest>>

/** Redeems the code with which the browser came back. */
async function redeem({ as, me, auth }: Opened, { verifier, state, nonce }: Asked, back: URL, more: object = {}) {
  const params = oauth.validateAuthResponse(as, me, back, state)
  const options = { ...INSECURE, ...more }
  const answer = await oauth.authorizationCodeGrantRequest(as, me, auth, params, REDIRECT, verifier, options)
  const tokens = await oauth.processAuthorizationCodeResponse(as, me, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, answer, INSECURE)
  return tokens
}

/** The whole code flow of ada. */
async function tokensOf(opened: Opened, { scope = 'openid', browser = new Browser(), more = {} } = {}) {
  const asked = await newRequest(scope)
  const address = `${opened.as.authorization_endpoint}?${asked.form}`
  return redeem(opened, asked, await signIn(world, browser, opened.tenant, address), more)
}

const OFFLINE = { scope: 'openid offline_access' }

async function refresh({ as, me, auth }: Opened, token: string | undefined) {
  const answer = await oauth.refreshTokenGrantRequest(as, me, auth, String(token), INSECURE)
  return oauth.processRefreshTokenResponse(as, me, answer)
}

async function introspect({ as, me, auth }: Opened, token: string) {
  const answer = await oauth.introspectionRequest(as, me, auth, token, INSECURE)
  return oauth.processIntrospectionResponse(as, me, answer)
}

const INVALID_GRANT = { error: 'invalid_grant' }

describe('oauth4webapi', () => {
  it.each(['EdDSA', 'RS256'])(
    'runs the code flow with PKCE and checks an ID token signed with %s',
    async (sing_alg) => {
      const opened = await openClient({ sing_alg })
      const tokens = await tokensOf(opened)
      const answer = await oauth.userInfoRequest(opened.as, opened.me, tokens.access_token, INSECURE)
      const info = await oauth.processUserInfoResponse(opened.as, opened.me, 'ada', answer)
      expect([oauth.getValidatedIdTokenClaims(tokens)?.sub, info.sub]).toEqual(['ada', 'ada'])
    },
  )

  it('refreshes once with each token; a second use ends the family', async () => {
    const opened = await openClient()
    const first = await tokensOf(opened, OFFLINE)
    const second = await refresh(opened, first.refresh_token)
    ahead += 11_000
    await expect(refresh(opened, first.refresh_token)).rejects.toMatchObject(INVALID_GRANT)
    await expect(refresh(opened, second.refresh_token)).rejects.toMatchObject(INVALID_GRANT)
  })

  it('pushes an authorization request', async () => {
    const opened = await openClient()
    const { as, me, auth, tenant } = opened
    const asked = await newRequest('openid')
    const pushed = await oauth.pushedAuthorizationRequest(as, me, auth, asked.form, INSECURE)
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, me, pushed)
    const query = new URLSearchParams({ client_id: 'web', request_uri })
    const back = await signIn(world, new Browser(), tenant, `${as.authorization_endpoint}?${query}`)
    expect(oauth.getValidatedIdTokenClaims(await redeem(opened, asked, back))?.sub).toBe('ada')
  })

  it('runs the device flow', async () => {
    const { as, me, auth, tenant } = await openClient()
    const begun = await oauth.deviceAuthorizationRequest(
      as,
      me,
      auth,
      new URLSearchParams({ scope: 'openid' }),
      INSECURE,
    )
    const device = await oauth.processDeviceAuthorizationResponse(as, me, begun)
    const browser = new Browser()
    const confirm = await browser.submit(await browser.open(device.verification_uri), { user_code: device.user_code })
    const login = target(await browser.submit(confirm), world.url).searchParams.get('auth_req_id') ?? ''
    await completeLogin(world, browser, tenant, login)
    const answer = await oauth.deviceCodeGrantRequest(as, me, auth, device.device_code, INSECURE)
    const tokens = await oauth.processDeviceCodeResponse(as, me, answer)
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('ada')
  })

  it('binds a token to its key with DPoP', async () => {
    const opened = await openClient()
    const DPoP = oauth.DPoP(opened.me, await oauth.generateKeyPair('ES256'))
    const tokens = await tokensOf(opened, { more: { DPoP } })
    const url = new URL(String(opened.as.userinfo_endpoint))
    const options = { ...INSECURE, DPoP }
    const answer = await oauth.protectedResourceRequest(tokens.access_token, 'GET', url, undefined, undefined, options)
    expect([tokens.token_type, await answer.json()]).toEqual(['dpop', { sub: 'ada' }])
  })

  it('introspects a token, and revokes it', async () => {
    const opened = await openClient()
    const { access_token } = await tokensOf(opened)
    expect(await introspect(opened, access_token)).toMatchObject({ active: true, sub: 'ada', client_id: 'web' })
    const { as, me, auth } = opened
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, me, auth, access_token, INSECURE))
    expect(await introspect(opened, access_token)).toMatchObject({ active: false })
  })
})

describe('a key rotation', () => {
  it.each(['EdDSA', 'RS256'])('of %s keys goes by without a failed login', async (sing_alg) => {
    const opened = await openClient({ sing_alg })
    const login = async (as = opened.as) => String((await tokensOf({ ...opened, as })).id_token)
    const before = await login()
    await world.admin('POST', `/v1/tenants/${opened.tenant}/keys/rotate`)
    const meanwhile = await login()
    ahead += (KEY_LEAD + 61) * 1000
    // By now a relying party has read the keys again, as this one does.
    const after = await login(await discovered(opened.tenant))
    const [first, second, third] = [before, meanwhile, after].map((token) => decodeProtectedHeader(token).kid)
    expect([second === first, third === first]).toEqual([true, false])
    const published = createRemoteJWKSet(new URL(String(opened.as.jwks_uri)))
    await expect(compactVerify(before, published)).resolves.toBeDefined()
  })
})
