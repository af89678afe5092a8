import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Behaviour, SoftwareAuthenticator } from '../../../signin/authenticator.ts'
import { type LoginWorld, openLoginWorld, WRONG } from '../login/world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

const ORIGIN = 'http://localhost'
const REFUSED = { status: 401, body: { detail: 'the login was not accepted' } }

/** A person with a passkey; `key` is an API key of the same account. */
async function person(tenant: string) {
  await world.register(tenant)
  const userId = await world.userId(tenant)
  const key = await world.keyOf(tenant, userId)
  const authenticator = new SoftwareAuthenticator(ORIGIN)
  await enrol(key, authenticator)
  return { userId, key, authenticator }
}

async function enrol(key: string, authenticator: SoftwareAuthenticator, behaviour: Behaviour = {}) {
  const { body } = await world.send('POST', '/v1/webauthn/registration/options', undefined, { key })
  const made = { ...authenticator.create(body, behaviour), name: 'Laptop' }
  return world.send('POST', '/v1/webauthn/registration/verify', made, { key })
}

async function options(tenant: string, username = 'jane') {
  const url = `/v1/webauthn/authentication/options?tenant_id=${tenant}`
  return (await world.send('POST', url, { username, tenant_id: tenant })).body
}

async function assertion(tenant: string, authenticator: SoftwareAuthenticator, behaviour: Behaviour = {}) {
  return { ...authenticator.get(await options(tenant), behaviour), username: 'jane', tenant_id: tenant }
}

const verify = (handle: string, body: object, ip = world.address()) =>
  world.send('POST', `/v1/webauthn/authentication/verify?auth_req_id=${handle}`, body, { ip })

async function signIn(tenant: string, authenticator: SoftwareAuthenticator, behaviour: Behaviour = {}) {
  return verify(await world.begin(tenant), await assertion(tenant, authenticator, behaviour))
}

describe('a passkey', () => {
  it('signs in the person who registered it', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const { status, body } = await signIn(tenant, authenticator)
    expect([status, body]).toEqual([200, { nonce: expect.any(String), need_verify: false }])
  })

  it('signs in without a name: the credential knows its user', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const body = { ...(await assertion(tenant, authenticator)), username: '' }
    expect((await verify(await world.begin(tenant), body)).status).toBe(200)
  })

  it('shows when it was used last', async () => {
    const tenant = await world.tenant()
    const { authenticator, key } = await person(tenant)
    await signIn(tenant, authenticator)
    const { body } = await world.send('GET', '/v1/users/me/passkeys', undefined, { key })
    expect(body.passkeys).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{43}$/),
        created_at: expect.any(String),
        name: 'Laptop',
        last_use: expect.objectContaining({ country: null, user_agent: expect.any(String) }),
      },
    ])
  })

  it('can be renamed and deleted by its owner, and is then refused', async () => {
    const tenant = await world.tenant()
    const { authenticator, key } = await person(tenant)
    const own = async () => (await world.send('GET', '/v1/users/me/passkeys', undefined, { key })).body.passkeys
    const path = `/v1/users/me/passkeys/${(await own())[0].id}`
    await world.send('PATCH', path, { name: 'Phone' }, { key })
    expect((await own())[0].name).toBe('Phone')
    expect((await world.send('DELETE', path, undefined, { key })).status).toBe(204)
    expect(await signIn(tenant, authenticator)).toMatchObject(REFUSED)
  })

  it('of somebody else can be neither renamed nor deleted', async () => {
    const tenant = await world.tenant()
    const { key } = await person(tenant)
    const { body } = await world.send('GET', '/v1/users/me/passkeys', undefined, { key })
    await world.register(tenant, 'joe')
    const joe = await world.keyOf(tenant, await world.userId(tenant, 'joe'))
    const path = `/v1/users/me/passkeys/${body.passkeys[0].id}`
    expect((await world.send('PATCH', path, { name: 'x' }, { key: joe })).status).toBe(404)
    expect((await world.send('DELETE', path, undefined, { key: joe })).status).toBe(404)
  })

  it('can be registered once', async () => {
    const tenant = await world.tenant()
    const { authenticator, key } = await person(tenant)
    expect((await enrol(key, authenticator)).status).toBe(409)
  })

  it('of a disabled user is refused', async () => {
    const tenant = await world.tenant()
    const { authenticator, userId } = await person(tenant)
    const path = `/v1/tenants/${tenant}/users/${userId}`
    await world.admin('PUT', path, { ...(await world.admin('GET', path)).body, is_disabled: true })
    expect(await signIn(tenant, authenticator)).toMatchObject(REFUSED)
  })

  it('is closed in a tenant without passkeys', async () => {
    const tenant = await world.tenant({ passkey_enabled: false })
    const url = `/v1/webauthn/authentication/options?tenant_id=${tenant}`
    expect((await world.send('POST', url, { username: 'jane', tenant_id: tenant })).status).toBe(403)
  })
})

