import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../vault/world.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** What the service is reached by when nobody told it otherwise. */
const ORIGIN = 'http://localhost'

let world: World
let users: string
let tenant: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  tenant = await world.tenant()
  users = `/scim/v2/${tenant}/Users`
})

const jane = {
  schemas: [USER, ENTERPRISE],
  userName: 'Jane',
  externalId: 'ext-1',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [
    { value: 'home@jane.example', type: 'home' },
    { value: 'jane@acme.example', type: 'work', primary: true },
  ],
  roles: [{ value: 'editor', display: 'Editor' }],
  [ENTERPRISE]: { department: 'Sales' },
}
const create = async (body: object = jane) => (await world.send('POST', users, body)).body
const patch = (id: string, Operations: unknown, headers = {}) =>
  world.send('PATCH', `${users}/${id}`, { schemas: [PATCH], Operations }, { headers })

describe('createScimUser', () => {
  it('answers 201 with the resource, its location and its version', async () => {
    const { status, headers, body } = await world.send('POST', users, jane)
    expect(status).toBe(201)
    expect(headers).toMatchObject({
      'content-type': 'application/scim+json; charset=utf-8',
      location: `${ORIGIN}${users}/${body.id}`,
      etag: 'W/"1"',
    })
    expect(body).toMatchObject({
      ...jane,
      active: true,
      emails: [jane.emails[1], jane.emails[0]],
      meta: { resourceType: 'User', location: `${ORIGIN}${users}/${body.id}`, version: 'W/"1"' },
    })
  })

  it('makes the same record that the users operations show', async () => {
    const { id } = await create()
    const { body } = await world.send('GET', `/v1/tenants/${tenant}/users/${id}`)
    expect(body).toMatchObject({
      username: 'Jane',
      email: 'jane@acme.example',
      external_id: 'ext-1',
      roles: ['editor'],
      is_disabled: false,
    })
  })

  it('follows the address that the users operations change, and keeps the others', async () => {
    const { id } = await create()
    const path = `/v1/tenants/${tenant}/users/${id}`
    await world.send('PUT', path, { ...(await world.send('GET', path)).body, email: 'new@acme.example' })
    const { body } = await world.send('GET', `${users}/${id}`)
    expect(body.emails).toEqual([{ ...jane.emails[1], value: 'new@acme.example' }, jane.emails[0]])
    expect(body.name).toEqual(jane.name)
  })

  it('takes the media type of SCIM', async () => {
    const headers = { 'content-type': 'application/scim+json' }
    expect((await world.send('POST', users, jane, { headers })).status).toBe(201)
  })

  it('answers 409 uniqueness when the name is taken, in any letter case', async () => {
    await create()
    const { status, body } = await world.send('POST', users, { ...jane, userName: 'JANE' })
    expect({ status, scimType: body.scimType }).toEqual({ status: 409, scimType: 'uniqueness' })
  })

  it('lets one of many parallel creations of a name win', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.send('POST', users, jane)))
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409])
  })

  it('takes a user name that is an address as the address', async () => {
    expect((await create({ userName: 'joe@acme.example' })).emails).toEqual([
      { value: 'joe@acme.example', primary: true },
    ])
  })

  it.each([
    ['no userName', { emails: jane.emails }, 'invalidValue'],
    [
      'five addresses',
      { ...jane, emails: Array.from({ length: 5 }, (_, i) => ({ value: `a${i}@b.example` })) },
      'invalidValue',
    ],
    ['two primary addresses', { ...jane, emails: jane.emails.map((e) => ({ ...e, primary: true })) }, 'invalidValue'],
    ['a number for userName', { ...jane, userName: 5 }, 'invalidValue'],
    ['a list', [], 'invalidSyntax'],
    ['a key that reaches into prototypes', { ...jane, [`${ENTERPRISE}:__proto__.polluted`]: 1 }, 'invalidSyntax'],
  ])('refuses %s', async (_, body, scimType) => {
    const answer = await world.send('POST', users, body)
    expect(answer.body).toMatchObject({ status: '400', scimType })
    expect(answer.status).toBe(400)
  })

  it('leaves the prototype of objects alone', async () => {
    await world.send('POST', users, { ...jane, [`${ENTERPRISE}:__proto__.polluted`]: 1 })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('listScimUsers', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await create({ ...jane, userName: `user-${n}`, externalId: `e${n}`, active: n !== 2 })
    await create({ userName: 'other', emails: [{ value: 'other@b.example' }], title: 'Say "hi"' })
  })
  const found = async (filter: string) => {
    const { body } = await world.send('GET', `${users}?filter=${encodeURIComponent(filter)}`)
    return (body.Resources as { userName: string }[]).map((r) => r.userName).toSorted()
  }

  it.each([
    ['userName eq "USER-1"', ['user-1']],
    ['externalId eq "e2"', ['user-2']],
    ['externalId eq "E2"', []],
    ['emails.value eq "HOME@jane.example"', ['user-1', 'user-2', 'user-3']],
    ['emails[type eq "home" and value eq "other@b.example"]', []],
    ['userName eq "user-1" and active eq false', []],
    ['active eq false', ['user-2']],
    ['userName sw "user" and not (externalId eq "e1")', ['user-2', 'user-3']],
    ['userName eq "other" or externalId eq "e3"', ['other', 'user-3']],
    ['title eq "say \\"hi\\""', ['other']],
    ['title pr', ['other']],
    ['externalId eq null', ['other']],
    ['title ne "x"', ['other', 'user-1', 'user-2', 'user-3']],
    [`${ENTERPRISE}:department co "ale"`, ['user-1', 'user-2', 'user-3']],
    [`${USER}:userName ew "-3"`, ['user-3']],
    ['meta.created gt "2020-01-01T00:00:00+05:00" and name.familyName eq "doe"', ['user-1', 'user-2', 'user-3']],
  ])('finds by %s', async (filter, names) => {
    expect(await found(filter)).toEqual(names)
  })

  it('finds a user by the id', async () => {
    const { id } = await create({ ...jane, userName: 'by-id' })
    expect(await found(`id eq "${id}"`)).toEqual(['by-id'])
  })

  it('pages from startIndex, and count 0 asks for the number alone', async () => {
    const page = await world.send('GET', `${users}?startIndex=2&count=2`)
    expect(page.body).toMatchObject({ totalResults: 4, startIndex: 2, itemsPerPage: 2 })
    const none = await world.send('GET', `${users}?count=0`)
    expect(none.body).toMatchObject({ totalResults: 4, Resources: [] })
  })

  it('pages through the matches of a filter', async () => {
    const { body } = await world.send(
      'GET',
      `${users}?count=1&startIndex=3&filter=${encodeURIComponent('userName sw "user"')}`,
    )
    expect(body).toMatchObject({ totalResults: 3, itemsPerPage: 1 })
  })

  it.each([
    'userName eq',
    '((',
    'nosuch eq "a"',
    '__proto__ eq "a"',
    `userName eq "${'\n'.repeat(60)}`,
    'meta.created gt "x"',
  ])('refuses the filter %j', async (filter) => {
    const { status, body } = await world.send('GET', `${users}?filter=${encodeURIComponent(filter)}`)
    expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType: 'invalidFilter' })
  })

  it.each([
    ['count=101', 1, 2],
    ['count=-1', 1, 0],
    ['startIndex=0', 1, 2],
    ['startIndex=-7&count=1', 1, 1],
    ['startIndex=99999999999&count=99999999999', 2_147_483_647, 0],
  ])('takes %s as the nearest that is possible', async (query, startIndex, itemsPerPage) => {
    const place = `/scim/v2/${await world.tenant()}/Users`
    for (const userName of ['a@x.example', 'b@x.example']) await world.send('POST', place, { userName })
    const { status, body } = await world.send('GET', `${place}?${query}`)
    expect({ status, ...body }).toMatchObject({ status: 200, totalResults: 2, startIndex, itemsPerPage })
  })

  it('answers 422 to a startIndex that is no number', async () => {
    const { status, body } = await world.send('GET', `${users}?startIndex=x`)
    expect({ status, source: body.detail[0].loc[0] }).toEqual({ status: 422, source: 'query' })
  })
})

