import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KubeApi } from '../../controller/kube/api.ts'
import { startProxy } from './proxy.ts'
import { type Cluster, ControllerWorld } from './world.ts'

const MANY = 20
const names = Array.from({ length: MANY }, (_, i) => `storm-${i}`)

describe('the controller survives', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeEach(async () => {
    world = await ControllerWorld.start()
    cluster = await world.namespace()
  })
  afterEach(() => world.stop())

  const applyMany = () => Promise.all(names.map((name) => cluster.tenant(name)))
  const allReady = () => Promise.all(names.map((name) => cluster.ready('Tenant', name)))
  const creates = (name: string) => world.bodiesOf('POST /v1/tenants').filter((b) => b.includes(`"${name}"`)).length
  const expectNothingTwice = () => expect(names.map(creates)).toEqual(names.map(() => 1))

  it('a connection to the API server that breaks again and again', async () => {
    const proxy = await startProxy(world.kube.server)
    world.controller({ api: new KubeApi(world.kube.configOf('controller', proxy.url)) })
    await cluster.ready('Connection', 'runtime')
    const cutting = setInterval(() => proxy.cut(), 1_000)
    await applyMany()
    await allReady()
    clearInterval(cutting)
    expectNothingTwice()
    await proxy.close()
  })

  it('an API server that is killed in the middle of a storm', async () => {
    world.controller()
    await cluster.ready('Connection', 'runtime')
    await applyMany()
    await world.kube.killServer()
    await world.kube.startServer()
    await allReady()
    expectNothingTwice()
  })

  it('a system that was down', async () => {
    world.controller()
    await cluster.ready('Connection', 'runtime')
    world.isDown = true
    await cluster.tenant('patient')
    const seen = await cluster.status('Tenant', 'patient', (s) => s.condition('Synced')?.reason === 'Unavailable')
    expect(seen.is('Stalled')).toBe(false)
    expect(seen.is('Reconciling')).toBe(true)
    world.isDown = false
    await cluster.ready('Tenant', 'patient')
  })

  it('a system that was down without calling Ready what was Ready into question', async () => {
    world.controller()
    await cluster.tenant('steady', { drift: { interval: '1s' } })
    await cluster.ready('Tenant', 'steady')
    world.isDown = true
    const seen = await cluster.status('Tenant', 'steady', (s) => s.condition('Synced')?.status === 'Unknown')
    expect(seen.is('Ready')).toBe(true)
  })
})
