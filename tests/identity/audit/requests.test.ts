import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { type LoginWorld, openLoginWorld } from '../login/world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

const events = async (scope: string) =>
  (await world.deps.store.find(AUDIT_RECORDS, scope, { limit: 100 })).items.map(({ event, actor, subject }) => ({
    event,
    actor,
    subject,
  }))
const USER = { user_id: 'ada', username: 'ada', email: 'ada@example.com' }

describe('an administrative change', () => {
  it('is in the log of its tenant, with who made it', async () => {
    const tenant = await world.tenant()
    await world.admin('POST', `/v1/tenants/${tenant}/users`, { ...USER, tenant_id: tenant })
    expect(await events(tenant)).toEqual([
      { event: 'POST /v1/tenants/:tenant_id/users', actor: 'administrator', subject: { tenant_id: tenant } },
    ])
  })

  it('by an API key names the key by its id', async () => {
    const tenant = await world.tenant()
    const key = await world.keyOf(tenant, '')
    await world.send('POST', `/v1/tenants/${tenant}/users`, { ...USER, tenant_id: tenant }, { key })
    expect((await events(tenant))[0]?.actor).toBe(`key:${key.split('_')[1]}`)
  })

  it('without a tenant is in the general log', async () => {
    const before = (await events(GLOBAL)).length
    await world.tenant()
    expect((await events(GLOBAL)).slice(before).map((e) => e.event)).toEqual(['POST /v1/tenants', 'POST /v1/clients'])
  })
})

describe('what is not written:', () => {
  it('reading', async () => {
    const tenant = await world.tenant()
    await world.admin('GET', `/v1/tenants/${tenant}`)
    expect(await events(tenant)).toEqual([])
  })

  it('a change that was refused', async () => {
    const tenant = await world.tenant()
    await world.admin('POST', `/v1/tenants/${tenant}/users`, { username: 'x' })
    expect(await events(tenant)).toEqual([])
  })
})
