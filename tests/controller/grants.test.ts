import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

describe('a reference into another namespace', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  /** A team without a Connection of its own; the one of `shared` is a reference away. */
  const namespaces = async (): Promise<{ shared: Cluster; team: Cluster; through: object }> => {
    const [shared, team] = [await world.namespace(), await world.namespace()]
    await shared.ready('Connection', 'runtime')
    return { shared, team, through: { connectionRef: { name: 'runtime', namespace: shared.namespace } } }
  }
  const grant = (shared: Cluster, team: Cluster, to: object = { kind: 'Connection' }) =>
    shared.apply('ReferenceGrant', 'team', { from: [{ namespace: team.namespace }], to: [to] })
  const ungranted = (team: Cluster, name: string) =>
    team.status('Tenant', name, (s) => s.condition('Synced')?.message.startsWith('no ReferenceGrant') === true)

  it('waits for a grant there, and goes on by itself when it comes', async () => {
    const { shared, team, through } = await namespaces()
    await team.tenant('granted', through)
    const waiting = await ungranted(team, 'granted')
    expect(waiting.condition('ReferencesResolved')).toMatchObject({ status: 'False', reason: 'UnresolvedReference' })
    expect((await world.call('GET', '/v1/tenants/granted')).status).toBe(404)
    await grant(shared, team)
    await shared.ready('ReferenceGrant', 'team')
    await team.ready('Tenant', 'granted')
  })

  it('says the same whether what it names is there or not', async () => {
    const { shared, team, through } = await namespaces()
    await team.tenant('to-a-thing', through)
    await team.tenant('to-nothing', { connectionRef: { name: 'absent', namespace: shared.namespace } })
    const message = async (name: string): Promise<string> =>
      String((await ungranted(team, name)).condition('Ready')?.message)
    expect((await message('to-nothing')).replace('absent', 'runtime')).toBe(await message('to-a-thing'))
  })

  it('ends with its grant: what is there stays, and nothing is read or written any more', async () => {
    const { shared, team, through } = await namespaces()
    await grant(shared, team)
    await team.tenant('withdrawn', { ...through, pin: { size: 8 } })
    await team.ready('Tenant', 'withdrawn')
    await shared.delete('ReferenceGrant', 'team')
    await ungranted(team, 'withdrawn')
    await world.changeTenant('withdrawn', { pin_size: 5 })
    await team.reconciled('Tenant', 'withdrawn')
    expect((await world.call('GET', '/v1/tenants/withdrawn')).body.pin_size).toBe(5)
  })

  it('deletes nothing through a Connection that is not granted any more', async () => {
    const { shared, team, through } = await namespaces()
    await grant(shared, team)
    await team.apply('Organization', 'kept', { ...through, deletionPolicy: 'Delete' })
    await team.ready('Organization', 'kept')
    await shared.delete('ReferenceGrant', 'team')
    await team.delete('Organization', 'kept')
    await team.status(
      'Organization',
      'kept',
      (s) => s.condition('Synced')?.message.includes('no ReferenceGrant') === true,
    )
    expect((await world.call('GET', '/v1/organizations/kept')).status).toBe(200)
    await grant(shared, team)
    await team.gone('Organization', 'kept')
    expect((await world.call('GET', '/v1/organizations/kept')).status).toBe(404)
  })

  it('holds no object against others while it is not granted', async () => {
    const { team, through } = await namespaces()
    const owner = await world.namespace()
    await team.tenant('squatted', through)
    await ungranted(team, 'squatted')
    await owner.tenant('squatted')
    await owner.ready('Tenant', 'squatted')
  })

  it('reaches only what the grant names', async () => {
    const { shared, team, through } = await namespaces()
    await grant(shared, team, { kind: 'Connection', name: 'another' })
    await team.tenant('narrow', through)
    await ungranted(team, 'narrow')
    await grant(shared, team, { kind: 'Connection', name: 'runtime' })
    await team.ready('Tenant', 'narrow')
  })
})
