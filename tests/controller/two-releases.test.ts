import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KubeApi } from '../../controller/kube/api.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const NAMES = Array.from({ length: 10 }, (_, i) => `shared-${i}`)

describe('two releases in one cluster, which see the same documents', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    const { kube } = world
    const releases = [await kube.namespace(), await kube.namespace()]
    cluster = await world.namespace()
    for (const release of releases) world.controller({ api: new KubeApi(kube.configOf('admin')), release })
  })
  afterAll(() => world.stop())

  it('make nothing twice', async () => {
    const key = { connectionRef: { name: 'runtime' }, tenantRef: { name: 'shared-0' }, scopes: ['users:read'] }
    for (const name of NAMES) await cluster.tenant(name)
    for (const name of NAMES)
      await cluster.apply('ApiKey', name, { ...key, displayName: name, writeTo: { secret: { name, key: 'value' } } })
    for (const name of NAMES) await cluster.ready('ApiKey', name)
    expect(await world.apiKeysOf('shared-0')).toEqual(NAMES)
    const said = await Promise.all(NAMES.map((name) => cluster.seen('ApiKey', name)))
    expect(said.filter((seen) => seen?.is('Stalled', 'Internal'))).toEqual([])
  })
})
