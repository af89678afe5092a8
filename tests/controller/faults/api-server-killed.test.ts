import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld, PATIENT } from '../world.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

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
    const applying = storm.apply()
    const converged = recovery('API server killed three times in a storm, and started again')
    for (const share of [0.1, 0.3, 0.5]) {
      await storm.isRaging(share)
      await world.kube.killServer()
      await world.kube.startServer()
      await applying
      void storm.apply()
    }
    await storm.apply()
    await storm.ready()
    converged()
    await storm.expectUnharmed()
    expect(world.running).toContain(controller)
  })
})
