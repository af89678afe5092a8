import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoginWorld, openLoginWorld, WRONG } from '../login/world.ts'
import { openContract } from '../vault/world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

/** A tenant where `jane` and three addresses are blocked. */
async function withBlocks(): Promise<string> {
  const tenant = await world.tenant({ block_config: { ip_attempts_limit: 1, user_attempts_limit: 3 } })
  await world.register(tenant)
  for (const ip of ['192.0.2.1', '2001:db8::1', '192.0.2.3']) {
    await world.signIn(tenant, 'jane', WRONG, { ip })
    world.pass(1)
  }
  return tenant
}
const ips = (tenant: string, query = '') => world.admin('GET', `/v1/tenants/${tenant}/blocked-ips${query}`)
const users = (tenant: string) => world.admin('GET', `/v1/tenants/${tenant}/blocked-users`)

describe('the listings of blocks', () => {
  it('answer as the contract says', async () => {
    const { problems } = await openContract('secrets-vault.openapi.yaml')
    const tenant = await withBlocks()
    expect(problems('BlockedIpPage', (await ips(tenant)).body)).toBe('')
    expect(problems('BlockedUserPage', (await users(tenant)).body)).toBe('')
  })

  it('show the newest first, a page at a time', async () => {
    const tenant = await withBlocks()
    const page = async (n: number) => {
      const { body } = await ips(tenant, `?page=${n}&page_size=2`)
      return [body.data.map((b: { ip: string }) => b.ip), body.has_next, body.total_count]
    }
    expect(await page(0)).toEqual([['192.0.2.3', '2001:db8::/64'], true, 3])
    expect(await page(1)).toEqual([['192.0.2.1'], false, 3])
  })

  it('name the user who is blocked', async () => {
    const tenant = await withBlocks()
    const [blocked] = (await users(tenant)).body.data
    expect(blocked).toMatchObject({ username: 'jane', email: 'jane@example.com', block_time_seconds: 60 })
  })

  it('refuse to sort in no direction', async () => {
    expect((await ips(await world.tenant(), '?sort_direction=0')).status).toBe(422)
  })

  it('are closed to keys of another tenant and to keys without the right', async () => {
    const [own, other] = [await world.tenant(), await world.tenant()]
    const path = `/v1/tenants/${own}/blocked-ips`
    expect((await world.send('GET', path, undefined, { key: await world.keyOf(other, '') })).status).toBe(403)
    expect((await world.send('GET', path, undefined, { key: await world.keyOf(own, '') })).status).toBe(403)
  })
})

describe('lifting a block', () => {
  it('of a user lets the user in', async () => {
    const tenant = await withBlocks()
    expect((await world.signIn(tenant)).status).toBe(429)
    const path = `/v1/tenants/${tenant}/blocked-users/${await world.userId(tenant)}`
    expect((await world.admin('DELETE', path)).status).toBe(204)
    expect((await world.signIn(tenant)).status).toBe(200)
  })

  it('of an address lets its network in, named as it is listed', async () => {
    const tenant = await withBlocks()
    const path = `/v1/tenants/${tenant}/blocked-ips/${encodeURIComponent('2001:db8::/64')}`
    expect((await world.admin('DELETE', path)).status).toBe(204)
    expect((await ips(tenant)).body.total_count).toBe(2)
  })

  it('of something that is no address is refused', async () => {
    expect((await world.admin('DELETE', `/v1/tenants/${await world.tenant()}/blocked-ips/nonsense`)).status).toBe(422)
  })
})
