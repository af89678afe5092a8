import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from '../vault/world.ts'

let world: World
let tenant: string
beforeAll(async () => {
  world = await openWorld()
  tenant = await world.tenant()
})
afterAll(() => world.close())

describe('discovery', () => {
  it('says what the service supports', async () => {
    const { body } = await world.send('GET', `/scim/v2/${tenant}/ServiceProviderConfig`)
    expect(body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 100 },
      etag: { supported: true },
      sort: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
      meta: { location: `http://localhost/scim/v2/${tenant}/ServiceProviderConfig` },
    })
  })

  it('lists the resource types', async () => {
    const { body } = await world.send('GET', `/scim/v2/${tenant}/ResourceTypes`)
    expect(body.Resources.map((r: { endpoint: string }) => r.endpoint)).toEqual(['/Users', '/Groups'])
  })

  it('reads one resource type', async () => {
    const { body } = await world.send('GET', `/scim/v2/${tenant}/ResourceTypes/User`)
    expect(body).toMatchObject({
      id: 'User',
      meta: { location: `http://localhost/scim/v2/${tenant}/ResourceTypes/User` },
    })
  })

  it('describes the attributes of a user; the password is written and never returned', async () => {
    const { body } = await world.send('GET', `/scim/v2/${tenant}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User`)
    const find = (name: string) => body.attributes.find((a: { name: string }) => a.name === name)
    expect(find('userName')).toMatchObject({ required: true })
    expect(find('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' })
  })

  it('says of a schema what the service enforces, and no more', async () => {
    const schema = async (name: string) =>
      (await world.send('GET', `/scim/v2/${tenant}/Schemas/urn:ietf:params:scim:schemas:core:2.0:${name}`)).body
    const find = (from: { attributes?: object[]; subAttributes?: object[] }, name: string) =>
      (from.attributes ?? from.subAttributes)?.find((a) => (a as { name: string }).name === name) as never
    const [user, group] = [await schema('User'), await schema('Group')]
    expect(find(find(user, 'emails'), 'value')).toMatchObject({ required: true })
    expect(find(find(user, 'emails'), 'type')).toMatchObject({ canonicalValues: ['work', 'home', 'other'] })
    expect(find(group, 'displayName')).toMatchObject({ required: true, uniqueness: 'server' })
    expect(find(find(group, 'members'), 'type')).toMatchObject({ canonicalValues: ['User'] })
    expect(find(find(group, 'members'), 'display')).toBeUndefined()
    const odd = { userName: 'odd', emails: [{ value: 'odd@x.example', type: 'holiday' }] }
    const { status, body } = await world.send('POST', `/scim/v2/${tenant}/Users`, odd)
    expect({ status, emails: body.emails }).toEqual({ status: 201, emails: odd.emails })
  })

  it('does not filter what describes the service', async () => {
    expect((await world.send('GET', `/scim/v2/${tenant}/Schemas?filter=id%20pr`)).status).toBe(403)
  })

  it('answers 404 for a schema that is not there', async () => {
    expect((await world.send('GET', `/scim/v2/${tenant}/Schemas/nosuch`)).status).toBe(404)
  })
})

describe('access', () => {
  const paths = ['Users', 'Users/x', 'Groups', 'Groups/x', 'Schemas', 'ResourceTypes', 'ServiceProviderConfig']

  it.each(paths)('to %s is refused with 401 without a key', async (path) => {
    const answer = await world.send('GET', `/scim/v2/${tenant}/${path}`, undefined, { key: null })
    expect({ status: answer.status, error: answer.body.status }).toEqual({ status: 401, error: '401' })
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="plumbline"')
  })

  it.each(paths)('to %s is refused with 403 with the key of another tenant', async (path) => {
    const key = await world.key(await world.tenant(), ['scim:read', 'scim:write'])
    expect((await world.send('GET', `/scim/v2/${tenant}/${path}`, undefined, { key })).status).toBe(403)
  })

  it('is given by the key as a bearer token', async () => {
    const key = await world.key(tenant, ['scim:read'])
    const ask = (token: string) =>
      world.send('GET', `/scim/v2/${tenant}/Users`, undefined, {
        key: null,
        headers: { authorization: `Bearer ${token}` },
      })
    expect((await ask(key)).status).toBe(200)
    const refused = await ask(`${key.slice(0, -1)}x`)
    expect(refused.status).toBe(401)
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="plumbline", error="invalid_token"')
  })

  it('is refused with 403 when the scope is missing', async () => {
    const key = await world.key(tenant, ['scim:read', 'users:write'])
    const { status } = await world.send('POST', `/scim/v2/${tenant}/Groups`, { displayName: 'G' }, { key })
    expect(status).toBe(403)
  })

  it('to an unknown tenant answers 404', async () => {
    expect((await world.send('GET', '/scim/v2/nobody/Users')).status).toBe(404)
  })
})

describe('junk', () => {
  const junk = () => fc.oneof(fc.jsonValue({ maxDepth: 6 }), scimLike())
  const scimLike = () =>
    fc.record({
      schemas: fc.constant(['urn:ietf:params:scim:api:messages:2.0:PatchOp']),
      userName: fc.jsonValue(),
      displayName: fc.jsonValue(),
      emails: fc.jsonValue(),
      members: fc.jsonValue(),
      Operations: fc.array(
        fc.record(
          {
            op: fc.constantFrom('add', 'remove', 'replace'),
            path: fc.oneof(
              fc.constantFrom('userName', 'emails', 'emails[type eq "x"].value', 'name', 'members'),
              fc.string(),
            ),
            value: fc.jsonValue(),
          },
          { requiredKeys: ['op'] },
        ),
      ),
    })

  it.each([
    ['POST', 'Users', ''],
    ['POST', 'Groups', ''],
    ['PUT', 'Users', '/id'],
    ['PATCH', 'Users', '/id'],
    ['PATCH', 'Groups', '/id'],
  ] as const)('in a %s of %s%s is answered without a fault of the server', async (method, type, at) => {
    const contract = await openContract('secrets-vault.openapi.yaml')
    const made = await world.send('POST', `/scim/v2/${tenant}/${type}`, {
      userName: `junk-${method}-${type}${at}`,
      displayName: `junk-${method}${at}`,
      emails: [{ value: 'a@b.example' }],
    })
    const url = `/scim/v2/${tenant}/${type}${at === '' ? '' : `/${made.body.id}`}`
    const property = fc.asyncProperty(junk(), async (body) => {
      const answer = await world.send(method, url, JSON.stringify(body))
      expect(answer.status).toBeLessThan(500)
      if (answer.status >= 400) expect(contract.problems('ScimError', answer.body)).toBe('')
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('in a filter is answered without a fault of the server', async () => {
    const word = fc.constantFrom(
      'userName',
      'emails',
      'eq',
      'pr',
      'and',
      'not',
      '(',
      ')',
      '[',
      ']',
      '"a"',
      '1',
      'null',
      'true',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    )
    const property = fc.asyncProperty(text, async (filter) => {
      const { status } = await world.send('GET', `/scim/v2/${tenant}/Users?filter=${encodeURIComponent(filter)}`)
      expect(status).toBeLessThan(500)
    })
    await fc.assert(property, { numRuns: 400 })
  })
})
