import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encryptionKeyOf, openKeyRing } from '../../../identity/oidc/keys.ts'
import { openApplication, own, tokensOf } from '../oidc/application.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { thiefOf } from './thief.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

const { token, userinfo } = thiefOf(() => world)

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
