import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../vault/world.ts'

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let world: World
let tenant: string
let groups: string
let ids: string[]
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  tenant = await world.tenant()
  groups = `/scim/v2/${tenant}/Groups`
  ids = []
  for (const n of [1, 2, 3]) {
    const user = { userName: `user-${n}`, emails: [{ value: `u${n}@acme.example` }] }
    ids.push((await world.send('POST', `/scim/v2/${tenant}/Users`, user)).body.id)
  }
})

const membersOf = (body: { members?: { value: string }[] }) => (body.members ?? []).map((m) => m.value)
const create = async (members = [ids[0]]) =>
  (await world.send('POST', groups, { displayName: 'Editors', members: members.map((value) => ({ value })) })).body
const patch = (id: string, Operations: unknown) =>
  world.send('PATCH', `${groups}/${id}`, { schemas: [PATCH], Operations })

describe('createScimGroup', () => {
  it('answers 201 with the members and where they are', async () => {
    const { status, body } = await world.send('POST', groups, { displayName: 'Editors', members: [{ value: ids[0] }] })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      displayName: 'Editors',
      members: [{ value: ids[0], $ref: `http://localhost/scim/v2/${tenant}/Users/${ids[0]}`, type: 'User' }],
      meta: { resourceType: 'Group', version: 'W/"1"' },
    })
  })

  it('shows the group at its members', async () => {
    const { id } = await create()
    const { body } = await world.send('GET', `/scim/v2/${tenant}/Users/${ids[0]}`)
    expect(body.groups).toMatchObject([{ value: id, display: 'Editors', type: 'direct' }])
  })

  it('lets one of many parallel creations of a name win', async () => {
    const send = (displayName: string) => world.send('POST', groups, { displayName })
    const answers = await Promise.all(['A', 'a', 'A', 'a'].map(send))
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409])
  })

  it.each([
    ['no name', () => ({ members: [] })],
    ['a member who is not there', () => ({ displayName: 'G', members: [{ value: 'nobody' }] })],
    ['a group as member', () => ({ displayName: 'G', members: [{ value: ids[0], type: 'Group' }] })],
    ['a member without id', () => ({ displayName: 'G', members: [{ display: 'Jane' }] })],
  ])('refuses %s', async (_, body) => {
    const answer = await world.send('POST', groups, body())
    expect(answer.body).toMatchObject({ status: '400', scimType: 'invalidValue' })
  })

  it('does not take a user of another tenant as a member', async () => {
    const other = await world.tenant()
    const { status } = await world.send('POST', `/scim/v2/${other}/Groups`, {
      displayName: 'G',
      members: [{ value: ids[0] }],
    })
    expect(status).toBe(400)
  })
})

describe('listScimGroups', () => {
  it.each(['displayName eq "EDITORS"', 'displayName co "edit"'])('finds by %s', async (filter) => {
    const { id } = await create()
    await world.send('POST', groups, { displayName: 'Others' })
    const { body } = await world.send('GET', `${groups}?filter=${encodeURIComponent(filter)}`)
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ id }] })
  })

  it('finds the groups of a member', async () => {
    const { id } = await create()
    const { body } = await world.send('GET', `${groups}?filter=${encodeURIComponent(`members.value eq "${ids[0]}"`)}`)
    expect(body.Resources).toMatchObject([{ id }])
  })
})

describe('getScimGroup', () => {
  it('leaves out members when asked to', async () => {
    const { id } = await create()
    expect((await world.send('GET', `${groups}/${id}?excludedAttributes=members`)).body).not.toHaveProperty('members')
  })
})

describe('replaceScimGroup', () => {
  it('sets name and members as a whole', async () => {
    const { id } = await create([ids[0], ids[1]])
    const { body } = await world.send('PUT', `${groups}/${id}`, { displayName: 'New', members: [{ value: ids[2] }] })
    expect(body.displayName).toBe('New')
    expect(membersOf(body)).toEqual([ids[2]])
  })
})

describe('patchScimGroup', () => {
  it('adds a member once, however often it is added', async () => {
    const { id } = await create()
    const value = [{ value: ids[0] }, { value: ids[1] }]
    expect(membersOf((await patch(id, [{ op: 'add', path: 'members', value }])).body)).toEqual([ids[0], ids[1]])
  })

  it('removes a member by its value', async () => {
    const { id } = await create([ids[0], ids[1]])
    const { body } = await patch(id, [{ op: 'remove', path: `members[value eq "${ids[0]}"]` }])
    expect(membersOf(body)).toEqual([ids[1]])
  })

  it('loses none of many members that are added in parallel', async () => {
    const { id } = await create([])
    const add = (value: string) => patch(id, [{ op: 'add', path: 'members', value: [{ value }] }])
    await Promise.all(ids.map(add))
    expect(membersOf((await world.send('GET', `${groups}/${id}`)).body).toSorted()).toEqual(ids.toSorted())
  })

  it('refuses a member who is not there', async () => {
    const { id } = await create()
    const { status } = await patch(id, [{ op: 'add', path: 'members', value: [{ value: 'nobody' }] }])
    expect(status).toBe(400)
  })
})

describe('deleteScimGroup', () => {
  it('answers 204, then 404', async () => {
    const { id } = await create()
    expect((await world.send('DELETE', `${groups}/${id}`)).status).toBe(204)
    expect((await world.send('DELETE', `${groups}/${id}`)).status).toBe(404)
  })
})
