import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld, PATIENT } from '../world.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

describe('an API server that is killed while many objects are applied', () => {
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
    await storm.isRaging()
    const converged = recovery('API server killed in a storm, and started again')
    await world.kube.killServer()
    await world.kube.startServer()
    await applying
    await storm.apply()
    await storm.ready()
    converged()
    await storm.expectUnharmed()
    expect(world.running).toContain(controller)
  })
})
