import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../cluster.ts'
import { ControllerWorld, PATIENT } from '../world.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

/** Has no natural key, and a value that is told once. */
const applyKey = (cluster: Cluster, name: string): Promise<unknown> =>
  cluster.apply('ApiKey', name, {
    connectionRef: { name: 'runtime' },
    tenantRef: { name: 'holder' },
    displayName: name,
    scopes: ['users:read'],
    writeTo: { secret: { name, key: 'value' } },
  })

describe('an API server that is killed three times while many objects are applied', () => {
  const recovery = recoveryTimes()
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
  })
  afterAll(() => world.stop())

  it('ends no controller, and what was under way is neither lost nor done twice', async () => {
    const controller = world.controller({ times: PATIENT })
    const cluster = await world.namespace()
    await cluster.ready('Connection', 'runtime')
    const storm = new Storm(world, cluster, 'storm', 60)
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    await cluster.tenant('holder')
    await cluster.ready('Tenant', 'holder')
    const apply = (): Promise<unknown> =>
      Promise.allSettled([storm.apply(), ...keys.map((name) => applyKey(cluster, name))])
    const applying = apply()
    const converged = recovery('API server killed three times in a storm, and started again')
    for (const share of [0.1, 0.3, 0.5]) {
      await storm.isRaging(share)
      await world.kube.killServer()
      await world.kube.startServer()
      await applying
      void apply()
    }
    await apply()
    await storm.ready()
    for (const name of keys) await cluster.ready('ApiKey', name)
    converged()
    await storm.expectUnharmed()
    expect(await world.apiKeysOf('holder')).toEqual(keys.toSorted())
    for (const name of keys) {
      const value = (await cluster.secretValue(name, 'value')) ?? ''
      expect((await world.callWith(value, 'GET', '/v1/tenants/holder/users')).status, name).toBe(200)
    }
    expect(world.running).toContain(controller)
  })
})
