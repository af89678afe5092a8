import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/kube.ts'
import { leaseOf } from '../lease.ts'
import { type ProxiedRuntime, startProxiedRuntime } from './proxied-runtime.ts'
import { recoveryTimes } from './recovery.ts'

/** The promise to people. With the times of the Lease (15, 10, 2 s) it takes 17.4 s at most, so that a slow machine has room. */
const TAKEOVER_MS = 20_000

describe('two processes of `plumbline controller`', () => {
  const recovery = recoveryTimes()
  let world: ProxiedRuntime
  beforeAll(async () => {
    world = await startProxiedRuntime()
    await Promise.all([world.replicas.start(), world.replicas.start()])
  })
  afterAll(() => world.stop())

  it('do the work of one', async () => {
    const { cluster, kube, proxy } = world
    const names = ['one', 'two', 'three']
    await Promise.all(names.map((name) => cluster.tenant(name)))
    await Promise.all(names.map((name) => cluster.ready('Tenant', name)))
    const told = await until('events tell of all', async () => {
      const events = (await Promise.all(names.map((name) => cluster.events(name)))).flat()
      return events.length >= names.length && events
    })
    const { holderIdentity } = (await leaseOf(kube.admin)) ?? {}
    expect(new Set(told.map((e) => e.reportingInstance))).toEqual(new Set([holderIdentity]))
    // Before an object is made, the runtime is asked who holds it.
    expect(proxy.writes.filter((w) => w !== 'POST /v1/claims')).toEqual(names.map(() => 'POST /v1/tenants'))
  })

  it('that lose their leader between a create and the status of its object create nothing twice, take nothing for foreign, and lead on within 20 s', async () => {
    const { cluster, kube, proxy, replicas } = world
    const [leader] = replicas.leaders
    const died = new Promise((ended) => leader?.once('close', ended))
    let converged = (): void => {}
    proxy.arm({ write: 2, when: 'after' }, () => {
      converged = recovery('leader killed (SIGKILL) between a create and the status; another one takes over')
      leader?.kill('SIGKILL')
    })
    await cluster.tenant('half', { adoption: 'CreateOnly' })
    await died
    expect(proxy.killedAt).toBe('POST /v1/tenants')
    const before = await leaseOf(kube.admin)
    await until('the other leads', async () => replicas.leaders.length === 2)
    await cluster.ready('Tenant', 'half')
    converged()
    const after = await leaseOf(kube.admin)
    expect(after?.holderIdentity).not.toBe(before?.holderIdentity)
    // By the Lease's own times: from the last renewal of the one to the start of the other.
    expect(Date.parse(after?.acquireTime ?? '') - Date.parse(before?.renewTime ?? '')).toBeLessThan(TAKEOVER_MS)
    expect(proxy.writes.filter((w) => w === 'POST /v1/tenants')).toHaveLength(1)
    expect(proxy.writes.filter((w) => w.startsWith('DELETE'))).toEqual([])
  })
})
