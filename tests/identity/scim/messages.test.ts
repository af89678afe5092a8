import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../vault/world.ts'

const URN = 'urn:ietf:params:scim:api:messages:2.0'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let world: World
let base: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  base = `/scim/v2/${await world.tenant()}`
})

describe('/Me (RFC 7644, section 3.11)', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('answers 501 to %s', async (method) => {
    expect((await world.send(method, `${base}/Me`)).body).toMatchObject({ status: '501' })
  })
})

describe('a search in the body (RFC 7644, section 3.4.3)', () => {
  const search = (at: string, more: object = {}) =>
    world.send('POST', `${base}${at}/.search`, { schemas: [`${URN}:SearchRequest`], ...more })
  beforeEach(async () => {
    for (const userName of ['a@x.example', 'b@x.example', 'c@x.example'])
      await world.send('POST', `${base}/Users`, { userName, title: 'Guide' })
    for (const displayName of ['A', 'B']) await world.send('POST', `${base}/Groups`, { displayName })
  })

  it('filters, sorts, selects and pages like the query of an address', async () => {
    const { body } = await search('/Users', {
      filter: 'userName ne "b@x.example"',
      sortBy: 'userName',
      sortOrder: 'descending',
      attributes: ['userName'],
      startIndex: 2,
      count: 1,
    })
    expect(body).toMatchObject({ totalResults: 2, startIndex: 2, itemsPerPage: 1 })
    expect(Object.keys(body.Resources[0]).toSorted()).toEqual(['id', 'schemas', 'userName'])
    expect(body.Resources[0].userName).toBe('a@x.example')
  })

  it('of everything pages through users and groups as one list', async () => {
    const seen: string[] = []
    for (const startIndex of [1, 3, 5]) {
      const { body } = await search('', { startIndex, count: 2 })
      expect(body.totalResults).toBe(5)
      seen.push(...body.Resources.map((r: { meta: { resourceType: string } }) => r.meta.resourceType))
    }
    expect(seen).toEqual(['User', 'User', 'User', 'Group', 'Group'])
  })

  it('of everything finds nothing of a kind that lacks the attribute', async () => {
    expect((await search('', { filter: 'title eq "guide"' })).body.totalResults).toBe(3)
    expect((await search('', { filter: 'meta.resourceType eq "Group"' })).body.totalResults).toBe(2)
    expect((await search('', { filter: 'nosuch pr' })).body.scimType).toBe('invalidFilter')
  })

  it.each([
    ['no message', { schemas: [] }],
    ['attributes as text', { attributes: 'userName' }],
    ['a count as text', { count: '1' }],
    ['an unknown order', { sortOrder: 'up' }],
  ])('is refused for %s', async (_, more) => {
    expect((await search('/Users', more)).body.status).toBe('400')
  })

  it('needs the right to read alone, and is no change in the audit log', async () => {
    const key = await world.key(base.split('/').at(-1) ?? '', ['scim:read'])
    const message = { schemas: [`${URN}:SearchRequest`] }
    expect((await world.send('POST', `${base}/Users/.search`, message, { key })).status).toBe(200)
  })
})

