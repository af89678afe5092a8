import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract } from '../settings/contract.ts'
import { ACCESS, openRuntime, type Runtime } from '../settings/runtime.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())

const api = openContract('organizations.openapi.yaml', (call) =>
  runtime.call({ ...call, headers: call.headers ?? { 'x-api-key': runtime.adminKey } }),
)
const create = (body: unknown) => api.call('createOrganization', { body })
const at = (organization_id: string) => ({ params: { organization_id } })
const NONE_SET = { cim: { username: false, password: false }, navixy: { hash: false } }

describe('createOrganization', () => {
  it('answers the organization with an id of the server and nothing of its credentials', async () => {
    const answer = await create({ organization_id: 'first', display_name: 'First', access: ACCESS })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ organization_id: 'first', display_name: 'First', navixy_users: [] })
    expect(answer.json.access_set.cim).toEqual({ username: true, password: true })
    expect(answer.text).not.toContain('MARKED')
  })

  it('keeps an id that is sent', async () => {
    const id = '497f6eca-6276-4993-bfeb-53cbbbba6f08'
    expect((await create({ organization_id: 'own-id', id })).json).toMatchObject({ id, access_set: NONE_SET })
  })

  it('answers 409 for a name or an id that is taken', async () => {
    const { json } = await create({ organization_id: 'taken' })
    expect((await create({ organization_id: 'taken' })).status).toBe(409)
    expect((await create({ organization_id: 'free', id: json.id })).status).toBe(409)
    expect((await api.call('getOrganization', at('free'))).status).toBe(404)
  })

  it.each([
    ['/organization_id', {}],
    ['/organization_id', { organization_id: 'Not-a-slug' }],
    ['/organization_id', { organization_id: 'x'.repeat(64) }],
    ['/id', { organization_id: 'x', id: '7' }],
    ['', { organization_id: 'x', unknown: 1 }],
    ['/access/cim', { organization_id: 'x', access: { cim: { user: 'a' } } }],
    ['/access/cim/password', { organization_id: 'x', access: { cim: { password: '' } } }],
    ['/navixy_users/0', { organization_id: 'x', navixy_users: [0] }],
  ])('answers 400 and points at "%s" of %j', async (pointer, body) => {
    const answer = await create(body)
    expect([answer.status, answer.json.issues[0].pointer]).toEqual([400, pointer])
  })
})

describe('listOrganizations', () => {
  it('answers pages in the order of the names', async () => {
    for (const organization_id of ['zz-2', 'zz-1', 'zz-3']) await create({ organization_id })
    const { total } = (await api.call('listOrganizations', { query: '?limit=1' })).json
    const last = (await api.call('listOrganizations', { query: `?limit=2&offset=${total - 2}` })).json
    expect(last.organizations.map((o: { organization_id: string }) => o.organization_id)).toEqual(['zz-2', 'zz-3'])
  })

  it('answers 400 for a page that is too long', async () => {
    expect((await api.call('listOrganizations', { query: '?limit=501' })).status).toBe(400)
  })
})

describe('updateOrganization', () => {
  it('keeps what is not sent, in the access too', async () => {
    await create({ organization_id: 'change', display_name: 'Before', access: { cim: ACCESS.cim } })
    const put = (body: unknown) => api.call('updateOrganization', { ...at('change'), body })
    const answer = await put({ access: { navixy: ACCESS.navixy } })
    expect(answer.json).toMatchObject({ display_name: 'Before' })
    expect(answer.json.access_set).toMatchObject({ cim: { username: true, password: true }, navixy: { hash: true } })
    expect((await put({ display_name: 'After' })).json.display_name).toBe('After')
  })

  it('takes the new credentials from then on and the old ones no more', async () => {
    await create({ organization_id: 'rotate', access: { navixy: { hash: 'old' } } })
    await api.call('updateOrganization', { ...at('rotate'), body: { access: { navixy: { hash: 'new' } } } })
    const path = '/orgs/rotate/navixy/panel/user/mfa/settings/default/read'
    const login = (hash: string) => runtime.call({ method: 'POST', path, headers: { authorization: `NVX ${hash}` } })
    expect([(await login('old')).status, (await login('new')).status]).toEqual([400, 200])
  })

  it('answers 400 to another name or id, and 404 for an unknown organization', async () => {
    await create({ organization_id: 'fixed' })
    const put = (id: string, body: unknown) => api.call('updateOrganization', { ...at(id), body })
    expect((await put('fixed', { organization_id: 'other' })).status).toBe(400)
    expect((await put('fixed', { id: '497f6eca-6276-4993-bfeb-53cbbbba6f08' })).status).toBe(400)
    expect((await put('nobody', {})).status).toBe(404)
  })
})

