import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceType } from '../../controller/kube/api.ts'
import { ControllerWorld } from './world.ts'

const LEASES: ResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const FOREVER = new AbortController().signal

describe('of two controllers', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
  })
  afterAll(() => world.stop())

  const lease = () => world.kube.admin.get(LEASES, 'default', 'plumbline-controller', FOREVER)
  const holder = async () =>
    ((await lease().catch(() => undefined))?.spec as { holderIdentity?: string })?.holderIdentity

  it('one acts, and the other takes over when it stops', async () => {
    const [first, second] = [world.controller(), world.controller()]
    const leader = await world.until('one leads', holder)
    const cluster = await world.namespace()
    await cluster.tenant('once')
    await cluster.ready('Tenant', 'once')
    expect(world.requests.filter((r) => r === 'POST /v1/tenants')).toHaveLength(1)
    const [old, other] = first.identity === leader ? [first, second] : [second, first]
    await old.stop()
    await world.until('the other leads', async () => (await holder()) === other.identity)
    await cluster.tenant('after')
    await cluster.ready('Tenant', 'after')
    await other.stop()
  })

  it('the one whose lease was stolen ends, and says why', async () => {
    const controller = world.controller({ times: { lease: 3, renew: 2, retry: 0.2 } })
    await world.until('it leads', async () => (await holder()) === controller.identity)
    const theft = { spec: { holderIdentity: 'a-thief' } }
    await world.kube.admin.patch(LEASES, { namespace: 'default', name: 'plumbline-controller' }, theft, FOREVER)
    await expect(controller.ended).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