describe('many operations in one request (RFC 7644, section 3.7)', () => {
  const bulk = (Operations: readonly object[], more: object = {}) =>
    world.send('POST', `${base}/Bulk`, { schemas: [`${URN}:BulkRequest`], Operations, ...more })
  const user = (bulkId: string, more: object = {}) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { userName: `${bulkId}@x.example`, ...more },
  })
  const statuses = (body: { Operations: { status: string }[] }) => body.Operations.map(({ status }) => status)

  it('are done in order, and each is answered', async () => {
    const { body } = await bulk([user('a'), user('b'), user('a2', { userName: 'A@x.example' })])
    expect(body.schemas).toEqual([`${URN}:BulkResponse`])
    expect(body.Operations[0]).toEqual({
      method: 'POST',
      bulkId: 'a',
      version: 'W/"1"',
      status: '201',
      location: expect.stringMatching(`^http://localhost${base}/Users/[^/]+$`),
    })
    expect(body.Operations[2]).toMatchObject({ status: '409', response: { scimType: 'uniqueness' } })
    expect(statuses(body)).toEqual(['201', '201', '409'])
  })

  it('may name what another one creates, whichever comes first', async () => {
    const group = {
      method: 'POST',
      path: '/Groups',
      bulkId: 'g',
      data: { displayName: 'G', members: [{ value: 'bulkId:a' }] },
    }
    const grow = {
      schemas: [`${URN}:PatchOp`],
      Operations: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:b' }] }],
    }
    const change = { method: 'PATCH', path: '/Groups/bulkId:g', data: grow }
    const boss = user('b', { [ENTERPRISE]: { manager: 'bulkId:a' } })
    const { body } = await bulk([change, group, boss, user('a')])
    expect(statuses(body)).toEqual(['200', '201', '201', '201'])
    const { Resources } = (await world.send('GET', `${base}/Groups`)).body
    expect(Resources[0].members).toHaveLength(2)
    const found = await world.send('GET', `${base}/Users?filter=${encodeURIComponent('userName sw "b"')}`)
    expect(body.Operations[3].location).toContain(found.body.Resources[0][ENTERPRISE].manager.value)
  })

  it('that wait for each other, or for what failed, are answered with 409', async () => {
    const one = user('one', { [ENTERPRISE]: { manager: 'bulkId:two' } })
    const two = user('two', { [ENTERPRISE]: { manager: 'bulkId:one' } })
    const lost = user('lost', { [ENTERPRISE]: { manager: 'bulkId:nobody' } })
    expect(statuses((await bulk([one, two, lost])).body)).toEqual(['409', '409', '409'])
  })

  it('end after as many errors as failOnErrors says', async () => {
    const wrong = (bulkId: string) => user(bulkId, { emails: [{ value: 'none' }] })
    const { body } = await bulk([wrong('a'), user('b'), wrong('c'), user('d')], { failOnErrors: 2 })
    expect(statuses(body)).toEqual(['400', '201', '400'])
  })

  it('change and delete under the version that they name', async () => {
    const { id } = (await world.send('POST', `${base}/Users`, { userName: 'j@x.example' })).body
    const path = `/Users/${id}`
    const put = { method: 'PUT', path, version: 'W/"1"', data: { userName: 'j@x.example', title: 'New' } }
    const { body } = await bulk([put, put, { method: 'delete', path }])
    expect(statuses(body)).toEqual(['200', '412', '204'])
  })

  it.each([
    ['no operations', {}],
    ['a method that writes nothing', { Operations: [{ method: 'GET', path: '/Users/x' }] }],
    ['a path elsewhere', { Operations: [{ method: 'DELETE', path: '/../../v1/tenants/x' }] }],
    ['a creation without bulkId', { Operations: [{ method: 'POST', path: '/Users', data: {} }] }],
    ['the same bulkId twice', { Operations: [1, 2].map(() => user('a')) }],
    ['a failOnErrors of none', { Operations: [], failOnErrors: 0 }],
  ])('are refused as a whole for %s', async (_, more) => {
    const answer = await world.send('POST', `${base}/Bulk`, { schemas: [`${URN}:BulkRequest`], ...more })
    expect(answer.body).toMatchObject({ status: '400' })
  })

  it('are refused with 413 when there are too many', async () => {
    const many = Array.from({ length: 1001 }, () => ({ method: 'DELETE', path: '/Users/x' }))
    expect((await bulk(many)).status).toBe(413)
  })

  it('need the right to write, and reach no other tenant', async () => {
    const key = await world.key(base.split('/').at(-1) ?? '', ['scim:read'])
    const message = { schemas: [`${URN}:BulkRequest`], Operations: [user('a')] }
    expect((await world.send('POST', `${base}/Bulk`, message, { key })).status).toBe(403)
  })
})
