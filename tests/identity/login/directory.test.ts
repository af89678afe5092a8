import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPasswordWorld } from '../password/world.ts'
import { CLIENT, type LoginWorld, SECRET } from './world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ login: world, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** A tenant, the key of its directory, and jane, whom that has created. */
async function withDirectory(more: object) {
  const tenant = await world.tenant(more)
  const scopes = ['scim:read', 'scim:write']
  const { api_key } = (await world.admin('POST', '/v1/api-keys', { name: 'directory', tenant_id: tenant, scopes })).body
  const headers = { authorization: `Bearer ${api_key}` }
  const jane = { userName: 'jane', emails: [{ value: JANE, type: 'work', primary: true }] }
  const { id } = (await world.send('POST', `/scim/v2/${tenant}/Users`, jane, { headers })).body
  const patch = (...Operations: object[]) =>
    world.send('PATCH', `/scim/v2/${tenant}/Users/${id}`, { schemas: [PATCH], Operations }, { headers })
  const user = async () => (await world.admin('GET', `/v1/tenants/${tenant}/users/${id}`)).body
  return { tenant, patch, user }
}
const forgot = (tenant: string, email: string) =>
  world.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, { username: 'jane', email })

describe('a person who comes from a directory', () => {
  it('sets the first secret by a mailed code where the tenant trusts the addresses of its directory, and signs in', async () => {
    const { tenant } = await withDirectory({ trusts_directory_addresses: true })
    await forgot(tenant, JANE)
    const code = await world.codeFor(tenant, JANE, 'reset your login secret')
    const fields = await world.commitment(tenant, 'jane', 'reset', code)
    await world.send('POST', '/v1/password/reset', { ...fields, code, username: 'jane' })
    expect((await world.signIn(tenant, 'jane', SECRET)).status).toBe(200)
  })

  it('has an address that nobody has confirmed elsewhere, which is the default', async () => {
    const { tenant, user } = await withDirectory({})
    await forgot(tenant, JANE)
    expect([(await user()).is_verified, await world.mailTo(tenant, JANE)]).toEqual([false, undefined])
  })

  it('has another confirmed address when the directory sets another', async () => {
    const { patch, user } = await withDirectory({ trusts_directory_addresses: true })
    await patch({ op: 'Replace', path: 'emails[type eq "work"].value', value: 'jane.doe@example.com' })
    expect(await user()).toMatchObject({ email: 'jane.doe@example.com', is_verified: true })
  })

  it('has none by what the directory writes beside an address that the person has set', async () => {
    const { tenant, patch, user } = await withDirectory({ trusts_directory_addresses: true })
    const own = { ...(await user()), email: 'somebody.else@example.com' }
    await world.admin('PUT', `/v1/tenants/${tenant}/users/${own.user_id}`, own)
    await patch({ op: 'Add', path: 'title', value: 'Analyst' })
    expect(await user()).toMatchObject({ email: 'somebody.else@example.com', is_verified: false })
  })
})
