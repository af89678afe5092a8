import { beforeEach, describe, expect, it } from 'vitest'
import { ENTERPRISE, jane, ORIGIN, scimUsers, USER } from './scim-users.ts'

const scim = scimUsers()

describe('createScimUser', () => {
  it('answers 201 with the resource, its location and its version', async () => {
    const { status, headers, body } = await scim.world.send('POST', scim.users, jane)
    expect(status).toBe(201)
    expect(headers).toMatchObject({
      'content-type': 'application/scim+json; charset=utf-8',
      location: `${ORIGIN}${scim.users}/${body.id}`,
      etag: 'W/"1"',
    })
    expect(body).toMatchObject({
      ...jane,
      active: true,
      emails: [jane.emails[1], jane.emails[0]],
      meta: { resourceType: 'User', location: `${ORIGIN}${scim.users}/${body.id}`, version: 'W/"1"' },
    })
  })

  it('makes the same record that the users operations show', async () => {
    const { id } = await scim.create()
    const { body } = await scim.world.send('GET', `/v1/tenants/${scim.tenant}/users/${id}`)
    expect(body).toMatchObject({
      username: 'Jane',
      email: 'jane@acme.example',
      external_id: 'ext-1',
      roles: ['editor'],
      is_disabled: false,
    })
  })

  it('follows the address that the users operations change, and keeps the others', async () => {
    const { id } = await scim.create()
    const path = `/v1/tenants/${scim.tenant}/users/${id}`
    await scim.world.send('PUT', path, { ...(await scim.world.send('GET', path)).body, email: 'new@acme.example' })
    const { body } = await scim.world.send('GET', `${scim.users}/${id}`)
    expect(body.emails).toEqual([{ ...jane.emails[1], value: 'new@acme.example' }, jane.emails[0]])
    expect(body.name).toEqual(jane.name)
  })

  it('takes the media type of SCIM', async () => {
    const headers = { 'content-type': 'application/scim+json' }
    expect((await scim.world.send('POST', scim.users, jane, { headers })).status).toBe(201)
  })

  it('answers 409 uniqueness when the name is taken, in any letter case', async () => {
    await scim.create()
    const { status, body } = await scim.world.send('POST', scim.users, { ...jane, userName: 'JANE' })
    expect({ status, scimType: body.scimType }).toEqual({ status: 409, scimType: 'uniqueness' })
  })

  it('lets one of many parallel creations of a name win', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => scim.world.send('POST', scim.users, jane)))
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409])
  })

  it('takes a user name that is an address as the address', async () => {
    expect((await scim.create({ userName: 'joe@acme.example' })).emails).toEqual([
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
    const answer = await scim.world.send('POST', scim.users, body)
    expect(answer.body).toMatchObject({ status: '400', scimType })
    expect(answer.status).toBe(400)
  })

  it('leaves the prototype of objects alone', async () => {
    await scim.world.send('POST', scim.users, { ...jane, [`${ENTERPRISE}:__proto__.polluted`]: 1 })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('listScimUsers', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3])
      await scim.create({ ...jane, userName: `user-${n}`, externalId: `e${n}`, active: n !== 2 })
    await scim.create({ userName: 'other', emails: [{ value: 'other@b.example' }], title: 'Say "hi"' })
  })
  const found = async (filter: string) => {
    const { body } = await scim.world.send('GET', `${scim.users}?filter=${encodeURIComponent(filter)}`)
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
    const { id } = await scim.create({ ...jane, userName: 'by-id' })
    expect(await found(`id eq "${id}"`)).toEqual(['by-id'])
  })

  it('pages from startIndex, and count 0 asks for the number alone', async () => {
    const page = await scim.world.send('GET', `${scim.users}?startIndex=2&count=2`)
    expect(page.body).toMatchObject({ totalResults: 4, startIndex: 2, itemsPerPage: 2 })
    const none = await scim.world.send('GET', `${scim.users}?count=0`)
    expect(none.body).toMatchObject({ totalResults: 4, Resources: [] })
  })

  it('pages through the matches of a filter', async () => {
    const { body } = await scim.world.send(
      'GET',
      `${scim.users}?count=1&startIndex=3&filter=${encodeURIComponent('userName sw "user"')}`,
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
    const { status, body } = await scim.world.send('GET', `${scim.users}?filter=${encodeURIComponent(filter)}`)
    expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType: 'invalidFilter' })
  })

  it.each([
    ['count=101', 1, 2],
    ['count=-1', 1, 0],
    ['startIndex=0', 1, 2],
    ['startIndex=-7&count=1', 1, 1],
    ['startIndex=99999999999&count=99999999999', 2_147_483_647, 0],
  ])('takes %s as the nearest that is possible', async (query, startIndex, itemsPerPage) => {
    const place = `/scim/v2/${await scim.world.tenant()}/Users`
    for (const userName of ['a@x.example', 'b@x.example']) await scim.world.send('POST', place, { userName })
    const { status, body } = await scim.world.send('GET', `${place}?${query}`)
    expect({ status, ...body }).toMatchObject({ status: 200, totalResults: 2, startIndex, itemsPerPage })
  })

  it('answers 422 to a startIndex that is no number', async () => {
    const { status, body } = await scim.world.send('GET', `${scim.users}?startIndex=x`)
    expect({ status, source: body.detail[0].loc[0] }).toEqual({ status: 422, source: 'query' })
  })
})