describe('deleteOrganization', () => {
  const remove = (id: string) => api.call('deleteOrganization', at(id))

  it('deletes an organization that nothing belongs to', async () => {
    await create({ organization_id: 'empty', access: ACCESS, navixy_users: [] })
    expect([(await remove('empty')).status, (await remove('empty')).status]).toEqual([204, 404])
  })

  it('answers 409 and says what still belongs to it', async () => {
    await create({ organization_id: 'used', navixy_users: [7] })
    const refused = await remove('used')
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining('navixy')])
    await api.call('replaceNavixyUsers', { ...at('used'), body: { ids: [] } })
    expect((await remove('used')).status).toBe(204)
  })

  it('answers 409 while a tenant belongs to it', async () => {
    await create({ organization_id: 'landlord' })
    await runtime.admin('POST', '/v1/tenants', { tenant_id: 'lodger' })
    expect((await runtime.admin('PUT', '/v1/organizations/landlord/tenants/lodger')).status).toBe(204)
    expect((await remove('landlord')).status).toBe(409)
    await runtime.admin('DELETE', '/v1/organizations/landlord/tenants/lodger')
    expect((await remove('landlord')).status).toBe(204)
  })
})

describe('the users of the Navixy dealer', () => {
  it('are the list that was last written, sorted, in both places', async () => {
    await create({ organization_id: 'dealer', navixy_users: [5, 4] })
    expect((await api.call('getNavixyUsers', at('dealer'))).json).toEqual({ ids: [4, 5] })
    await api.call('replaceNavixyUsers', { ...at('dealer'), body: { ids: [9, 4] } })
    expect((await api.call('getOrganization', at('dealer'))).json.navixy_users).toEqual([4, 9])
  })

  it('answer 400 to a repeated id and 404 for an unknown organization', async () => {
    await create({ organization_id: 'dealer-2' })
    const put = (id: string, ids: number[]) => api.call('replaceNavixyUsers', { ...at(id), body: { ids } })
    expect([(await put('dealer-2', [1, 1])).status, (await put('nobody', [])).status]).toEqual([400, 404])
    expect((await api.call('getNavixyUsers', at('nobody'))).status).toBe(404)
  })
})

describe('the instance id', () => {
  it('is told to everybody, and is the same at every question', async () => {
    const [first, again] = [await api.call('getInstance', { headers: {} }), await api.call('getInstance')]
    expect([first.status, again.json]).toEqual([200, first.json])
  })
})

describe('the public keys of an organization', () => {
  it('are told to everybody, without the private halves', async () => {
    await create({ organization_id: 'known' })
    const { status, json } = await api.call('getOrganizationKeys', { ...at('known'), headers: {} })
    expect(status).toBe(200)
    expect(json.keys.flatMap(Object.keys)).toEqual(expect.arrayContaining(['n', 'e']))
    expect(json.keys.flatMap(Object.keys)).not.toEqual(expect.arrayContaining(['d']))
  })
})

describe('access to organizations', () => {
  /** For everybody: `security: []` in the contract. */
  const open = ['getInstance', 'getOrganizationKeys']
  const guarded = api.operations.filter(({ id }) => !open.includes(id))

  it.each([[{}], [{ 'x-api-key': `pla_${'A'.repeat(43)}` }], [{ 'x-api-key': 'junk' }]])(
    'answers 401 to every operation but the open ones for %j',
    async (headers) => {
      const answers = await Promise.all(guarded.map((o) => api.call(o.id, { ...at('x'), headers })))
      expect(new Set(answers.map((a) => a.status))).toEqual(new Set([401]))
    },
  )

  it('answers 403 to every operation for an API key, whatever its scopes', async () => {
    await runtime.admin('POST', '/v1/tenants', { tenant_id: 'keyed' })
    const key = { tenant_id: 'keyed', name: 'key', scopes: ['tenants:write'] }
    const headers = { 'x-api-key': (await runtime.admin('POST', '/v1/api-keys', key)).json.api_key }
    const answers = await Promise.all(guarded.map((o) => api.call(o.id, { ...at('x'), headers })))
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([403]))
  })
})