describe('getScimUser', () => {
  it('returns the attributes that were asked for, with id and schemas', async () => {
    const { id } = await create()
    const { body } = await world.send('GET', `${users}/${id}?attributes=USERNAME,emails.value,${ENTERPRISE}:department`)
    expect(body).toEqual({
      id,
      schemas: [USER, ENTERPRISE],
      userName: 'Jane',
      emails: [{ value: 'jane@acme.example' }, { value: 'home@jane.example' }],
      [ENTERPRISE]: { department: 'Sales' },
    })
  })

  it('leaves out excluded attributes, never the id', async () => {
    const { id } = await create()
    const { body } = await world.send('GET', `${users}/${id}?excludedAttributes=id,name.givenName,emails,${ENTERPRISE}`)
    expect(body).toMatchObject({ id, name: { familyName: 'Doe' } })
    expect(Object.keys(body)).not.toContain('emails')
    expect(body.name).not.toHaveProperty('givenName')
  })

  it.each(['W/"1"', '"1"', 'W/"0", W/"1"', '*'])(
    'answers 304 when If-None-Match names the version as %s',
    async (tag) => {
      const { id } = await create()
      const { status, headers, body } = await world.send('GET', `${users}/${id}`, undefined, {
        headers: { 'if-none-match': tag },
      })
      expect([status, headers.etag, body]).toEqual([304, 'W/"1"', undefined])
    },
  )

  it('answers 404 in the form of SCIM', async () => {
    const { status, body } = await world.send('GET', `${users}/nobody`)
    expect(status).toBe(404)
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' })
  })
})