describe('getScimUser', () => {
  it('returns the attributes that were asked for, with id and schemas', async () => {
    const { id } = await scim.create()
    const { body } = await scim.world.send(
      'GET',
      `${scim.users}/${id}?attributes=USERNAME,emails.value,${ENTERPRISE}:department`,
    )
    expect(body).toEqual({
      id,
      schemas: [USER, ENTERPRISE],
      userName: 'Jane',
      emails: [{ value: 'jane@acme.example' }, { value: 'home@jane.example' }],
      [ENTERPRISE]: { department: 'Sales' },
    })
  })

  it('leaves out excluded attributes, never the id', async () => {
    const { id } = await scim.create()
    const { body } = await scim.world.send(
      'GET',
      `${scim.users}/${id}?excludedAttributes=id,name.givenName,emails,${ENTERPRISE}`,
    )
    expect(body).toMatchObject({ id, name: { familyName: 'Doe' } })
    expect(Object.keys(body)).not.toContain('emails')
    expect(body.name).not.toHaveProperty('givenName')
  })

  it.each(['W/"1"', '"1"', 'W/"0", W/"1"', '*'])(
    'answers 304 when If-None-Match names the version as %s',
    async (tag) => {
      const { id } = await scim.create()
      const { status, headers, body } = await scim.world.send('GET', `${scim.users}/${id}`, undefined, {
        headers: { 'if-none-match': tag },
      })
      expect([status, headers.etag, body]).toEqual([304, 'W/"1"', undefined])
    },
  )

  it('answers 404 in the form of SCIM', async () => {
    const { status, body } = await scim.world.send('GET', `${scim.users}/nobody`)
    expect(status).toBe(404)
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' })
  })
})

describe('replaceScimUser', () => {
  it('takes away what the body leaves out', async () => {
    const { id } = await scim.create()
    const { body } = await scim.world.send('PUT', `${scim.users}/${id}`, {
      userName: 'Jane',
      emails: jane.emails,
      active: false,
    })
    expect(body).toMatchObject({ active: false, meta: { version: 'W/"2"' } })
    expect(body).not.toHaveProperty('name')
    expect(body).not.toHaveProperty('externalId')
  })

  it('answers 412 when If-Match names an older version', async () => {
    const { id } = await scim.create()
    await scim.world.send('PUT', `${scim.users}/${id}`, jane)
    const { status } = await scim.world.send('PUT', `${scim.users}/${id}`, jane, { headers: { 'if-match': 'W/"1"' } })
    expect(status).toBe(412)
  })

  it('answers 404 for an unknown user', async () => {
    expect((await scim.world.send('PUT', `${scim.users}/nobody`, jane)).status).toBe(404)
  })

  it('makes an address unverified that changes', async () => {
    const { id } = await scim.create()
    const path = `/v1/tenants/${scim.tenant}/users/${id}`
    const user = (await scim.world.send('GET', path)).body
    await scim.world.send('PUT', path, { ...user, is_verified: true })
    await scim.world.send('PUT', `${scim.users}/${id}`, { ...jane, emails: [{ value: 'new@acme.example' }] })
    expect((await scim.world.send('GET', path)).body).toMatchObject({ email: 'new@acme.example', is_verified: false })
  })
})

describe('deleteScimUser', () => {
  it('answers 204, then 404', async () => {
    const { id } = await scim.create()
    expect((await scim.world.send('DELETE', `${scim.users}/${id}`)).status).toBe(204)
    expect((await scim.world.send('DELETE', `${scim.users}/${id}`)).status).toBe(404)
  })

  it('refuses an older version with 412', async () => {
    const { id } = await scim.create()
    const { status } = await scim.world.send('DELETE', `${scim.users}/${id}`, undefined, {
      headers: { 'if-match': 'W/"0"' },
    })
    expect(status).toBe(412)
  })

  it('takes the user out of the groups', async () => {
    const { id } = await scim.create()
    const group = (
      await scim.world.send('POST', `/scim/v2/${scim.tenant}/Groups`, { displayName: 'G', members: [{ value: id }] })
    ).body
    await scim.world.send('DELETE', `${scim.users}/${id}`)
    expect((await scim.world.send('GET', `/scim/v2/${scim.tenant}/Groups/${group.id}`)).body).not.toHaveProperty(
      'members',
    )
  })
})