describe('a sign-in is refused, always in the same words, with', () => {
  const flipped = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
  type Body = Awaited<ReturnType<typeof assertion>>

  it.each<[string, Behaviour]>([
    ['an assertion for another site', { origin: 'https://evil.example' }],
    ['an assertion from inside the frame of another site', { crossOrigin: true }],
    ['a registration instead of an assertion', { type: 'webauthn.create' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no check of who holds the authenticator', { verifiesUser: false }],
    ['the handle of another user', { userHandle: 'AAAA' }],
  ])('%s', async (_, behaviour) => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    expect(await signIn(tenant, authenticator, behaviour)).toMatchObject(REFUSED)
  })

  it.each<[string, (good: Body) => object]>([
    ['a flipped signature', (good) => ({ ...good, signature: flipped(good.signature) })],
    ['flipped authenticator data', (good) => ({ ...good, authenticator_data: flipped(good.authenticator_data) })],
    ['flipped client data', (good) => ({ ...good, client_data_json: flipped(good.client_data_json) })],
    ['another credential', (good) => ({ ...good, id: 'AAAA', raw_id: 'AAAA' })],
    ['the name of another user', (good) => ({ ...good, username: 'joe' })],
    ['another tenant in the body', (good) => ({ ...good, tenant_id: 'tenant-1' })],
  ])('%s', async (_, tamper) => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const body = tamper(await assertion(tenant, authenticator))
    expect(await verify(await world.begin(tenant), body)).toMatchObject(REFUSED)
  })

  it('an assertion that was used', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const body = await assertion(tenant, authenticator)
    await verify(await world.begin(tenant), body)
    expect(await verify(await world.begin(tenant), body)).toMatchObject(REFUSED)
  })

  it('a challenge that expired', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const body = await assertion(tenant, authenticator)
    world.pass(301)
    expect(await verify(await world.begin(tenant), body)).toMatchObject(REFUSED)
  })

  it('a counter that does not grow, as of a copy', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    await signIn(tenant, authenticator, { counter: 7 })
    expect(await signIn(tenant, authenticator, { counter: 7 })).toMatchObject(REFUSED)
  })

  it('a passkey of another tenant', async () => {
    const [one, two] = [await world.tenant(), await world.tenant()]
    const { authenticator } = await person(one)
    await person(two)
    const body = { ...authenticator.get(await options(two)), username: 'jane', tenant_id: two }
    expect(await verify(await world.begin(two), body)).toMatchObject(REFUSED)
  })
})