describe('replaceScimUser', () => {
  it('takes away what the body leaves out', async () => {
    const { id } = await create()
    const { body } = await world.send('PUT', `${users}/${id}`, { userName: 'Jane', emails: jane.emails, active: false })
    expect(body).toMatchObject({ active: false, meta: { version: 'W/"2"' } })
    expect(body).not.toHaveProperty('name')
    expect(body).not.toHaveProperty('externalId')
  })

  it('answers 412 when If-Match names an older version', async () => {
    const { id } = await create()
    await world.send('PUT', `${users}/${id}`, jane)
    const { status } = await world.send('PUT', `${users}/${id}`, jane, { headers: { 'if-match': 'W/"1"' } })
    expect(status).toBe(412)
  })

  it('answers 404 for an unknown user', async () => {
    expect((await world.send('PUT', `${users}/nobody`, jane)).status).toBe(404)
  })

  it('makes an address unverified that changes', async () => {
    const { id } = await create()
    const path = `/v1/tenants/${tenant}/users/${id}`
    const user = (await world.send('GET', path)).body
    await world.send('PUT', path, { ...user, is_verified: true })
    await world.send('PUT', `${users}/${id}`, { ...jane, emails: [{ value: 'new@acme.example' }] })
    expect((await world.send('GET', path)).body).toMatchObject({ email: 'new@acme.example', is_verified: false })
  })
})

