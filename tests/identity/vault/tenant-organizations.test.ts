import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

let world: World
let tenant: string
beforeAll(async () => {
  world = await openWorld()
  for (const organization_id of ['acme', 'globex']) await world.send('POST', '/v1/organizations', { organization_id })
})
afterAll(() => world.close())
beforeEach(async () => {
  tenant = await world.tenant()
})

const at = (organization: string, id = tenant) => `/v1/organizations/${organization}/tenants/${id}`
const listed = async (organization: string) =>
  (await world.send('GET', `/v1/organizations/${organization}/tenants`)).body.tenants.map(
    (t: { tenant_id: string }) => t.tenant_id,
  )

describe('attachTenant', () => {
  it('answers 204, also the second time', async () => {
    expect((await world.send('PUT', at('acme'))).status).toBe(204)
    expect((await world.send('PUT', at('acme'))).status).toBe(204)
    expect(await listed('acme')).toContain(tenant)
  })

  it('answers 409 while the tenant belongs to another organization', async () => {
    await world.send('PUT', at('acme'))
    expect((await world.send('PUT', at('globex'))).status).toBe(409)
    expect(await listed('globex')).not.toContain(tenant)
  })

  it('lets one of two organizations win', async () => {
    const answers = await Promise.all(['acme', 'globex'].map((o) => world.send('PUT', at(o))))
    expect(answers.map((a) => a.status).toSorted()).toEqual([204, 409])
  })

  it('answers 404 for an unknown organization or tenant', async () => {
    expect((await world.send('PUT', at('nobody'))).status).toBe(404)
    expect((await world.send('PUT', at('acme', 'nobody'))).status).toBe(404)
  })
})

describe('detachTenant', () => {
  it('answers 204, then 404', async () => {
    await world.send('PUT', at('acme'))
    expect((await world.send('DELETE', at('acme'))).status).toBe(204)
    expect((await world.send('DELETE', at('acme'))).status).toBe(404)
    expect(await listed('acme')).not.toContain(tenant)
  })

  it('answers 404 to another organization', async () => {
    await world.send('PUT', at('acme'))
    expect((await world.send('DELETE', at('globex'))).status).toBe(404)
  })
})

describe('listOrganizationTenants', () => {
  it('answers in the shape of the additions', async () => {
    await world.send('PUT', at('acme'))
    const contract = await openContract('secrets-vault-additions.openapi.yaml')
    const { body } = await world.send('GET', '/v1/organizations/acme/tenants')
    expect(contract.problems('OrganizationTenantList', body)).toBe('')
  })
})

describe('getTenantOrganization', () => {
  const told = async (id = tenant) => world.send('GET', `/v1/tenants/${id}/organization`)

  it('tells the organization of a tenant, and null where there is none, in the shape of the additions', async () => {
    const contract = await openContract('secrets-vault-additions.openapi.yaml')
    const before = await told()
    expect([before.status, before.body]).toEqual([200, { organization_id: null }])
    await world.send('PUT', at('acme'))
    const after = await told()
    expect(after.body).toEqual({ organization_id: 'acme' })
    for (const { body } of [before, after]) expect(contract.problems('TenantOrganization', body)).toBe('')
  })

  it('answers 404 for an unknown tenant, and 403 to API keys', async () => {
    expect((await told('nobody')).status).toBe(404)
    const key = await world.key(tenant, ['tenants:read', 'tenants:write'])
    expect((await world.send('GET', `/v1/tenants/${tenant}/organization`, undefined, { key })).status).toBe(403)
  })
})

describe('the tenants of organizations', () => {
  it.each(['GET', 'PUT', 'DELETE'] as const)('are refused to API keys: %s', async (method) => {
    const key = await world.key(tenant, ['tenants:read', 'tenants:write'])
    const url = method === 'GET' ? '/v1/organizations/acme/tenants' : at('acme')
    expect((await world.send(method, url, undefined, { key })).status).toBe(403)
  })
})
