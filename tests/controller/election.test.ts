import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leaseOf } from './lease.ts'
import { ControllerWorld } from './world.ts'

describe('of two controllers', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
  })
  afterAll(() => world.stop())

  const holder = async () => (await leaseOf(world.kube.admin))?.holderIdentity

  it('one acts, and the other takes over at once when it stops', async () => {
    const [first, second] = [world.controller(), world.controller()]
    const leader = await world.until('one leads', holder)
    const cluster = await world.namespace()
    await cluster.tenant('once')
    await cluster.ready('Tenant', 'once')
    expect(world.requests.filter((r) => r === 'POST /v1/tenants')).toHaveLength(1)
    expect(new Set(world.sent.map((s) => s.by))).toEqual(new Set([leader]))
    const [old, other] = first.identity === leader ? [first, second] : [second, first]
    await old.stop()
    await world.until('the other leads', async () => (await holder()) === other.identity)
    await cluster.tenant('after')
    await cluster.ready('Tenant', 'after')
    await other.stop()
  })
})
