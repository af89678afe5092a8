import { describe, expect, it } from 'vitest'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })

describe('adoption', () => {
  const existing = () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { display_name: 'Old' })
    return world
  }

  it('takes over an existing object by default and shows what it will change', async () => {
    const plan = await existing().plan([vault, tenant('acme', { displayName: 'New' })])
    expect(plan.steps[0]).toMatchObject({
      action: 'adopt',
      changes: [{ path: '/displayName', from: 'Old', to: 'New' }],
    })
  })

  it('is refused with CreateOnly', async () => {
    const plan = await existing().plan([vault, tenant('acme', { adoption: 'CreateOnly' })])
    expect(plan.steps[0]).toMatchObject({ action: 'blocked', because: expect.stringContaining('CreateOnly') })
  })

  it('is allowed with CreateOnly for an object that an interrupted run began to create', async () => {
    const world = existing()
    const before = await world.look([vault, tenant('acme', { adoption: 'CreateOnly' })])
    const { kind, connection: name, target, needs } = before.documents[0] ?? expect.fail('no document')
    const begun = { address: 'Tenant/acme', kind: kind.name, connection: name, key: target.key, memo: {}, needs }
    await world.ledger.put({ ...begun, deletionPolicy: 'Retain' })
    expect(actions(await world.plan([vault, tenant('acme', { adoption: 'CreateOnly' })]))).toEqual([
      'adopt Tenant/acme',
    ])
  })

  it('has nothing to do with AdoptOnly when there is nothing', async () => {
    const plan = await new World().plan([vault, tenant('acme', { adoption: 'AdoptOnly' })])
    expect(plan.steps[0]).toMatchObject({ action: 'blocked', because: expect.stringContaining('nothing to adopt') })
  })
})

describe('management and drift modes', () => {
  const drifted = async (spec: Record<string, unknown>) => {
    const world = new World()
    const documents = [vault, tenant('acme', { displayName: 'Acme', ...spec })]
    await world.apply(documents)
    world.system.objects.set('Tenant/acme', { display_name: 'Changed behind the back' })
    return { world, documents }
  }

  it('corrects drift by default and marks it as drift', async () => {
    const { world, documents } = await drifted({})
    expect((await world.plan(documents)).steps[0]).toMatchObject({ action: 'update', drift: true })
  })

  it('only reports drift with mode Report', async () => {
    const { world, documents } = await drifted({ drift: { mode: 'Report' } })
    expect((await world.plan(documents)).steps[0]).toMatchObject({ action: 'report', drift: true })
  })

  it('says nothing with mode Ignore', async () => {
    const { world, documents } = await drifted({ drift: { mode: 'Ignore' } })
    expect(actions(await world.plan(documents))).toEqual(['none Tenant/acme'])
  })

  it('applies an edited document also with mode Report', async () => {
    const { world } = await drifted({ drift: { mode: 'Report' } })
    const edited = [vault, tenant('acme', { displayName: 'Edited', drift: { mode: 'Report' } })]
    expect(actions(await world.plan(edited))).toEqual(['update Tenant/acme'])
  })

  it('lets ignored fields differ', async () => {
    const { world, documents } = await drifted({ drift: { ignore: ['/displayName'] } })
    expect(actions(await world.plan(documents))).toEqual(['none Tenant/acme'])
  })

  it('reads and never writes with management Observe', async () => {
    const { world } = await drifted({})
    const observed = [vault, tenant('acme', { displayName: 'Acme', management: 'Observe' })]
    expect(actions(await world.plan(observed))).toEqual(['report Tenant/acme'])
    const before = world.system.writes.length
    await world.apply(observed)
    expect(world.system.writes.length).toBe(before)
  })

  it('never owns what it only observes', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { display_name: 'Acme' })
    const plan = await world.plan([vault, tenant('acme', { displayName: 'Acme', management: 'Observe' })])
    expect(actions(plan)).toEqual(['none Tenant/acme'])
  })

  it('reports what it only observes and does not find', async () => {
    const plan = await new World().plan([vault, tenant('acme', { management: 'Observe' })])
    expect(plan.steps).toMatchObject([{ action: 'report', because: 'absent, and only observed' }])
  })

  it('does nothing with management Paused', async () => {
    const { world } = await drifted({})
    const plan = await world.plan([vault, tenant('acme', { displayName: 'Acme', management: 'Paused' })])
    expect(plan.steps[0]).toMatchObject({ action: 'none', because: 'paused' })
  })

  it('creates a vanished object again and says that it had vanished', async () => {
    const { world, documents } = await drifted({})
    world.system.objects.clear()
    expect((await world.plan(documents)).steps[0]).toMatchObject({ action: 'create', drift: true })
  })
})

describe('what the standards compare without case', () => {
  const inTenant = { connectionRef: { name: 'vault' }, tenantRef: { id: 'acme' } }
  it.each([
    ['User', 'Ada', { username: 'Ada', email: 'ada@Example.ORG' }, { username: 'ada', email: 'ada@example.org' }],
    ['Group', 'Ops', { displayName: 'Ops', members: ['Ada', 'Bob'] }, { displayName: 'ops', members: ['bob', 'ada'] }],
  ])('is no difference: %s', async (kind, key, found, named) => {
    const world = new World()
    const managed = kind === 'Group' ? { membership: 'Managed' } : {}
    const subject = (spec: Record<string, unknown>) => [
      vault,
      document(kind, 'x', { ...inTenant, ...managed, ...spec }),
    ]
    await world.apply(subject(found))
    expect([...world.system.objects.keys()]).toEqual([`${kind}/acme/${key}`])
    world.system.objects.set(`${kind}/acme/${key.toLowerCase()}`, world.system.objects.get(`${kind}/acme/${key}`) ?? {})
    expect((await world.plan(subject(named))).steps[0]?.changes).toEqual([])
  })

  it('is a difference in front of the @: a mailbox may tell letters apart', async () => {
    const world = new World()
    const user = (email: string) => [vault, document('User', 'x', { ...inTenant, username: 'ada', email })]
    await world.apply(user('Ada@example.org'))
    expect((await world.plan(user('ada@example.org'))).steps[0]?.changes).toMatchObject([{ path: '/email' }])
    await world.apply(user('"a@B"@example.org'))
    expect((await world.plan(user('"a@b"@example.org'))).steps[0]?.changes).toMatchObject([{ path: '/email' }])
  })
})
