import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KubeApi } from '../../controller/kube/api.ts'
import { Election } from '../../controller/kube/election.ts'
import { systemClock } from '../../reconciler/retry.ts'
import { leaseOf } from './lease.ts'
import { ControllerWorld } from './world.ts'

const HOUR_MS = 3_600_000

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

  it('both measure the Lease by a clock that nobody sets: a wall clock that leaps takes it from nobody', async () => {
    const [holding, waiting] = [new AbortController(), new AbortController()]
    let asked = 0
    const candidate = (identity: string, { signal }: AbortController, api = world.kube.admin): Election => {
      let hours = 0
      const clock = { ...systemClock, now: () => Date.now() + ++hours * HOUR_MS }
      const times = { lease: 15, renew: 10, retry: 0.02 }
      return new Election({
        api,
        namespace: 'default',
        name: 'leaping',
        identity,
        clock,
        signal,
        onFault: () => {},
        times,
      })
    }
    const holder = candidate('holder', holding)
    await holder.acquire()
    const held = holder.hold()
    const api = new KubeApi(world.kube.configOf('admin'))
    api.onSent = () => asked++
    const acquired = candidate('waiting', waiting, api).acquire()
    await world.until('it has tried again and again', () => asked >= 20)
    expect((await leaseOf(world.kube.admin, 'leaping'))?.holderIdentity).toBe('holder')
    holding.abort()
    await held
    await acquired
    expect((await leaseOf(world.kube.admin, 'leaping'))?.holderIdentity).toBe('waiting')
    waiting.abort()
  })
})
