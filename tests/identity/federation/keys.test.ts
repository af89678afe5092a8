import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeUser } from '../../../identity/accounts/user-removal.ts'
import { scopeOf } from '../../../identity/directory/organizations.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { openKeyRing, removeKey, rotateKeys } from '../../../identity/oidc/keys.ts'
import { Browser, target } from '../oidc/browser.ts'
import { type LibraryProvider, openLibraryProvider } from './library-provider.ts'
import {
  AFTER,
  claimsOf,
  events,
  type FederationWorld,
  openFederationWorld,
  press,
  signOut,
  TENANT,
  tokensOf,
  waitAt,
} from './world.ts'

const SECRET = 'a-secret-of-forty-characters-and-more-00'
const ENCRYPTED = {
  id_token_encrypted_response_alg: 'RSA-OAEP-256',
  id_token_encrypted_response_enc: 'A128CBC-HS256',
  userinfo_signed_response_alg: 'RS256',
  userinfo_encrypted_response_alg: 'RSA-OAEP-256',
  userinfo_encrypted_response_enc: 'A128CBC-HS256',
} as const

describe('keys at a provider of another library', () => {
  let world: FederationWorld
  let provider: LibraryProvider
  let id: string
  beforeAll(async () => {
    world = await openFederationWorld()
    provider = await openLibraryProvider()
    await add({})
    id = String((await world.methods()).Library)
    await secretIs(SECRET)
  })
  afterAll(async () => {
    provider?.close()
    await world?.close()
  })

  const secretIs = (client_secret: string) =>
    world.here.admin('PUT', `/v1/organizations/acme/login-methods/${id}/client-secret`, { client_secret })
  const add = (block: object, method: object = {}) =>
    world.add({
      ...(id === undefined ? {} : { id }),
      type: 'OPEN_ID_CONNECT',
      name: 'Library',
      enabled: true,
      authentication_level: 1,
      open_id_connect_attributes: {
        client_id: 'acme',
        discovery_url: `${provider.url}/.well-known/openid-configuration`,
        client_authentication_method: 'PRIVATE_KEY_JWT',
        id_token_encryption_required: false,
        user_info_encryption_required: false,
        ...block,
      },
      ...method,
    })
  /** Registers the client there with what `GET …/login-methods` says. */
  const register = async (more: object, method = id) => {
    const path = '/v1/organizations/acme/login-methods'
    interface Listed {
      readonly login_methods: readonly { id: string; redirect_uris: string[]; jwks_uri: string }[]
    }
    const { login_methods } = await world.here.admin<Listed>('GET', path)
    const { redirect_uris = [], jwks_uri = '' } = login_methods.find((m) => m.id === method) ?? {}
    provider.client({
      client_id: 'acme',
      redirect_uris,
      jwks_uri,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      ...more,
    })
  }
  /** From the button to the page after the return. */
  const visit = async (method = id) => {
    const waiting = await waitAt(world)
    let answer = await press(world, waiting, method)
    const there = new Browser()
    while (answer.headers.has('location') && target(answer, provider.url).origin === provider.url)
      answer = await there.open(target(answer, provider.url).href)
    return { waiting, page: await waiting.browser.open(target(answer, provider.url).href) }
  }
  const reason = async () => (await events(world)).at(-1)?.subject.reason

  it('PrivateKeyJwt: the provider reads the key of the organization; ClientSecretBasic: it knows the secret', async () => {
    await register({})
    const { waiting, page } = await visit()
    expect(await claimsOf(world, waiting, page)).toMatchObject({ sub: expect.any(String) })
    await add({ client_authentication_method: 'CLIENT_SECRET_BASIC' })
    expect([(await visit()).page.status, await reason()]).toEqual([401, expect.stringContaining('invalid_client')])
    await register({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: SECRET,
      jwks_uri: undefined,
      token_endpoint_auth_signing_alg: undefined,
    })
    expect((await visit()).page.status).toBe(200)
    await add({ client_authentication_method: 'PRIVATE_KEY_JWT' })
    expect([(await visit()).page.status, await reason()]).toEqual([401, expect.stringContaining('invalid_client')])
  })

  it('a secret that is changed counts at the next login', async () => {
    await add({ client_authentication_method: 'CLIENT_SECRET_BASIC' })
    const basic = { token_endpoint_auth_method: 'client_secret_basic', jwks_uri: undefined }
    const withSecret = (client_secret: string) =>
      register({ ...basic, token_endpoint_auth_signing_alg: undefined, client_secret })
    await withSecret(SECRET)
    expect((await visit()).page.status).toBe(200)
    const other = SECRET.replace('a', 'another')
    await withSecret(other)
    expect([(await visit()).page.status, await reason()]).toEqual([401, expect.stringContaining('invalid_client')])
    await secretIs(other)
    expect((await visit()).page.status).toBe(200)
    await secretIs(SECRET)
  })

  it('a key of the organization that is removed neither signs nor opens anything at the next login', async () => {
    await add({ client_authentication_method: 'PRIVATE_KEY_JWT', id_token_encryption_required: true })
    const { id_token_encrypted_response_alg, id_token_encrypted_response_enc } = ENCRYPTED
    const again = () => register({ id_token_encrypted_response_alg, id_token_encrypted_response_enc })
    await again()
    expect((await visit()).page.status).toBe(200)
    const { deps } = world.here.service
    const scope = scopeOf('acme')
    const old = (await openKeyRing(deps, scope, [])).keys.map(({ kid }) => kid)
    await rotateKeys(deps, scope)
    for (const kid of old) await removeKey(deps, scope, kid)
    // The provider, which remembers the keys of clients, knows the new ones only.
    await again()
    expect((await visit()).page.status).toBe(200)
    await add({})
  })

  it('idTokenEncryptionRequired: an ID token in plain text is refused, an encrypted one is opened', async () => {
    await add({ id_token_encryption_required: true })
    await register({})
    expect([(await visit()).page.status, await reason()]).toEqual([401, 'the ID token is not encrypted'])
    const { id_token_encrypted_response_alg, id_token_encrypted_response_enc } = ENCRYPTED
    await register({ id_token_encrypted_response_alg, id_token_encrypted_response_enc })
    expect((await visit()).page.status).toBe(200)
    await add({ id_token_encryption_required: false })
    expect((await visit()).page.status).toBe(401)
  })

  it('userInfoEncryptionRequired: user info in plain text is refused, encrypted one is opened', async () => {
    await add({ user_info_encryption_required: true })
    await register({})
    expect([(await visit()).page.status, await reason()]).toEqual([401, 'the user info is not encrypted'])
    const { id_token_encrypted_response_alg: _, id_token_encrypted_response_enc: _e, ...userInfo } = ENCRYPTED
    await register(userInfo)
    expect((await visit()).page.status).toBe(200)
    await add({ user_info_encryption_required: false })
    expect((await visit()).page.status).toBe(401)
  })

  describe('itsme', () => {
    /** Whether the provider is believed; the address is that of an account here, whose owner has to say so. */
    const isIn = async (method: string) => [200, 303].includes((await visit(method)).page.status)
    const itsme = async (more: object = {}): Promise<string> => {
      const known = (await world.methods()).itsme
      await world.add({
        ...(known === undefined ? {} : { id: known }),
        type: 'ITSME',
        name: 'itsme',
        enabled: true,
        authentication_level: 3,
        itsme_attributes: {
          client_id: 'acme',
          login_service_code: 'LOGIN',
          security_level: 'BASIC',
          discovery_url: `${provider.url}/.well-known/openid-configuration`,
          scopes: ['email'],
          claims: ['given_name'],
          ...more,
        },
      })
      return String((await world.methods()).itsme)
    }
    const asked = async (method: string) =>
      new URL((await press(world, await waitAt(world), method)).headers.get('location') ?? '').searchParams

    it('is asked for its service, scopes, claims and level, and has to encrypt', async () => {
      const method = await itsme()
      const query = await asked(method)
      expect([query.get('client_id'), query.get('scope'), query.get('acr_values')]).toEqual([
        'acme',
        'openid service:LOGIN email',
        'http://itsme.services/V2/claim/acr_basic',
      ])
      expect(JSON.parse(query.get('claims') ?? '')).toMatchObject({ userinfo: { given_name: null } })
      await register(ENCRYPTED, method)
      expect(await isIn(method)).toBe(true)
      await register({}, method)
      expect((await visit(method)).page.status).toBe(401)
    })

    it('securityLevel: a weaker login there is refused', async () => {
      const method = await itsme({ security_level: 'ADVANCED' })
      await register(ENCRYPTED, method)
      expect((await asked(method)).get('acr_values')).toBe('http://itsme.services/V2/claim/acr_advanced')
      expect(await isIn(method)).toBe(true)
      provider.acr = 'http://itsme.services/V2/claim/acr_basic'
      expect([(await visit(method)).page.status, await reason()]).toEqual([
        401,
        'the login there was not of the advanced level',
      ])
      await itsme({ security_level: 'BASIC' })
      expect(await isIn(method)).toBe(true)
    })

    it('frontChannelLogoutEnabled: a logout here goes on there, with an ID token that was opened first; or it does not', async () => {
      const method = await itsme({ front_channel_logout_enabled: true })
      const post_logout_redirect_uris = [`${world.here.url}/${TENANT}/login/with/${method}/logged-out`]
      await register({ ...ENCRYPTED, post_logout_redirect_uris }, method)
      await forgetJane()
      const signedOut = async () => {
        const { waiting, page } = await visit(method)
        const done = page.status === 200 ? page : await accept(waiting, page)
        const { id_token } = await tokensOf(world, waiting, done)
        return { browser: waiting.browser, answer: await signOut(world, waiting.browser, String(id_token)) }
      }
      const { browser, answer } = await signedOut()
      const there = await browser.open(target(answer, world.here.url).href)
      const asked = await new Browser().open(target(there, provider.url).href)
      expect([new URL(asked.url).origin, asked.status]).toEqual([provider.url, 200])
      await itsme({ front_channel_logout_enabled: false })
      expect((await signedOut()).answer.headers.get('location')).toContain(AFTER)
    })

    /** The account of the tests before. */
    const forgetJane = async () => {
      const { items } = await world.here.service.deps.store.find(USERS, TENANT, { limit: 100 })
      for (const { user_id } of items) await removeUser(world.here.service.deps, TENANT, user_id)
    }
    const accept = async ({ browser }: Awaited<ReturnType<typeof waitAt>>, page: Response): Promise<Response> =>
      browser.submit(await browser.open(world.here.url + page.headers.get('location')), { decision: 'create' })

    it('needs a client id, a service code and an address', async () => {
      const other = await itsme({
        client_id: 'other',
        login_service_code: 'OTHER',
        metadata_expiration_time_in_seconds: 0,
      })
      const query = await asked(other)
      expect([query.get('client_id'), query.get('scope')]).toEqual(['other', 'openid service:OTHER email'])
      await itsme({ discovery_url: `${provider.url}/elsewhere/.well-known/openid-configuration` })
      expect((await press(world, await waitAt(world), other)).status).toBe(401)
      await itsme({ login_service_code: '' })
      expect([(await press(world, await waitAt(world), other)).status, await reason()]).toEqual([
        401,
        'the login method lacks the client id',
      ])
    })
  })
})
