import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireTenant } from '../../../identity/directory/tenants.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { loadInputs, loginPolicyOf } from '../../../identity/policy/load.ts'
import { offeredMethods } from '../../../identity/policy/offers.ts'
import { effectivePolicy } from '../../../identity/policy/policy.ts'
import type { Answer, LoginWorld } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'
import { ACCESS } from '../settings/runtime.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

type Credentials = Readonly<Record<string, string>>
interface Api {
  readonly read: string
  readonly write: string
  readonly method?: 'POST' | 'PUT'
  readonly credentials: (organization: string) => Promise<Credentials>
}

const basic = async () => ({
  authorization: `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`,
})
const cim = (path: string): Api => ({ read: `cim${path}`, write: `cim${path}`, credentials: basic })

/** Everything that a vendor API lets a client read and write back. */
const APIS: Readonly<Record<string, Api>> = {
  'all of CIM': cim('/api/v2/config'),
  'CIM attributes': cim('/api/v2/attributes'),
  'CIM features': cim('/api/v2/config/features'),
  'CIM step-up': cim('/api/v2/config/step-up'),
  'CIM extension': cim('/api/v2/config/ui-extension'),
  'CIM version 1': { ...cim('/api/v2/config'), read: 'cim/api/config?fields=password_policy,profile' },
  SailPoint: {
    read: 'sailpoint/beta/password-org-config',
    write: 'sailpoint/beta/password-org-config',
    method: 'PUT',
    credentials: async (organization) => ({ authorization: `Bearer ${await world.sailpointToken(organization)}` }),
  },
}

/** A tenant of an organization whose vendor settings nobody has touched. */
async function fresh(tenantFields: object = {}) {
  const tenantId = await login.tenant(tenantFields)
  const organization = await world.freshOrganization(tenantId)
  await world.user(tenantId)
  return { tenantId, organization }
}

/** The values of the policy, before anybody says who they are and for jane. */
async function policiesOf(tenantId: string): Promise<unknown> {
  const tenant = await requireTenant(login.deps, tenantId)
  const user = await login.deps.store.get(USERS, tenantId, 'jane')
  const inputs = [loadInputs(login.deps, { tenant, clientId: 'shop' }), loadInputs(login.deps, { tenant, user })]
  return (await Promise.all(inputs)).map(effectivePolicy)
}

describe('what a vendor API serves of a fresh organization', () => {
  it.each(Object.entries(APIS))('%s: holds, so that writing it back changes nothing', async (_, api) => {
    const { tenantId, organization } = await fresh()
    const before = await policiesOf(tenantId)
    const headers = await api.credentials(organization)
    const at = `/orgs/${organization}`
    const send = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer> =>
      login.send(method, `${at}/${path}`, body, { headers })
    const { body } = await send('GET', api.read)
    expect((await send(api.method ?? 'POST', api.write, body)).status).toBeLessThan(300)
    expect(await policiesOf(tenantId)).toEqual(before)
  })

  it('leaves to the tenant what the tenant says: all but passwords is as without an organization', async () => {
    const alone = await login.tenant()
    await world.user(alone)
    const [free, bound] = [await policiesOf(alone), await policiesOf((await fresh()).tenantId)] as unknown[][]
    const valuesOf = (policy: unknown) =>
      Object.entries(policy as Record<string, Record<string, { readonly value: unknown }>>).flatMap(([part, decided]) =>
        Object.entries(decided).map(([name, { value }]) => [`${part}.${name}`, value] as const),
      )
    for (const [i, policy] of free?.entries() ?? []) {
      const others = new Map(valuesOf(bound?.[i]))
      const different = valuesOf(policy).filter(
        ([name, value]) => JSON.stringify(others.get(name)) !== JSON.stringify(value),
      )
      expect(different.map(([name]) => name).filter((name) => !name.startsWith('page.'))).toEqual([
        'methods.password',
        'levels.password',
      ])
    }
  })

  it('is offered where it is served as enabled: people sign in with a password', async () => {
    const { tenantId, organization } = await fresh({ use_pin: false, use_pattern: false })
    const headers = await basic()
    const served = await login.send('GET', `/orgs/${organization}/cim/api/v2/config/login-methods`, undefined, {
      headers,
    })
    expect(served.body.login_methods).toMatchObject([{ type: 'USERNAME_AND_PASSWORD', enabled: true }])
    const tenant = await requireTenant(login.deps, tenantId)
    expect(offeredMethods(await loginPolicyOf(login.deps, { tenant }))).toEqual(['passkey', 'password'])
    expect((await world.signIn(tenantId)).status).toBe(200)
  })
})
