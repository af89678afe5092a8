import { setInterval } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KubeApi } from '../../../controller/kube/api.ts'
import { ControllerWorld } from '../world.ts'
import { type Proxy as CuttableProxy, startProxy } from './proxy.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

const SECOND = 1_000
const CUTS = 60

describe('every connection to the API server cut once a second for a minute', () => {
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

  it('loses no object, no edit and no lease', { timeout: 180_000 }, async () => {
    const controller = world.controller({ api: new KubeApi(world.kube.configOf('controller', proxy.url)) })
    const cluster = await world.namespace()
    await cluster.ready('Connection', 'runtime')
    const storm = new Storm(world, cluster, 'cut', CUTS)
    const left = [...storm.names]
    for await (const _ of setInterval(SECOND)) {
      const [name, ...others] = left.splice(0)
      if (name === undefined) break
      left.push(...others)
      proxy.cut()
      await cluster.tenant(name)
      await cluster.tenant('edited', { displayName: name })
    }
    const converged = recovery('connections cut every second for a minute (from the last cut)')
    await storm.ready()
    await cluster.ready('Tenant', 'edited')
    converged()
    await storm.expectUnharmed()
    expect((await world.call('GET', '/v1/tenants/edited')).body.display_name).toBe(storm.names.at(-1))
    expect(world.running).toContain(controller)
  })
})
