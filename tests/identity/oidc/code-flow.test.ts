import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, signIn } from './browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from './world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

/** An application's view of a fresh tenant and client. */
async function application(input: Readonly<Record<string, unknown>> = {}) {
  const tenant = await world.tenant()
  const { client_id, client_secret } = await world.client(tenant, input)
  const issuer = new URL(`${world.url}/${tenant}/oidc`)
  const auth = client_secret === null ? client.None() : client.ClientSecretPost(client_secret)
  const metadata = { id_token_signed_response_alg: (input.sing_alg as string) ?? 'EdDSA' }
  const config = await client.discovery(issuer, client_id, metadata, auth, { execute: [client.allowInsecureRequests] })
  return { tenant, config }
}

async function authorized(
  config: client.Configuration,
  tenant: string,
  scope: string,
  extra: Record<string, string> = {},
) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...extra,
  })
  const back = await signIn(world, new Browser(), tenant, address)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  return client.authorizationCodeGrant(config, back, checks)
}

describe('the code flow with openid-client', () => {
  it.each(['EdDSA', 'RS256'])('gives a user an ID token signed with %s, and userinfo with sub', async (sing_alg) => {
    const { tenant, config } = await application({ sing_alg })
    const tokens = await authorized(config, tenant, 'openid profile email')
    expect(tokens.claims()).toMatchObject({ sub: 'ada', amr: ['pin'], acr: 'urn:plumbline:acr:single-factor' })
    const info = await client.fetchUserInfo(config, tokens.access_token, 'ada')
    expect(info).toMatchObject({
      sub: 'ada',
      preferred_username: 'ada',
      email: 'ada@example.com',
      email_verified: true,
    })
  })

  it('works for a public client with PKCE', async () => {
    const { tenant, config } = await application({ client_type: 'public' })
    const tokens = await authorized(config, tenant, 'openid')
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('grants the scopes of the registration and drops others', async () => {
    const { tenant, config } = await application()
    const tokens = await authorized(config, tenant, 'openid orders:read orders:write')
    expect(tokens.scope).toBe('openid orders:read')
  })

  it('rotates refresh tokens', async () => {
    const { tenant, config } = await application()
    const tokens = await authorized(config, tenant, 'openid offline_access', { prompt: 'consent' })
    const fresh = await client.refreshTokenGrant(config, String(tokens.refresh_token))
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token)
    expect(fresh.claims()?.sub).toBe('ada')
  })

  it('takes a pushed authorization request', async () => {
    const { tenant, config } = await application()
    const verifier = client.randomPKCECodeVerifier()
    const address = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const back = await signIn(world, new Browser(), tenant, address)
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier })
    expect(tokens.claims()?.sub).toBe('ada')
  })
})
