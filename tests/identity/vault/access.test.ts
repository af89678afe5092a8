import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

let world: World
let home: string
let foreign: string
beforeAll(async () => {
  world = await openWorld()
  home = await world.tenant()
  foreign = await world.tenant()
})
afterAll(() => world.close())

/** Every built operation, with a body that fits, in one tenant. */
interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly right: string
  readonly body?: object
}
const operations = (tenant_id: string): Operation[] => {
  const user = { user_id: 'u', username: 'u', email: 'u@acme.example', tenant_id }
  const client = { client_id: 'c', name: 'C', tenant_id }
  const key = { name: 'k', scopes: [], tenant_id }
  return [
    { method: 'PUT', url: `/v1/tenants/${tenant_id}`, right: 'tenants:write', body: { display_name: 'x' } },
    { method: 'GET', url: `/v1/tenants/${tenant_id}`, right: 'tenants:read' },
    { method: 'GET', url: `/v1/clients?tenant_id=${tenant_id}`, right: 'clients:read' },
    { method: 'POST', url: '/v1/clients', right: 'clients:write', body: client },
    { method: 'PUT', url: '/v1/clients/c', right: 'clients:write', body: client },
    { method: 'GET', url: `/v1/tenants/${tenant_id}/users`, right: 'users:read' },
    { method: 'POST', url: `/v1/tenants/${tenant_id}/users`, right: 'users:write', body: user },
    { method: 'GET', url: `/v1/tenants/${tenant_id}/users/u`, right: 'users:read' },
    { method: 'GET', url: `/v1/tenants/${tenant_id}/usernames/u`, right: 'users:read' },
    { method: 'PUT', url: `/v1/tenants/${tenant_id}/users/u`, right: 'users:write', body: user },
    { method: 'POST', url: `/v1/tenants/${tenant_id}/users/batch/create`, right: 'users:write', body: { users: [] } },
    {
      method: 'POST',
      url: `/v1/tenants/${tenant_id}/users/batch/delete`,
      right: 'users:write',
      body: { users_ids: [] },
    },
    { method: 'GET', url: `/v1/api-keys?tenant_id=${tenant_id}`, right: 'keys:read' },
    { method: 'POST', url: '/v1/api-keys', right: 'keys:write', body: key },
    { method: 'POST', url: '/v1/users/me/keys', right: 'keys:write', body: key },
  ]
}
const ALL = ['users', 'clients', 'keys', 'tenants', 'scim'].flatMap((g) => [`${g}:read`, `${g}:write`])

describe.each(operations('tenant-1'))('$method $url', ({ method, url, right, body }) => {
  it('answers 401 without a key', async () => {
    expect((await world.send(method, url, body, { key: null })).status).toBe(401)
  })

  it.each(['nonsense', `pla_${'A'.repeat(43)}`, `plk_${'0'.repeat(18)}_${'A'.repeat(43)}`])(
    'answers 401 to the key %s',
    async (key) => {
      expect((await world.send(method, url, body, { key })).status).toBe(401)
    },
  )

  it('answers 401 to a bearer token', async () => {
    const headers = { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }
    expect((await world.send(method, url, body, { key: null, headers })).status).toBe(401)
  })

  it('answers 403 to a key that lacks the right', async () => {
    const key = await world.key(
      home,
      ALL.filter((scope) => scope !== right),
    )
    expect((await world.send(method, url, body, { key })).status).toBe(403)
  })

  it('answers 403 to a key of another tenant', async () => {
    const key = await world.key(foreign, ALL)
    expect((await world.send(method, url, body, { key })).status).toBe(403)
  })

  it('lets a key of the tenant with this one right pass', async () => {
    const { status } = await world.send(method, url, body, { key: await world.key(home, [right]) })
    expect([401, 403, 422]).not.toContain(status)
  })
})

describe('tenants for a key', () => {
  it('are the own one alone', async () => {
    const { body } = await world.send('GET', '/v1/tenants', undefined, { key: await world.key(home, ['tenants:read']) })
    expect(body.tenants.map((t: { tenant_id: string }) => t.tenant_id)).toEqual([home])
  })

  it('cannot be created', async () => {
    const { status } = await world.send('POST', '/v1/tenants', { tenant_id: 'x' }, { key: await world.key(home, ALL) })
    expect(status).toBe(403)
  })
})

describe('two tenants', () => {
  it('do not see each other, whatever they share', async () => {
    for (const tenant_id of [home, foreign]) {
      const user = { user_id: 'same', username: 'same', email: `same@${tenant_id}.example`, tenant_id }
      await world.send('POST', `/v1/tenants/${tenant_id}/users`, user)
    }
    const { body } = await world.send('GET', `/v1/tenants/${home}/usernames/same`)
    expect(body.email).toBe(`same@${home}.example`)
    await world.send('POST', `/v1/tenants/${foreign}/users/batch/delete`, { users_ids: ['same'] })
    expect((await world.send('GET', `/v1/tenants/${home}/users/same`)).status).toBe(200)
  })
})

describe('junk', () => {
  it.each(operations('tenant-1').filter(({ method }) => method !== 'GET'))(
    'in $method $url is answered without a fault of the server',
    async ({ method, url, body }) => {
      const contract = await openContract('secrets-vault.openapi.yaml')
      const field = fc.constantFrom(
        ...Object.keys(body ?? {}),
        'flow',
        'block_config',
        'login_order',
        'roles',
        'created_at',
        'pin_size',
      )
      const bent = fc.dictionary(field, fc.jsonValue()).map((change) => ({ ...body, ...change }))
      const property = fc.asyncProperty(fc.oneof(fc.jsonValue(), bent), async (junk) => {
        const answer = await world.send(method, url, JSON.stringify(junk))
        expect(answer.status).toBeLessThan(500)
        if (answer.status === 422) expect(contract.problems('ValidationErrorBody', answer.body)).toBe('')
      })
      await fc.assert(property, { numRuns: 60 })
    },
  )

  it('in an address is answered without a fault of the server', async () => {
    const property = fc.asyncProperty(fc.string(), fc.string(), async (id, query) => {
      const path = `/v1/tenants/${encodeURIComponent(id)}/users/${encodeURIComponent(query)}`
      expect((await world.send('GET', path)).status).toBeLessThan(500)
      expect((await world.send('GET', `/v1/clients?tenant_id=${encodeURIComponent(query)}`)).status).toBeLessThan(500)
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it('that is not JSON, or not said to be, is refused', async () => {
    expect((await world.send('POST', '/v1/tenants', '{')).status).toBe(422)
    const headers = { 'content-type': 'text/plain' }
    expect((await world.send('POST', '/v1/tenants', 'x', { headers })).status).toBe(415)
  })
})

describe('an unknown path and method', () => {
  it('answer 404 and 405', async () => {
    expect((await world.send('GET', '/v1/nosuch')).status).toBe(404)
    expect((await world.send('GET', `/scim/v2/${home}/nosuch`)).status).toBe(404)
    expect((await world.send('DELETE', `/v1/tenants/${home}`)).status).toBe(405)
    expect((await world.send('DELETE', `/scim/v2/${home}/Users`)).status).toBe(405)
  })
})
