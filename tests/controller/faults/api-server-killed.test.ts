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
    const storms = [1, 2, 3].map((n) => new Storm(world, cluster, `storm-${n}`, 60))
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    const applyKeys = (): Promise<unknown> => Promise.allSettled(keys.map((name) => applyKey(cluster, name)))
    await cluster.tenant('holder')
    await cluster.ready('Tenant', 'holder')
    const converged = recovery('API server killed three times, each time in a storm, and started again')
    for (const storm of storms) {
      const applying = Promise.all([storm.apply(), applyKeys()])
      await storm.isRaging(0.1)
      await world.kube.killServer()
      await world.kube.startServer()
      await applying
    }
    // Some were refused by the server that was killed meanwhile.
    for (const storm of storms) await storm.apply()
    await applyKeys()
    for (const storm of storms) await storm.ready()
    for (const name of keys) await cluster.ready('ApiKey', name)
    converged()
    for (const storm of storms) await storm.expectUnharmed()
    expect(await world.apiKeysOf('holder')).toEqual(keys.toSorted())
    for (const name of keys) {
      const value = (await cluster.secretValue(name, 'value')) ?? ''
      expect((await world.callWith(value, 'GET', '/v1/tenants/holder/users')).status, name).toBe(200)
    }
    expect(world.running).toContain(controller)
  })
})
