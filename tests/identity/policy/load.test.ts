import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORGANIZATIONS } from '../../../identity/directory/organizations.ts'
import { requireTenant } from '../../../identity/directory/tenants.ts'
import { newUser, type StoredUser } from '../../../identity/directory/users.ts'
import { loginPolicyOf } from '../../../identity/policy/load.ts'
import { CIM } from '../../../identity/settings/cim/state.ts'
import { NAVIXY, type NavixySettings } from '../../../identity/settings/navixy/settings.ts'
import { CONFIGURATIONS, SETTLED } from '../../../identity/settings/pigello/configurations.ts'
import { changeSettings } from '../../../identity/settings/store.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { openWorld, type World } from '../vault/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
/** A tenant of an organization of its own. */
async function withOrganization() {
  const [tenantId, organizationId] = [await world.tenant(), `org-${++count}`]
  await world.send('POST', '/v1/organizations', { organization_id: organizationId })
  await world.send('PUT', `/v1/organizations/${organizationId}/tenants/${tenantId}`)
  const organization = await world.deps.store.get(ORGANIZATIONS, GLOBAL, organizationId)
  if (!organization) throw new Error('the organization was not made')
  return { tenant: await requireTenant(world.deps, tenantId), organization }
}

const jane = (more: Partial<StoredUser> = {}): StoredUser => ({
  ...newUser(
    {
      user_id: 'u1',
      username: 'jane',
      email: 'jane@example.com',
      tenant_id: 't',
      is_disabled: false,
      is_verified: true,
    },
    '2026-01-01T00:00:00Z',
  ),
  ...more,
})

const configuration = (id: string, own: { id: string } | null, more: object) => ({
  ...SETTLED,
  id,
  created_at: '',
  organization: own,
  ...more,
})

describe('settings are read', () => {
  it('of the tenant alone when it has no organization', async () => {
    const policy = await loginPolicyOf(world.deps, { tenant: await requireTenant(world.deps, await world.tenant()) })
    expect([policy.methods.pin.value, policy.methods.password.value, policy.methods.otp.value]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('of an organization as its systems serve them, also where nobody has written any', async () => {
    const { tenant, organization } = await withOrganization()
    const password = async () => (await loginPolicyOf(world.deps, { tenant })).methods.password.value
    expect(await password()).toBe(true)
    await changeSettings(world.deps, organization, CIM, (state) => ({ ...state, login_methods: { login_methods: [] } }))
    expect(await password()).toBe(false)
  })

  it('from the own configuration of Pigello before the fallback of the account', async () => {
    const { tenant, organization } = await withOrganization()
    const scope = `org:${organization.organization_id}`
    const days = async () => (await loginPolicyOf(world.deps, { tenant })).password.expiresAfterDays.value
    await world.deps.store.create(CONFIGURATIONS, scope, configuration('a', null, { password_expiration_days: 90 }))
    expect(await days()).toBe(90)
    const own = { id: organization.id }
    await world.deps.store.create(CONFIGURATIONS, scope, configuration('b', own, { password_expiration_days: 30 }))
    expect(await days()).toBe(30)
  })

  it.each<[string, Partial<StoredUser>, string, boolean]>([
    ['by external id', { external_id: '2101' }, 'one', false],
    ['by user id', { user_id: '2101' }, 'one', false],
    ['who is not known to Navixy, so the default counts', {}, 'two', true],
  ])('of a Navixy user %s', async (_, more, factors, otp) => {
    const { tenant, organization } = await withOrganization()
    await changeSettings<NavixySettings>(world.deps, organization, NAVIXY, () => ({
      default: { type: 'allowed', factor_types: ['email'] },
      users: { 2101: { type: 'disallowed' } },
    }))
    const { login, methods } = await loginPolicyOf(world.deps, { tenant, user: jane(more) })
    expect([login.factors.value, methods.otp.value]).toEqual([factors, otp])
  })
})
