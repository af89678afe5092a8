import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

let world: World
let contract: Awaited<ReturnType<typeof openContract>>
let tenant_id: string
let users: string
beforeAll(async () => {
  world = await openWorld()
  contract = await openContract('secrets-vault.openapi.yaml')
})
afterAll(() => world.close())
beforeEach(async () => {
  tenant_id = await world.tenant()
  users = `/v1/tenants/${tenant_id}/users`
})

const jane = (more: object = {}) => ({
  user_id: 'u1',
  username: 'Jane',
  email: 'jane@acme.example',
  tenant_id,
  ...more,
})
const create = (more: object = {}) => world.send('POST', users, jane(more))
const named = (username: string) => jane({ user_id: username, username, email: `${username}@acme.example` })

describe('createUser', () => {
  it('answers 201 with the user and its defaults', async () => {
    const { status, body } = await create()
    expect(status).toBe(201)
    expect(contract.problems('User', body)).toBe('')
    expect(body).toMatchObject({ is_disabled: false, is_verified: false, updated_at: null, roles: null })
  })

  it('takes the time of creation from the body when there is one', async () => {
    const { body } = await create({ created_at: '2020-02-03T04:05:06+01:00' })
    expect(body.created_at).toBe('2020-02-03T03:05:06.000Z')
  })

  it.each([
    ['name in another letter case', { user_id: 'u2', username: 'JANE' }],
    ['id', { username: 'joe' }],
  ])('answers 409 when the %s is taken', async (_, more) => {
    await create()
    expect((await create(more)).status).toBe(409)
  })

  it('lets one of many parallel creations of a name win', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => create({ user_id: `u${n}` })))
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409, 409])
  })

  it.each([
    ['another tenant in the body', { tenant_id: 'other' }, 'tenant_id'],
    ['an empty name', { username: '' }, 'username'],
    ['a name of 129 characters', { username: 'x'.repeat(129) }, 'username'],
    ['something that is no address', { email: 'jane' }, 'email'],
    ['an id with a slash', { user_id: 'a/b' }, 'user_id'],
    ['a text as a switch', { is_disabled: 'false' }, 'is_disabled'],
    ['a time that is none', { created_at: 'yesterday' }, 'created_at'],
  ])('refuses %s', async (_, more, field) => {
    const { status, body } = await create(more)
    expect(status).toBe(422)
    expect(body.detail[0].loc).toEqual(['body', field])
  })

  it('answers 404 for an unknown tenant', async () => {
    const body = jane({ tenant_id: 'nobody' })
    expect((await world.send('POST', '/v1/tenants/nobody/users', body)).status).toBe(404)
  })
})

