import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOLDINGS } from '../../../identity/api/holdings/claim.ts'
import { openStore } from '../../../identity/store/open.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { openContract } from '../settings/contract.ts'
import { openRuntime, type Runtime } from '../settings/runtime.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())

const api = openContract('organizations.openapi.yaml', (call) =>
  runtime.call({ ...call, headers: call.headers ?? { 'x-api-key': runtime.adminKey } }),
)
const hold = (object: string, owner: string, extra: object = {}) =>
  api.call('holdClaim', { body: { object, owner, holder: `the document of ${owner}`, ...extra } })
const release = (object: string, owner: string) =>
  api.call('releaseClaim', { query: `?object=${encodeURIComponent(object)}&owner=${encodeURIComponent(owner)}` })
const listed = async (owner: string) =>
  (await api.call('listClaims', { query: `?owner=${encodeURIComponent(owner)}` })).json.claims.map(
    (c: { object: string }) => c.object,
  )

describe('holdClaim', () => {
  it('gives what nobody holds to who asks first, and tells everybody who that is', async () => {
    expect((await hold('Tenant///first', 'pulumi:a')).json).toMatchObject({ owner: 'pulumi:a' })
    const second = (await hold('Tenant///first', 'cluster:b')).json
    expect(second).toMatchObject({ owner: 'pulumi:a', holder: 'the document of pulumi:a' })
  })

  it('may be repeated by the holder', async () => {
    const { since } = (await hold('Tenant///again', 'pulumi:a')).json
    runtime.later(60)
    expect((await hold('Tenant///again', 'pulumi:a')).json.since).toBe(since)
  })

  it('gives it to exactly one of many who ask at once', async () => {
    const owners = Array.from({ length: 20 }, (_, i) => `cluster:${i}`)
    const answers = await Promise.all(owners.map((owner) => hold('Tenant///race', owner)))
    expect(new Set(answers.map((a) => a.json.owner)).size).toBe(1)
  })

  it('takes it away from the owner that is named, and from no other', async () => {
    await hold('Tenant///taken', 'pulumi:a')
    expect((await hold('Tenant///taken', 'cluster:b', { take_from: 'pulumi:c' })).json.owner).toBe('pulumi:a')
    expect((await hold('Tenant///taken', 'cluster:b', { take_from: 'pulumi:a' })).json.owner).toBe('cluster:b')
  })

  it.each([
    ['/object', { owner: 'a', holder: '' }],
    ['/owner', { object: 'x', owner: '', holder: '' }],
    ['/holder', { object: 'x', owner: 'a', holder: 'x'.repeat(513) }],
    ['', { object: 'x', owner: 'a', holder: '', force: true }],
  ])('answers 400 and points at "%s" of %j', async (pointer, body) => {
    const answer = await api.call('holdClaim', { body })
    expect([answer.status, answer.json.issues[0].pointer]).toEqual([400, pointer])
  })
})

describe('a claim of an owner with an id', () => {
  it('stands for one document, and moves when that is gone', async () => {
    await hold('Tenant///moved', 'pulumi:1', { address: 'Tenant/old' })
    const other = { address: 'Tenant/new' }
    expect((await hold('Tenant///moved', 'pulumi:1', other)).json.address).toBe('Tenant/old')
    const wrong = { ...other, moved_from: 'Tenant/older' }
    expect((await hold('Tenant///moved', 'pulumi:1', wrong)).json.address).toBe('Tenant/old')
    const right = { ...other, moved_from: 'Tenant/old' }
    expect((await hold('Tenant///moved', 'pulumi:1', right)).json.address).toBe('Tenant/new')
  })

  it('takes over what the owner held under another name, and what has no address yet', async () => {
    const { since } = (await hold('Tenant///named', 'pulumi:acme/identity/prod')).json
    runtime.later(60)
    const mine = { address: 'Tenant/named', aliases: ['pulumi:acme/identity/prod'] }
    expect((await hold('Tenant///named', 'pulumi:2', mine)).json).toMatchObject({ owner: 'pulumi:2', since })
    expect((await hold('Tenant///named', 'pulumi:acme/identity/prod')).json.owner).toBe('pulumi:2')
  })

  it('is given up for its own document only', async () => {
    await hold('Tenant///given', 'pulumi:1', { address: 'Tenant/a' })
    const query = (address: string) => ({ query: `?object=Tenant///given&owner=pulumi:1&address=${address}` })
    await api.call('releaseClaim', query('Tenant/b'))
    expect((await hold('Tenant///given', 'cluster:x')).json.owner).toBe('pulumi:1')
    await api.call('releaseClaim', query('Tenant/a'))
    expect((await hold('Tenant///given', 'cluster:x')).json.owner).toBe('cluster:x')
  })
})

