import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

describe('a Navixy user has one setting, so of several objects that name the user', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    cluster = await world.namespace()
    const hash = { fromSecret: { name: 'navixy', key: 'hash' } }
    await cluster.secret('navixy', { hash: 'an-access-hash' })
    await cluster.apply('Organization', 'dealer', {
      connectionRef: { name: 'runtime' },
      access: { navixy: { hash } },
      navixyUsers: [7, 8, 9],
    })
    await cluster.apply('Connection', 'navixy', {
      system: 'Navixy',
      endpoint: 'embedded',
      organizationRef: { name: 'dealer' },
      credentials: { hash },
    })
    await cluster.ready('Connection', 'navixy')
  })
  afterAll(() => world.stop())

  const assign = (name: string, spec: object) =>
    cluster.apply('MfaAssignment', name, { connectionRef: { name: 'navixy' }, type: 'Disallowed', ...spec })

  it('the oldest holds it, and the others say so', async () => {
    await assign('a-first', { users: [7, 8] })
    await cluster.ready('MfaAssignment', 'a-first')
    await assign('b-second', { users: [9, 8] })
    const second = await cluster.status('MfaAssignment', 'b-second', (s) => s.is('Stalled', 'Conflict'), 'in conflict')
    expect(second.condition('Ready')?.message).toContain(
      `MfaAssignment ${cluster.namespace}/a-first is older and describes user 8`,
    )
  })

  it('the next one takes over when the oldest does not name the user any more', async () => {
    await assign('a-first', { users: [7] })
    await cluster.ready('MfaAssignment', 'b-second')
  })

  it('one covers everybody, and a second that does is refused, while exceptions are not', async () => {
    await assign('c-all', { allUsers: true })
    await cluster.ready('MfaAssignment', 'c-all')
    await assign('d-all', { allUsers: true })
    const second = await cluster.status('MfaAssignment', 'd-all', (s) => s.is('Stalled', 'Conflict'), 'in conflict')
    expect(second.condition('Ready')?.message).toContain('describes all users')
    await cluster.reconciled('MfaAssignment', 'a-first')
    await cluster.ready('MfaAssignment', 'a-first')
  })
})
