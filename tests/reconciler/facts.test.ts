import { describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import { adoptedId, afterNamed, type Facts, factsOf, steeringOf } from '../../reconciler/facts.ts'
import { entry } from '../support/matching.ts'
import { connection, document } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const organization = document('Organization', 'acme', { connectionRef: { name: 'vault' }, organizationId: 'acme-co' })
const cim: Resource = document('Connection', 'cim', {
  system: 'OneWelcomeCim',
  endpoint: 'embedded',
  organizationRef: { name: 'acme' },
})
const tenant = document('Tenant', 'web', {
  connectionRef: { name: 'vault' },
  organizationRef: { name: 'acme' },
  tenantId: 'acme-web',
})
const inTenant = (kind: string, name: string, spec: Record<string, unknown>) =>
  document(kind, name, { connectionRef: { name: 'vault' }, tenantRef: { name: 'web' }, ...spec })
const user = (name: string, username = name) => inTenant('User', name, { username, email: `${name}@acme.example` })
const login = document('CimLoginMethod', 'code', {
  connectionRef: { name: 'cim' },
  type: 'EmailOtp',
  displayName: 'Code',
})

const all = [vault, organization, cim, tenant, login]
const factsIn = (resource: Resource, ...more: Resource[]): Facts =>
  factsOf(resource, resolve([...all, ...more, resource]))

describe('the facts of a document', () => {
  it('name its kind, Connection, natural key and tenant', () => {
    const group = inTenant('Group', 'ops', { displayName: 'Ops' })
    const facts = factsIn(group)
    expect([facts.address, facts.kind.name, facts.connection, facts.resource]).toEqual([
      'Group/ops',
      'Group',
      'vault',
      group,
    ])
    expect(facts.target).toEqual({ kind: facts.kind, address: 'Group/ops', key: 'Ops', tenant: 'acme-web' })
  })

  it('have no tenant for a kind that lives in none', () => expect(factsIn(tenant).target).not.toHaveProperty('tenant'))

  it('tell which relations the document names, of a kind whose system keeps some', () => {
    const { organizationRef: _, ...rest } = tenant.spec
    expect(factsIn(tenant).target.relations).toEqual(['/organizationRef'])
    expect(factsIn({ ...tenant, spec: rest }).target.relations).toEqual([])
  })

  it('have references by id, and the spec is told by its digest', () => {
    const facts = factsIn(tenant)
    expect(facts.spec).toMatchObject({ organizationRef: { id: 'acme-co' }, tenantId: 'acme-web' })
    expect(facts.spec.connectionRef).toEqual({ name: 'vault' })
    expect(facts.specDigest).toMatch(/^[0-9a-f]{64}$/)
    const edited = { ...tenant, spec: { ...tenant.spec, displayName: 'New' } }
    expect(factsIn(edited).specDigest).not.toBe(facts.specDigest)
  })

  it('have the id that the document adopts before the one that is remembered', () => {
    const group = inTenant('Group', 'ops', { displayName: 'Ops', externalRef: { id: 'named' } })
    const known = entry('Group', 'ops', { id: 'remembered' })
    expect(factsOf(group, resolve([...all, group]), known).target.id).toBe('named')
    const plain = inTenant('Group', 'ops', { displayName: 'Ops' })
    expect(factsOf(plain, resolve([...all, plain]), known).target.id).toBe('remembered')
    expect([adoptedId(group), adoptedId(plain)]).toEqual(['named', undefined])
  })

  it('name documents with their namespace where a door wants that', () => {
    const placed = (r: Resource): Resource => ({ ...r, metadata: { ...r.metadata, namespace: 'team' } })
    const documents = [vault, organization, tenant].map(placed)
    const facts = factsOf(documents[2] as Resource, resolve(documents), undefined, placedAddressOf)
    expect(facts).toMatchObject({
      address: 'Tenant/team/web',
      connection: 'team/vault',
      needs: ['Organization/team/acme'],
      target: { address: 'Tenant/team/web' },
    })
  })

  it.each([
    ['a kind that is not there', document('Gone', 'a', { connectionRef: { name: 'vault' } })],
    ['a Connection that is not there', document('Tenant', 'a', { connectionRef: { name: 'gone' } })],
  ])('are refused for %s', (_, resource) =>
    expect(() => factsIn(resource)).toThrow(
      expect.objectContaining({
        code: 'UNRESOLVED_REFERENCE',
        message: expect.stringContaining('has no Connection that is known'),
      }),
    ),
  )
})

describe('what a document needs', () => {
  it('are the managed documents that it refers to; a Connection stands for what it needs itself', () => {
    expect(factsIn(organization).needs).toEqual([])
    expect(factsIn(tenant).needs).toEqual(['Organization/acme'])
    expect(factsIn(login).needs).toEqual(['Organization/acme'])
    expect(factsIn(user('jane')).needs).toEqual(['Tenant/web'])
  })

  it('contains it: its tenant, and the organization behind its Connection', () => {
    expect(factsIn(organization).containers).toEqual([])
    expect(factsIn(tenant).containers).toEqual([])
    expect(factsIn(login).containers).toEqual(['Organization/acme'])
    expect(factsIn(user('jane')).containers).toEqual(['Tenant/web'])
    const byId = document('User', 'x', { connectionRef: { name: 'vault' }, tenantRef: { id: 't' }, username: 'x' })
    expect(factsIn(byId).containers).toEqual([])
  })
})

describe('the claim of a document', () => {
  it('is about its object, in the book of the runtime that it lives in', () => {
    expect(factsIn(tenant).claim).toEqual({ registry: 'vault', object: 'Tenant///acme-web' })
    expect(factsIn(user('jane', 'Jane')).claim).toEqual({ registry: 'vault', object: 'User//acme-web/jane' })
  })

  it('is in the book of the runtime of its organization for an object of a vendor', () =>
    expect(factsIn(login).claim).toEqual({ registry: 'vault', object: 'CimLoginMethod/acme-co//EmailOtp%2FCode' }))

  it('is none where a vendor belongs to no organization of ours', () => {
    const alone = connection('alone', 'OneWelcomeCim')
    const method = document('CimLoginMethod', 'x', { ...login.spec, connectionRef: { name: 'alone' } })
    expect(factsIn(method, alone)).not.toHaveProperty('claim')
    const lost = document('Connection', 'lost', { ...cim.spec, organizationRef: { name: 'gone' } })
    const behind = document('CimLoginMethod', 'x', { ...login.spec, connectionRef: { name: 'lost' } })
    expect(factsIn(behind, lost)).not.toHaveProperty('claim')
  })

  it('keeps its parts apart, whatever is in them', () => {
    const named = document('Tenant', 'x', { connectionRef: { name: 'vault' }, tenantId: 'a/b' })
    expect(factsIn(named).claim?.object).toBe('Tenant///a%2Fb')
  })
})

describe('how a document steers', () => {
  it('has defaults', () =>
    expect(steeringOf({})).toEqual({
      management: 'Full',
      adoption: 'AdoptOrCreate',
      deletionPolicy: 'Retain',
      driftMode: 'Correct',
      ignore: [],
    }))

  it('is as the document says', () =>
    expect(
      steeringOf({
        management: 'Observe',
        adoption: 'CreateOnly',
        deletionPolicy: 'Delete',
        drift: { mode: 'Report', ignore: ['/a'] },
      }),
    ).toEqual({
      management: 'Observe',
      adoption: 'CreateOnly',
      deletionPolicy: 'Delete',
      driftMode: 'Report',
      ignore: ['/a'],
    }))

  it('may say one thing about drift and not the other', () => {
    expect(steeringOf({ drift: { mode: 'Ignore' } })).toMatchObject({ driftMode: 'Ignore', ignore: [] })
    expect(steeringOf({ drift: { ignore: ['/a'] } })).toMatchObject({ driftMode: 'Correct', ignore: ['/a'] })
  })
})

describe('documents that name objects of others', () => {
  const group = (members: unknown, spec: Record<string, unknown> = {}) =>
    inTenant('Group', 'ops', { displayName: 'Ops', members, ...spec })
  const needsOf = (...resources: Resource[]) => {
    const index = resolve([...all, ...resources])
    return Object.fromEntries(afterNamed(resources.map((r) => factsOf(r, index))).map((f) => [f.address, f.needs]))
  }

  it('come after those, by the names as the system compares them', () => {
    const needs = needsOf(group(['JANE', 'joe', 'nobody']), user('u1', 'Jane'), user('u2', 'joe'), user('u3', 'ann'))
    expect(needs).toEqual({
      'Group/ops': ['Tenant/web', 'User/u1', 'User/u2'],
      'User/u1': ['Tenant/web'],
      'User/u2': ['Tenant/web'],
      'User/u3': ['Tenant/web'],
    })
  })

  it('need each of them once', () =>
    expect(needsOf(group(['jane', 'Jane']), user('u1', 'jane'))['Group/ops']).toEqual(['Tenant/web', 'User/u1']))

  it.each([undefined, null, 'jane', [7, { id: 1 }]])('need none where they name none: %j', (members) =>
    expect(needsOf(group(members), user('u1', 'jane'))['Group/ops']).toEqual(['Tenant/web']),
  )

  it('need none of another tenant, Connection or kind', () => {
    const second = connection('second', 'SecretsVault')
    const behind = document('User', 'u2', { ...user('u2', 'joe').spec, connectionRef: { name: 'second' } })
    const abroad = document('User', 'u3', { ...user('u3', 'ann').spec, tenantRef: { id: 'other' } })
    const resources = [group(['joe', 'ann', 'ops']), behind, abroad]
    const index = resolve([...all, second, ...resources])
    const [found] = afterNamed(resources.map((r) => factsOf(r, index)))
    expect(found?.needs).toEqual(['Tenant/web'])
  })
})
