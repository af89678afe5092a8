import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { Tarpit } from './tarpit.ts'
import { ControllerWorld } from './world.ts'

describe('of several objects that describe one object of a system', () => {
  let world: ControllerWorld
  let url: Tarpit
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    url = await Tarpit.before(world.runtime.fetch)
  })
  afterAll(async () => {
    await world.stop()
    await url.stop()
  })

  const named = async (key: string, endpoint?: string): Promise<Cluster> => {
    const cluster = await world.emptyNamespace()
    await cluster.runtime(key, endpoint)
    return cluster
  }
  const good = (endpoint?: string): Promise<Cluster> => named(world.runtime.adminKey ?? '', endpoint)
  const conflict = (cluster: Cluster, name: string) =>
    cluster.status('Tenant', name, (s) => s.is('Stalled', 'Conflict'), 'in conflict')

  it('one whose Connection has no credentials keeps nobody, however old it is', async () => {
    const wishing = await world.emptyNamespace()
    const credentials = { apiKey: { fromSecret: { name: 'nowhere', key: 'key' } } }
    await wishing.apply('Connection', 'runtime', { system: 'SecretsVault', endpoint: 'embedded', credentials })
    await wishing.tenant('prod')
    await wishing.status('Tenant', 'prod', (s) => s.condition('Ready')?.status === 'False')
    await world.aSecondLater()
    const owner = await good()
    await owner.tenant('prod')
    await owner.ready('Tenant', 'prod')
  })

  it('one whose credentials the system refuses keeps nobody, and does not take over what is deleted and applied again', async () => {
    const wishing = await named('not the key')
    await wishing.tenant('refused')
    await wishing.status('Tenant', 'refused', (s) => s.is('Stalled', 'Unauthenticated'))
    await world.aSecondLater()
    const owner = await good()
    await owner.tenant('refused')
    await owner.ready('Tenant', 'refused')
    await owner.delete('Tenant', 'refused')
    await owner.gone('Tenant', 'refused')
    await owner.tenant('refused')
    await owner.ready('Tenant', 'refused')
    await wishing.status('Tenant', 'refused', (s) => s.is('Stalled', 'Unauthenticated'))
  })

  it('one that is not valid keeps nobody', async () => {
    const wishing = await good()
    await wishing.patchSpec('Connection', 'runtime', { allow: { tenants: ['another'] } })
    await wishing.tenant('invalid')
    await wishing.status('Tenant', 'invalid', (s) => s.is('Stalled', 'Refused'))
    await world.aSecondLater()
    const owner = await good()
    await owner.tenant('invalid')
    await owner.ready('Tenant', 'invalid')
  })

  it('one writes, whether the runtime is called embedded or by its URL', async () => {
    const embedded = await good()
    await embedded.tenant('one-place', { displayName: 'embedded' })
    await embedded.ready('Tenant', 'one-place')
    await world.aSecondLater()
    const byUrl = await good(url.url)
    await byUrl.tenant('one-place', { displayName: 'by its URL' })
    expect((await conflict(byUrl, 'one-place')).condition('Ready')?.message).toContain(embedded.namespace)
    expect((await world.call('GET', '/v1/tenants/one-place')).body.display_name).toBe('embedded')
  })

  it('one writes when it is another Connection that came first, and the oldest does once it is let in', async () => {
    const older = await named('not the key')
    await older.tenant('late', { displayName: 'older' })
    await older.status('Tenant', 'late', (s) => s.is('Stalled', 'Unauthenticated'))
    await world.aSecondLater()
    const younger = await good()
    await younger.tenant('late', { displayName: 'younger' })
    await younger.ready('Tenant', 'late')
    await older.secret('runtime', { key: world.runtime.adminKey ?? '' })
    await older.ready('Tenant', 'late')
    await conflict(younger, 'late')
    await older.secret('runtime', { key: 'withdrawn' })
    await younger.ready('Tenant', 'late')
    await older.status('Tenant', 'late', (s) => s.is('Stalled', 'Unauthenticated'))
  })

  it('the second is refused also when the two keys differ only in letter case', async () => {
    const cluster = await good()
    await cluster.tenant('cased')
    await cluster.ready('Tenant', 'cased')
    const group = { connectionRef: { name: 'runtime' }, tenantRef: { name: 'cased' } }
    await cluster.apply('Group', 'a', { ...group, displayName: 'Admins' })
    await cluster.ready('Group', 'a')
    await world.aSecondLater()
    await cluster.apply('Group', 'b', { ...group, displayName: 'ADMINS' })
    await cluster.status('Group', 'b', (s) => s.is('Stalled', 'Conflict'))
  })

  it('one writes also in a vendor that no service of ours stands for: its base URL is the place', async () => {
    const dealer = await good()
    const hash = { fromSecret: { name: 'navixy', key: 'hash' } }
    await dealer.secret('navixy', { hash: 'an-access-hash' })
    const access = { navixy: { hash } }
    await dealer.apply('Organization', 'dealer', { connectionRef: { name: 'runtime' }, access, navixyUsers: [7] })
    await dealer.ready('Organization', 'dealer')
    const vendor = await Tarpit.before(world.runtime.fetch, '/orgs/dealer/navixy')
    const through = async (cluster: Cluster, endpoint: string) => {
      await cluster.secret('navixy', { hash: 'an-access-hash' })
      await cluster.apply('Connection', 'navixy', { system: 'Navixy', endpoint, credentials: { hash } })
      const spec = { connectionRef: { name: 'navixy' }, type: 'Disallowed', users: [7] }
      await cluster.apply('MfaAssignment', 'seven', spec)
    }
    const older = await world.emptyNamespace()
    await through(older, vendor.url)
    await older.ready('MfaAssignment', 'seven')
    await world.aSecondLater()
    const younger = await world.emptyNamespace()
    await through(younger, `${vendor.url}/`)
    const seen = await younger.status('MfaAssignment', 'seven', (s) => s.is('Stalled', 'Conflict'))
    expect(seen.condition('Ready')?.message).toContain(older.namespace)
    await vendor.stop()
  })

  it('a controller that starts anew looks at nothing before it knows who held what', async () => {
    const holder = await good()
    await holder.tenant('kept', { displayName: 'holder' })
    await holder.ready('Tenant', 'kept')
    await world.aSecondLater()
    const wishing = await good()
    await wishing.tenant('kept', { displayName: 'wish' })
    await conflict(wishing, 'kept')
    await Promise.all(world.running.map((r) => r.stop()))
    const before = world.bodiesOf('PUT /v1/tenants/kept').length
    world.controller()
    await wishing.reconciled('Tenant', 'kept')
    await conflict(wishing, 'kept')
    expect(world.bodiesOf('PUT /v1/tenants/kept').length).toBe(before)
  })
})