describe('patchScimUser', () => {
  it.each([
    ['replaces by path', [{ op: 'replace', path: 'userName', value: 'Janet' }], { userName: 'Janet' }],
    ['takes any letter case', [{ op: 'Replace', path: 'USERNAME', value: 'Janet' }], { userName: 'Janet' }],
    ['disables the account', [{ op: 'replace', value: { active: false } }], { active: false }],
    [
      'changes a chosen item',
      [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'h@jane.example' }],
      {
        emails: [jane.emails[1], { value: 'h@jane.example', type: 'home' }],
      },
    ],
    ['removes a chosen item', [{ op: 'remove', path: 'emails[type eq "home"]' }], { emails: [jane.emails[1]] }],
    [
      'sets an attribute of the extension',
      [{ op: 'add', path: `${ENTERPRISE}:department`, value: 'IT' }],
      {
        [ENTERPRISE]: { department: 'IT' },
      },
    ],
    [
      'takes attributes without a path, with dotted and qualified names',
      [
        {
          op: 'add',
          value: { 'name.givenName': 'Janet', NickName: 'J', [`${ENTERPRISE}:department`]: 'IT', id: 'other' },
        },
      ],
      { name: { givenName: 'Janet', familyName: 'Doe' }, nickName: 'J', [ENTERPRISE]: { department: 'IT' } },
    ],
    [
      'replaces a whole extension by its name',
      [{ op: 'replace', value: { [ENTERPRISE]: { division: 'D' } } }],
      { [ENTERPRISE]: { department: 'Sales', division: 'D' } },
    ],
    [
      'reads the booleans that some directories send as texts',
      [{ op: 'replace', path: 'active', value: 'False' }],
      { active: false },
    ],
    [
      'chooses items by a nested filter',
      [
        {
          op: 'replace',
          path: 'emails[not (type eq "WORK") and (value ew ".example" or primary pr)].display',
          value: 'H',
        },
      ],
      { emails: [jane.emails[1], { ...jane.emails[0], display: 'H' }] },
    ],
    [
      'replaces a chosen item as a whole',
      [{ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'new@jane.example' } }],
      { emails: [jane.emails[1], { value: 'new@jane.example' }] },
    ],
    [
      'adds the item that nothing fulfils yet',
      [{ op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '+1' }],
      { phoneNumbers: [{ type: 'work', value: '+1' }] },
    ],
    [
      'takes the primary mark from the others',
      [{ op: 'add', path: 'emails', value: [{ value: 'third@jane.example', primary: true }] }],
      {
        emails: [{ value: 'third@jane.example', primary: true }, { ...jane.emails[1], primary: false }, jane.emails[0]],
      },
    ],
    [
      'moves the primary mark',
      [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
      {
        emails: [
          { ...jane.emails[0], primary: true },
          { ...jane.emails[1], primary: false },
        ],
      },
    ],
    [
      'replaces a list',
      [{ op: 'replace', path: 'emails', value: [{ value: 'one@jane.example' }] }],
      { emails: [{ value: 'one@jane.example' }] },
    ],
    [
      'removes the items of the value',
      [{ op: 'remove', path: 'emails', value: [{ value: 'home@jane.example' }] }],
      { emails: [jane.emails[1]] },
    ],
    [
      'changes a part of all items',
      [{ op: 'replace', path: 'emails.display', value: 'D' }],
      {
        emails: [
          { ...jane.emails[1], display: 'D' },
          { ...jane.emails[0], display: 'D' },
        ],
      },
    ],
    [
      'applies the operations in their order',
      [
        { op: 'add', path: 'title', value: 'A' },
        { op: 'replace', path: 'TITLE', value: 'B' },
      ],
      { title: 'B' },
    ],
    [
      'sets part of a complex attribute',
      [{ op: 'add', path: 'name.middleName', value: 'M' }],
      {
        name: { givenName: 'Jane', middleName: 'M', familyName: 'Doe' },
      },
    ],
  ])('%s', async (_, operations, expected) => {
    const { id } = await create()
    const { status, body } = await patch(id, operations)
    expect(status).toBe(200)
    expect(body).toMatchObject(expected)
  })

  it.each([
    ['null', [{ op: 'replace', path: 'name.givenName', value: null }], 'name', { familyName: 'Doe' }],
    ['a removal', [{ op: 'remove', path: 'externalId' }], 'externalId', undefined],
    ['the removal of the last part', [{ op: 'remove', path: `${ENTERPRISE}:department` }], ENTERPRISE, undefined],
    ['the removal of an extension', [{ op: 'remove', path: ENTERPRISE }], ENTERPRISE, undefined],
    ['an empty list', [{ op: 'replace', path: 'roles', value: [] }], 'roles', undefined],
  ])('takes away by %s', async (_, operations, attribute, left) => {
    const { id } = await create()
    const { status, body } = await patch(id, operations)
    expect([status, body[attribute]]).toEqual([200, left])
  })

  it('keeps the version when nothing changes', async () => {
    const { id } = await create()
    expect((await patch(id, [{ op: 'replace', path: 'userName', value: 'Jane' }])).headers.etag).toBe('W/"1"')
  })

  it('answers 409 uniqueness when the new name is taken', async () => {
    await create({ ...jane, userName: 'joe' })
    const { id } = await create()
    expect((await patch(id, [{ op: 'replace', path: 'userName', value: 'JOE' }])).body.scimType).toBe('uniqueness')
  })

  it.each([
    ['an unknown attribute', [{ op: 'replace', path: 'nosuch', value: 1 }], 'invalidPath'],
    ['a path without end', [{ op: 'replace', path: 'emails[', value: 1 }], 'invalidPath'],
    [
      'a path into prototypes',
      [{ op: 'add', path: 'emails[__proto__.polluted eq "a"].value', value: 'x' }],
      'invalidFilter',
    ],
    ['a part that lists do not have', [{ op: 'remove', path: 'name[givenName eq "Jane"]' }], 'invalidPath'],
    ['a read-only part', [{ op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }], 'mutability'],
    ['the id', [{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    ['an unknown operation', [{ op: 'move', path: 'userName' }], 'invalidSyntax'],
    ['no operations', [], 'invalidValue'],
    ['an addition of nothing', [{ op: 'add', value: null }], 'invalidValue'],
    ['something that is no operation', [null], 'invalidSyntax'],
    ['the removal of userName', [{ op: 'remove', path: 'userName' }], 'invalidValue'],
    ['a removal without path', [{ op: 'remove' }], 'noTarget'],
    [
      'a chosen item that is not there',
      [{ op: 'replace', path: 'emails[type eq "x"].value', value: 'a@b.example' }],
      'noTarget',
    ],
  ])('refuses %s', async (_, operations, scimType) => {
    const { id } = await create()
    const { status, body } = await patch(id, operations)
    expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType })
  })
})

describe('deleteScimUser', () => {
  it('answers 204, then 404', async () => {
    const { id } = await create()
    expect((await world.send('DELETE', `${users}/${id}`)).status).toBe(204)
    expect((await world.send('DELETE', `${users}/${id}`)).status).toBe(404)
  })

  it('refuses an older version with 412', async () => {
    const { id } = await create()
    const { status } = await world.send('DELETE', `${users}/${id}`, undefined, { headers: { 'if-match': 'W/"0"' } })
    expect(status).toBe(412)
  })

  it('takes the user out of the groups', async () => {
    const { id } = await create()
    const group = (
      await world.send('POST', `/scim/v2/${tenant}/Groups`, { displayName: 'G', members: [{ value: id }] })
    ).body
    await world.send('DELETE', `${users}/${id}`)
    expect((await world.send('GET', `/scim/v2/${tenant}/Groups/${group.id}`)).body).not.toHaveProperty('members')
  })
})
