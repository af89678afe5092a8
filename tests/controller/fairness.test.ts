import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { leaseOf } from './lease.ts'
import { Tarpit } from './tarpit.ts'
import { ControllerWorld, type Running } from './world.ts'

/** Objects of a Connection that are worked on at once. */
const AT_ONCE = 16
const MANY = Array.from({ length: 40 }, (_, i) => `behind-${i}`)

describe('a system that does not answer', () => {
  let world: ControllerWorld
  let tarpit: Tarpit
  let stuck: Cluster
  let controller: Running
  beforeAll(async () => {
    world = await ControllerWorld.start()
    controller = world.controller()
    tarpit = await Tarpit.before(world.runtime.fetch)
    stuck = await world.namespace()
    await stuck.runtime(world.runtime.adminKey ?? '', tarpit.url, { timeoutSeconds: 600 })
    for (const name of MANY) await stuck.tenant(name)
    for (const name of MANY) await stuck.ready('Tenant', name)
    tarpit.hold()
    for (const name of MANY) await stuck.tenant(name, { displayName: 'edited' })
    await world.until('it is asked as often as it may be', () => tarpit.waiting >= AT_ONCE)
  })
  afterAll(async () => {
    await tarpit.stop()
    await world.stop()
  })

  it('keeps nobody else: an object of another Connection becomes Ready', async () => {
    const other = await world.namespace()
    await other.tenant('healthy')
    await other.ready('Tenant', 'healthy')
    expect(tarpit.waiting).toBe(AT_ONCE)
  })

  it('keeps no object of its own namespace that goes through another Connection', async () => {
    await stuck.secret('beside', { key: world.runtime.adminKey ?? '' })
    const credentials = { apiKey: { fromSecret: { name: 'beside', key: 'key' } } }
    await stuck.apply('Connection', 'beside', { system: 'SecretsVault', endpoint: 'embedded', credentials })
    await stuck.tenant('beside', { connectionRef: { name: 'beside' } })
    await stuck.ready('Tenant', 'beside')
    expect(tarpit.waiting).toBe(AT_ONCE)
  })

  it('keeps no other controller from leading: one that is stopped meanwhile gives its Lease back', async () => {
    await controller.stop()
    expect((await leaseOf(world.kube.admin))?.holderIdentity).toBe('')
    controller = world.controller()
    await world.until('it is asked again', () => tarpit.waiting > 0)
  })

  it('keeps no retained object that is deleted, whether it waits for a turn or is being looked at', async () => {
    for (const name of MANY) await stuck.delete('Tenant', name)
    for (const name of MANY) await stuck.gone('Tenant', name)
    expect((await world.call('GET', `/v1/tenants/${MANY[0]}`)).status).toBe(200)
  })

  it('keeps no look longer than the drift interval, whatever the Connection allows', async () => {
    await stuck.tenant('bounded', { drift: { interval: '1s' } })
    const seen = await stuck.status('Tenant', 'bounded', (s) => s.condition('Synced')?.status === 'Unknown')
    expect(seen.condition('Reconciling')?.status).toBe('True')
    expect(tarpit.waiting).toBeGreaterThan(0)
  })
})

describe('a system that takes one request at a time and is slow', () => {
  let world: ControllerWorld
  let tarpit: Tarpit
  let slow: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    tarpit = await Tarpit.before(world.runtime.fetch)
    slow = await world.namespace()
    const hash = { fromSecret: { name: 'navixy', key: 'hash' } }
    await slow.secret('navixy', { hash: 'an-access-hash' })
    const navixyUsers = MANY.map((_, i) => i + 1)
    await slow.apply('Organization', 'dealer', {
      connectionRef: { name: 'runtime' },
      access: { navixy: { hash } },
      navixyUsers,
    })
    await slow.ready('Organization', 'dealer')
    await slow.apply('Connection', 'navixy', {
      system: 'Navixy',
      endpoint: `${tarpit.url}/orgs/dealer/navixy`,
      organizationRef: { name: 'dealer' },
      credentials: { hash },
    })
    await slow.ready('Connection', 'navixy')
    tarpit.hold()
    for (const [i, name] of MANY.entries())
      await slow.apply('MfaAssignment', name, { connectionRef: { name: 'navixy' }, type: 'Disallowed', users: [i + 1] })
    await world.until('it is asked', () => tarpit.waiting > 0)
  })
  afterAll(async () => {
    await tarpit.stop()
    await world.stop()
  })

  it('is asked one thing at a time, and keeps nobody else', async () => {
    const other = await world.namespace()
    await other.tenant('healthy')
    await other.ready('Tenant', 'healthy')
    expect(tarpit.mostWaiting).toBe(1)
    tarpit.release()
    for (const name of MANY) await slow.ready('MfaAssignment', name)
    expect(tarpit.mostWaiting).toBe(1)
  })
})
