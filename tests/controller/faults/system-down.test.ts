import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../cluster.ts'
import { ControllerWorld } from '../world.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

describe('a system that is down', () => {
  const recovery = recoveryTimes()
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    cluster = await world.namespace()
    await cluster.ready('Connection', 'runtime')
  })
  afterAll(() => world.stop())

  const displayName = async (name: string) => (await world.call('GET', `/v1/tenants/${name}`)).body.display_name
  const triesOf = (name: string): number => world.requests.filter((r) => r === `GET /v1/tenants/${name}`).length

  /** Tries wait 5 ms, then twice as long each time: eight of them take longer than the drift interval of 1 s. */
  const wholeInterval = async (name: string): Promise<void> => {
    const before = triesOf(name)
    await world.until('it was tried again and again', () => triesOf(name) >= before + 8)
  }

  it('for a whole drift interval loses no edit and no drift, and what was Ready stays so', async () => {
    const storm = new Storm(world, cluster, 'steady', 5)
    await Promise.all(storm.names.map((name) => cluster.tenant(name, { drift: { interval: '1s' } })))
    await storm.ready()
    world.isDown = true
    await world.changeTenant('steady-0', { display_name: 'changed behind its back' })
    await cluster.tenant('steady-1', { displayName: 'edited meanwhile', drift: { interval: '1s' } })
    await cluster.delete('Tenant', 'steady-2')
    await cluster.gone('Tenant', 'steady-2')
    const seen = await cluster.status('Tenant', 'steady-3', (s) => s.condition('Synced')?.status === 'Unknown')
    expect(seen.is('Ready')).toBe(true)
    await wholeInterval('steady-3')
    const converged = recovery('system down for a whole drift interval (from its return)')
    world.isDown = false
    const kept = storm.names.filter((name) => name !== 'steady-2')
    await Promise.all(kept.map((name) => cluster.status('Tenant', name, (s) => s.is('Synced'))))
    await world.until('the drift is corrected', async () => (await displayName('steady-0')) === 'steady-0')
    converged()
    expect(await displayName('steady-1')).toBe('edited meanwhile')
    await storm.expectUnharmed()
  })

  it('when an object is new lets it wait without calling for a person', async () => {
    world.isDown = true
    await cluster.tenant('patient')
    const seen = await cluster.status('Tenant', 'patient', (s) => s.condition('Synced')?.reason === 'Unavailable')
    expect(seen.is('Stalled')).toBe(false)
    expect(seen.is('Reconciling')).toBe(true)
    const converged = recovery('system down when an object is new (from its return)')
    world.isDown = false
    await cluster.ready('Tenant', 'patient')
    converged()
  })
})