describe('listUsers', () => {
  beforeEach(async () => {
    for (const name of ['bob', 'Ann', 'cyd']) await world.send('POST', users, named(name))
  })
  const list = async (query: string) => (await world.send('GET', `${users}?${query}`)).body
  const names = async (query: string) => (await list(query)).data.map((u: { username: string }) => u.username)

  it('answers in the shape of the contract, newest first', async () => {
    const body = await list('')
    expect(contract.problems('UserPage', body)).toBe('')
    expect(body.data.map((u: { username: string }) => u.username)).toEqual(['cyd', 'Ann', 'bob'])
  })

  it.each([
    ['sort_by=username&sort_direction=1', ['Ann', 'bob', 'cyd']],
    ['sort_by=email&sort_direction=-1', ['cyd', 'bob', 'Ann']],
    ['username=ANN', ['Ann']],
    ['email=Bob@acme.example', ['bob']],
    ['username=nobody', []],
    ['username=&email=', ['cyd', 'Ann', 'bob']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  it('says whether there is more', async () => {
    expect(await list('limit=2')).toMatchObject({ has_next: true, total_count: 3 })
    expect(await list('limit=2&offset=2')).toMatchObject({ has_next: false, total_count: 3 })
  })

  it.each([
    'sort_direction=0',
    'sort_direction=2',
    'limit=0',
    'limit=501',
    'offset=-1',
    'sort_by=locale',
    `username=${'x'.repeat(129)}`,
  ])('answers 422 to %s', async (query) => {
    const { status, body } = await world.send('GET', `${users}?${query}`)
    expect({ status, source: body.detail[0].loc[0] }).toEqual({ status: 422, source: 'query' })
  })
})

describe('getUser and getUserByName', () => {
  it('answer in the shape of the contract', async () => {
    await create()
    for (const path of [`${users}/u1`, `/v1/tenants/${tenant_id}/usernames/jANE`]) {
      const { status, body } = await world.send('GET', path)
      expect({ status, problems: contract.problems('User', body), id: body.user_id }).toEqual({
        status: 200,
        problems: '',
        id: 'u1',
      })
    }
  })

  it('answer 404 for an unknown user', async () => {
    expect((await world.send('GET', `${users}/u9`)).status).toBe(404)
    expect((await world.send('GET', `/v1/tenants/${tenant_id}/usernames/nobody`)).status).toBe(404)
  })

  it('answer 422 to a name of 129 characters', async () => {
    expect((await world.send('GET', `/v1/tenants/${tenant_id}/usernames/${'x'.repeat(129)}`)).status).toBe(422)
  })
})

describe('updateUser', () => {
  const update = (more: object = {}) => world.send('PUT', `${users}/u1`, jane(more))

  it('replaces the record and keeps the time of creation', async () => {
    const created = (await create({ locale: 'de', is_disabled: true })).body
    const { status, body } = await update({ username: 'Janet' })
    expect(status).toBe(200)
    expect(contract.problems('User', body)).toBe('')
    expect(body).toMatchObject({ username: 'Janet', locale: null, is_disabled: false, created_at: created.created_at })
    expect(body.updated_at).toEqual(expect.any(String))
  })

  it('makes a new address unverified', async () => {
    await create({ is_verified: true })
    expect((await update({ is_verified: true })).body.is_verified).toBe(true)
    expect((await update({ is_verified: true, email: 'new@acme.example' })).body.is_verified).toBe(false)
  })

  it('answers 409 when the new name is taken', async () => {
    await create()
    await world.send('POST', users, named('bob'))
    expect((await update({ username: 'BOB' })).status).toBe(409)
  })

  it.each(['tenant_id', 'user_id'])('refuses a %s that is not the one in the path', async (field) => {
    await create()
    expect((await update({ [field]: 'other' })).body.detail[0].loc).toEqual(['body', field])
  })

  it('answers 404 for an unknown user', async () => {
    expect((await update()).status).toBe(404)
  })
})

describe('batchCreateUsers', () => {
  const batch = (list: object[]) => world.send('POST', `${users}/batch/create`, { users: list })

  it('counts successes and names duplicates and failures', async () => {
    await world.send('POST', users, named('bob'))
    const { status, body } = await batch([
      named('ann'),
      { ...named('BOB'), user_id: 'x' },
      { ...named('cyd'), user_id: 'bob' },
    ])
    expect(status).toBe(201)
    expect(contract.problems('BatchCreateUsersResult', body)).toBe('')
    expect(body).toEqual({ success_created_count: 1, duplicate_usernames: ['BOB'], fail_create_usernames: ['cyd'] })
  })

  it('takes 500 users and refuses 501', async () => {
    const many = Array.from({ length: 501 }, (_, i) => named(`user-${i}`))
    expect((await batch(many)).status).toBe(422)
    expect((await batch(many.slice(1))).body.success_created_count).toBe(500)
  })

  it('refuses a user of another tenant', async () => {
    expect((await batch([{ ...named('ann'), tenant_id: 'other' }])).body.detail[0].loc).toEqual([
      'body',
      'users',
      0,
      'tenant_id',
    ])
  })
})

describe('batchDeleteUsers', () => {
  const remove = (users_ids: string[]) => world.send('POST', `${users}/batch/delete`, { users_ids })

  it('answers 201 with null and deletes, whatever else is named', async () => {
    await create()
    const { status, body } = await remove(['u1', 'nobody', 'u1'])
    expect({ status, body }).toEqual({ status: 201, body: null })
    expect((await world.send('GET', `${users}/u1`)).status).toBe(404)
  })

  it('refuses 501 ids', async () => {
    expect((await remove(Array.from({ length: 501 }, (_, i) => `u${i}`))).status).toBe(422)
  })
})
