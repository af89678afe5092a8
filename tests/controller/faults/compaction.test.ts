import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KubeApi } from '../../../controller/kube/api.ts'
import { ControllerWorld, PATIENT } from '../world.ts'
import { type Proxy as CuttableProxy, startProxy } from './proxy.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

describe('an etcd that has forgotten the versions from which a controller wants to go on (410)', () => {
  const recovery = recoveryTimes()
  let world: ControllerWorld
  let proxy: CuttableProxy
  beforeAll(async () => {
    world = await ControllerWorld.start()
    proxy = await startProxy(world.kube.server)
  })
  afterAll(async () => {
    await world.stop()
    await proxy.close()
  })

  it('hides nothing from it: what was edited, made and removed meanwhile is all found', async () => {
    const api = new KubeApi(world.kube.configOf('controller', proxy.url))
    const controller = world.controller({ api, times: PATIENT })
    const cluster = await world.namespace()
    const heirs = await world.namespace()
    const storm = new Storm(world, cluster, 'old', 20)
    await storm.apply()
    await storm.ready()
    proxy.block(true)
    await cluster.tenant('old-0', { displayName: 'edited while blind' })
    await cluster.forceDelete('Tenant', 'old-1')
    await heirs.tenant('old-1', { adoption: 'AdoptOnly' })
    await cluster.tenant('newcomer')
    await world.kube.compact()
    await world.kube.killServer()
    await world.kube.startServer()
    const converged = recovery('versions compacted away (410)')
    proxy.block(false)
    const isStale = (line: string): boolean => line.startsWith('PLAN_STALE: the watch ended')
    await world.until('it was told so', () => controller.logged.some(isStale))
    await Promise.all(['old-0', 'newcomer'].map((name) => cluster.ready('Tenant', name)))
    // As long as its predecessor was thought to be there, it would be in conflict.
    await heirs.ready('Tenant', 'old-1')
    converged()
    expect((await world.call('GET', '/v1/tenants/old-0')).body.display_name).toBe('edited while blind')
    await storm.expectUnharmed()
  })
})
