import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

let world: World
let contract: Awaited<ReturnType<typeof openContract>>
let tenant_id: string
beforeAll(async () => {
  world = await openWorld()
  contract = await openContract('secrets-vault.openapi.yaml')
})
afterAll(() => world.close())
beforeEach(async () => {
  tenant_id = await world.tenant()
})

const SECRET = 'a-secret-of-the-caller'
const web = (more: object = {}) => ({ client_id: 'web', name: 'Web', tenant_id, ...more })
const create = (more: object = {}) => world.send('POST', '/v1/clients', web(more))
const update = (more: object = {}) => world.send('PUT', '/v1/clients/web', web(more))
const listed = async () => (await world.send('GET', `/v1/clients?tenant_id=${tenant_id}`)).body.clients
const secretHash = async () => {
  const { CLIENTS } = await import('../../../identity/directory/clients.ts')
  return (await world.deps.store.get(CLIENTS, tenant_id, 'web'))?.secret_hash
}

describe('createClient', () => {
  it('answers 200 with the stored client and its defaults', async () => {
    const { status, body } = await create()
    expect(status).toBe(200)
    expect(contract.problems('Client', body)).toBe('')
    expect(body).toMatchObject({
      client_type: 'confidential',
      sing_alg: 'EdDSA',
      register_enable: false,
      is_lock: false,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [],
      flow: null,
    })
  })

  it('makes a secret for a confidential client and shows it this once', async () => {
    expect((await create()).body.client_secret).toMatch(/^[\w-]{43}$/)
    expect((await listed())[0].client_secret).toBeNull()
  })

  it('takes the secret of the caller', async () => {
    expect((await create({ client_secret: SECRET })).body.client_secret).toBe(SECRET)
  })

  it('stores no secret in clear', async () => {
    await create({ client_secret: SECRET })
    const { CLIENTS } = await import('../../../identity/directory/clients.ts')
    expect(JSON.stringify(await world.deps.store.get(CLIENTS, tenant_id, 'web'))).not.toContain(SECRET)
  })

  it('gives a public client no secret', async () => {
    expect((await create({ client_type: 'public' })).body.client_secret).toBeNull()
  })

  it('forces RS256 for microsoft-mfa', async () => {
    const flow = { type: 'microsoft-mfa', issuer: 'https://login.example/v2.0' }
    expect((await create({ flow, sing_alg: 'EdDSA' })).body.sing_alg).toBe('RS256')
  })

  it('answers 409 when the id is taken', async () => {
    await create()
    expect((await create()).status).toBe(409)
  })

  it('lets one of many parallel creations win', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create()))
    expect(answers.map((a) => a.status).toSorted()).toEqual([200, 409, 409, 409, 409])
  })

  it('lets two tenants use one id', async () => {
    await create()
    expect((await create({ tenant_id: await world.tenant() })).status).toBe(200)
  })

  it('answers 404 for an unknown tenant', async () => {
    expect((await create({ tenant_id: 'nobody' })).status).toBe(404)
  })

  it.each([
    ['a public client with a secret', { client_type: 'public', client_secret: SECRET }, 'client_secret'],
    ['a short secret', { client_secret: 'short' }, 'client_secret'],
    ['a redirect address that runs code', { redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
    ['a redirect address with a fragment', { redirect_uris: ['https://a.example/#x'] }, 'redirect_uris'],
    ['a redirect address without TLS', { redirect_uris: ['http://a.example/'] }, 'redirect_uris'],
    ['a logo that runs code', { logo_uri: 'javascript:alert(1)' }, 'logo_uri'],
    ['a relative redirect address', { redirect_uris: ['/cb'] }, 'redirect_uris'],
    ['a scope with a blank', { allowed_scopes: ['a b'] }, 'allowed_scopes'],
    ['an unknown algorithm', { sing_alg: 'none' }, 'sing_alg'],
    ['an unknown flow', { flow: { type: 'x', issuer: 'https://a.example' } }, 'flow'],
    ['another way to authenticate', { token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
  ])('refuses %s', async (_, more, field) => {
    const { status, body } = await create(more)
    expect(status).toBe(422)
    expect(contract.problems('ValidationErrorBody', body)).toBe('')
    expect(body.detail[0].loc.slice(0, 2)).toEqual(['body', field])
  })
})

describe('listClients', () => {
  it('pages through the clients of one tenant', async () => {
    for (const client_id of ['a', 'b', 'c']) await create({ client_id })
    const { body } = await world.send('GET', `/v1/clients?tenant_id=${tenant_id}&skip=1&limit=1`)
    expect(contract.problems('ClientList', body)).toBe('')
    expect(body.clients.map((c: { client_id: string }) => c.client_id)).toEqual(['b'])
  })

  it.each(['', '?tenant_id=x&limit=0', '?tenant_id=x&limit=501', '?tenant_id=x&skip=-1'])(
    'answers 422 to %j',
    async (query) => {
      expect((await world.send('GET', `/v1/clients${query}`)).status).toBe(422)
    },
  )

  it('answers 404 for an unknown tenant', async () => {
    expect((await world.send('GET', '/v1/clients?tenant_id=nobody')).status).toBe(404)
  })
})

describe('updateClient', () => {
  it('answers 200 with null and replaces the registration', async () => {
    await create({ redirect_uris: ['https://a.example/cb'], is_lock: true })
    const { status, body } = await update({ name: 'New' })
    expect({ status, body }).toEqual({ status: 200, body: null })
    expect((await listed())[0]).toMatchObject({ name: 'New', redirect_uris: [], is_lock: false })
  })

  it('keeps the secret when the body has none', async () => {
    await create({ client_secret: SECRET })
    const before = await secretHash()
    await update({ client_secret: null })
    expect(await secretHash()).toBe(before)
  })

  it('takes a new secret', async () => {
    await create()
    const before = await secretHash()
    await update({ client_secret: SECRET })
    expect(await secretHash()).not.toBe(before)
  })

  it('forgets the secret of a client that becomes public', async () => {
    await create()
    await update({ client_type: 'public' })
    expect(await secretHash()).toBeNull()
  })

  it('demands a secret for a public client that becomes confidential', async () => {
    await create({ client_type: 'public' })
    expect((await update()).status).toBe(422)
  })

  it('refuses an id that is not the one in the path', async () => {
    await create()
    expect((await update({ client_id: 'other' })).body.detail[0].loc).toEqual(['body', 'client_id'])
  })

  it('answers 404 for an unknown client', async () => {
    expect((await update()).status).toBe(404)
  })
})