describe('releaseClaim', () => {
  it('lets the next one have it', async () => {
    await hold('Tenant///released', 'pulumi:a')
    expect((await release('Tenant///released', 'pulumi:a')).status).toBe(204)
    expect((await hold('Tenant///released', 'cluster:b')).json.owner).toBe('cluster:b')
  })

  it('does nothing to what another holds, or nobody', async () => {
    await hold('Tenant///kept', 'pulumi:a')
    expect((await release('Tenant///kept', 'cluster:b')).status).toBe(204)
    expect((await release('Tenant///never', 'cluster:b')).status).toBe(204)
    expect((await hold('Tenant///kept', 'cluster:b')).json.owner).toBe('pulumi:a')
  })
})

describe('listClaims', () => {
  it('answers what an owner holds now', async () => {
    for (const object of ['Tenant///two', 'Tenant///one']) await hold(object, 'pulumi:listed')
    await release('Tenant///two', 'pulumi:listed')
    expect(await listed('pulumi:listed')).toEqual(['Tenant///one'])
  })

  it('answers what all hold when no owner is named', async () => {
    const { claims } = (await api.call('listClaims', { query: '?limit=500' })).json
    expect(new Set(claims.map((c: { owner: string }) => c.owner)).size).toBeGreaterThan(2)
  })
})

describe('the book', () => {
  it.each(['holdClaim', 'listClaims', 'releaseClaim'])(
    'is closed to who is not the administrator: %s',
    async (operation) => {
      const query = operation === 'holdClaim' ? '' : '?owner=a&object=b'
      const body = { object: 'x', owner: 'a', holder: '' }
      const call = { query, headers: { 'x-api-key': 'wrong' }, ...(operation === 'holdClaim' ? { body } : {}) }
      expect((await api.call(operation, call)).status).toBe(401)
    },
  )
})

describe('a claim of a release that told names apart by letter case', () => {
  it('stands for the name as its kind compares it, and what kinds tell apart stays apart', async () => {
    const own = await openRuntime()
    const store = await openStore(own.folder, () => new Date())
    const since = '2026-01-01T00:00:00.000Z'
    for (const object of ['User//web/Jane', 'Group//web/Care%20Takers', 'Client//web/Portal'])
      await store.create(HOLDINGS, GLOBAL, { object, owner: 'pulumi:a', holder: 'stack a', since })
    await store.close()
    const ask = async (object: string) =>
      (await own.admin('POST', '/v1/claims', { object, owner: 'cluster:b', holder: 'b' })).json
    expect(await ask('User//web/jane')).toMatchObject({ owner: 'pulumi:a', holder: 'stack a', since })
    expect(await ask('User//web/JANE')).toMatchObject({ owner: 'pulumi:a' })
    expect(await ask('Group//web/care%20takers')).toMatchObject({ owner: 'pulumi:a' })
    expect(await ask('Client//web/portal')).toMatchObject({ owner: 'cluster:b' })
    const { claims } = (await own.admin('GET', '/v1/claims?owner=pulumi:a')).json
    expect(claims.map((c: { object: string }) => c.object).toSorted()).toEqual([
      'Client//web/Portal',
      'Group//web/care%20takers',
      'User//web/jane',
    ])
    await own.close()
  })
})