describe('a registration is refused with', () => {
  it.each<[string, Behaviour]>([
    ['another site', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no check of who holds the authenticator', { verifiesUser: false }],
  ])('%s', async (_, behaviour) => {
    const tenant = await world.tenant()
    const { key } = await person(tenant)
    expect((await enrol(key, new SoftwareAuthenticator(ORIGIN), behaviour)).status).toBe(422)
  })

  it('a challenge that another user began', async () => {
    const tenant = await world.tenant()
    const { key } = await person(tenant)
    await world.register(tenant, 'joe')
    const joe = await world.keyOf(tenant, await world.userId(tenant, 'joe'))
    const { body } = await world.send('POST', '/v1/webauthn/registration/options', undefined, { key })
    const made = new SoftwareAuthenticator(ORIGIN).create(body)
    expect((await world.send('POST', '/v1/webauthn/registration/verify', made, { key: joe })).status).toBe(422)
  })

  it('no credentials', async () => {
    expect((await world.send('POST', '/v1/webauthn/registration/options')).status).toBe(401)
  })
})

describe('the options of a sign-in', () => {
  it('are the same for a name that nobody has', async () => {
    const tenant = await world.tenant()
    await person(tenant)
    const shape = async (name: string) => ({ ...(await options(tenant, name)), challenge: '' })
    expect(await shape('nobody')).toEqual(await shape('jane'))
  })

  it('demand that query and body agree on the tenant', async () => {
    const tenant = await world.tenant()
    const url = `/v1/webauthn/authentication/options?tenant_id=${tenant}`
    expect((await world.send('POST', url, { username: 'jane', tenant_id: 'other' })).status).toBe(422)
  })
})

describe('a tenant with two factors', () => {
  it('takes PIN and pattern first, then the passkey', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    const { authenticator } = await person(tenant)
    const handle = await world.begin(tenant)
    const first = await world.authenticate(handle, await world.solved(tenant, handle))
    const second = await verify(handle, await assertion(tenant, authenticator))
    expect([first.body.need_verify, second.body.need_verify]).toEqual([true, false])
  })

  it('takes the passkey first, then PIN and pattern', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    const { authenticator } = await person(tenant)
    const handle = await world.begin(tenant)
    const first = await verify(handle, await assertion(tenant, authenticator))
    const second = await world.authenticate(handle, await world.solved(tenant, handle))
    expect([first.body.need_verify, second.body.need_verify]).toEqual([true, false])
  })

  it('does not take the same kind twice', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    const { authenticator } = await person(tenant)
    const handle = await world.begin(tenant)
    await verify(handle, await assertion(tenant, authenticator))
    expect((await verify(handle, await assertion(tenant, authenticator))).body.need_verify).toBe(true)
  })

  it('does not take the factors of two people', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    const { authenticator } = await person(tenant)
    await world.register(tenant, 'joe')
    const handle = await world.begin(tenant)
    await world.authenticate(handle, await world.solved(tenant, handle, 'joe'))
    expect(await verify(handle, await assertion(tenant, authenticator))).toMatchObject(REFUSED)
  })

  it('lets a new person register the first passkey after PIN and pattern, and only the first', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    await world.register(tenant)
    const handle = await world.begin(tenant)
    const { nonce } = (await world.authenticate(handle, await world.solved(tenant, handle))).body
    const authenticator = new SoftwareAuthenticator(ORIGIN)
    const path = (step: string) => `/v1/webauthn/registration/${step}?auth_req_id=${handle}&nonce=${nonce}`
    const { body } = await world.send('POST', path('options'))
    expect((await world.send('POST', path('verify'), authenticator.create(body))).status).toBe(200)
    expect((await world.send('POST', path('options'))).status).toBe(401)
    expect((await verify(handle, await assertion(tenant, authenticator))).body.need_verify).toBe(false)
  })

  it('lets nobody register a passkey before PIN and pattern', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    await world.register(tenant)
    const handle = await world.begin(tenant)
    expect((await world.send('POST', `/v1/webauthn/registration/options?auth_req_id=${handle}`)).status).toBe(401)
  })

  it('lets nobody register a passkey who knows the handle of a login, but not the ticket of its first factor', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    await world.register(tenant)
    const handle = await world.begin(tenant)
    await world.authenticate(handle, await world.solved(tenant, handle))
    for (const query of [`auth_req_id=${handle}`, `auth_req_id=${handle}&nonce=${'A'.repeat(43)}`])
      expect((await world.send('POST', `/v1/webauthn/registration/options?${query}`)).status).toBe(401)
  })

  it('keeps the last passkey', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    const { key } = await person(tenant)
    const { body } = await world.send('GET', '/v1/users/me/passkeys', undefined, { key })
    const path = `/v1/users/me/passkeys/${body.passkeys[0].id}`
    expect((await world.send('DELETE', path, undefined, { key })).status).toBe(409)
  })
})

describe('lockout', () => {
  it('of the account leaves the passkey open, and the passkey ends it', async () => {
    const tenant = await world.tenant({ block_config: { user_attempts_limit: 2 } })
    const { authenticator } = await person(tenant)
    for (let i = 0; i < 3; i++) await world.signIn(tenant, 'jane', WRONG)
    expect((await world.signIn(tenant)).status).toBe(429)
    expect((await signIn(tenant, authenticator)).status).toBe(200)
    expect((await world.signIn(tenant)).status).toBe(200)
  })

  it('of the address stops passkeys, too', async () => {
    const tenant = await world.tenant()
    const { authenticator } = await person(tenant)
    const ip = '192.0.2.50'
    for (let i = 0; i < 5; i++)
      await verify(await world.begin(tenant), await assertion(tenant, authenticator, { type: 'x' }), ip)
    expect((await verify(await world.begin(tenant), await assertion(tenant, authenticator), ip)).status).toBe(429)
  })
})
