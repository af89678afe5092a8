import { describe, expect, it } from 'vitest'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })

describe('what has left the documents', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => tenant(name))
  const applied = async () => {
    const world = new World()
    await world.apply([vault, ...five])
    return world
  }

  it('stays, and is named, unless pruning is asked for', async () => {
    const plan = await (await applied()).plan([vault, ...five.slice(1)])
    expect(plan.orphans).toEqual(['Tenant/a'])
  })

  it('is kept in the system and forgotten with Retain', async () => {
    const world = await applied()
    await world.apply([vault, ...five.slice(1)], { prune: true })
    expect(world.ledger.entries.has('Tenant/a')).toBe(false)
    expect(world.system.objects.has('Tenant/a')).toBe(true)
  })

  it('stops the plan when no documents are left at all', async () => {
    const plan = await (await applied()).plan([vault], { prune: true })
    expect(plan.diagnostics[0]?.message).toContain('there are no documents')
  })
})

describe('deleting', () => {
  const gone = async (count: number) => {
    const world = new World()
    const users = Array.from({ length: 5 }, (_, i) =>
      document('User', `user-${i}`, {
        connectionRef: { name: 'vault' },
        tenantRef: { id: 'acme' },
        username: `user-${i}`,
        email: `user-${i}@acme.example`,
        deletionPolicy: 'Delete',
      }),
    )
    await world.apply([vault, ...users])
    return { world, left: [vault, ...users.slice(count)] }
  }

  it('is blocked until it is allowed', async () => {
    const { world, left } = await gone(1)
    expect(actions(await world.plan(left, { prune: true }))).toContain('blocked User/user-0')
  })

  it('happens when allowed, and the inventory forgets only afterwards', async () => {
    const { world, left } = await gone(1)
    await world.apply(left, { prune: true, allow: new Set(['delete']) })
    expect(world.system.objects.has('User/acme/user-0')).toBe(false)
    expect(world.ledger.entries.has('User/user-0')).toBe(false)
  })

  it('stops above the allowed share', async () => {
    const { world, left } = await gone(2)
    const plan = await world.plan(left, { prune: true, allow: new Set(['delete']) })
    expect(plan.diagnostics[0]?.message).toContain('40 %')
  })
})

describe('a field that the system takes at creation only', () => {
  const user = (spec: Record<string, unknown>) => {
    const refs = { connectionRef: { name: 'vault' }, tenantRef: { id: 'acme' } }
    return document('User', 'jane', { ...refs, username: 'jane', email: 'jane@acme.example', ...spec })
  }
  const applied = async (...documents: Parameters<World['plan']>[0]) => {
    const world = new World()
    await world.apply([vault, ...documents])
    return world
  }

  it('blocks where the system cannot delete', async () => {
    const world = await applied(tenant('acme', { twoFactor: false }))
    const plan = await world.plan([vault, tenant('acme', { twoFactor: true })], { allow: new Set(['replace']) })
    expect(plan.steps[0]).toMatchObject({ action: 'blocked', because: expect.stringContaining('/twoFactor') })
  })

  it('blocks until a replacement is allowed', async () => {
    const world = await applied(user({ userId: 'u-1' }))
    expect(actions(await world.plan([vault, user({ userId: 'u-2' })]))).toEqual(['blocked User/jane'])
  })

  it('counts as a deletion: more than the allowed share is refused', async () => {
    const world = await applied(user({ userId: 'u-1' }))
    const { diagnostics } = await world.plan([vault, user({ userId: 'u-2' })], { allow: new Set(['replace']) })
    expect(diagnostics).toMatchObject([{ severity: 'error', message: expect.stringContaining('replaces 100 %') }])
  })

  it('is replaced where that is allowed', async () => {
    const world = await applied(user({ userId: 'u-1' }))
    await world.apply([vault, user({ userId: 'u-2' })], { allow: new Set(['replace']), maxDeleteShare: 1 })
    expect(world.system.writes.slice(-2)).toEqual(['delete User/acme/jane', 'create User/acme/jane'])
  })
})

describe('orphans', () => {
  it('are named in the order of their addresses', async () => {
    const world = new World()
    await world.apply([vault, tenant('b'), tenant('a'), tenant('c')])
    const first = world.ledger.entries.get('Tenant/a') ?? expect.fail('no entry')
    world.ledger.entries.delete('Tenant/a')
    world.ledger.entries.set('Tenant/a', first)
    expect((await world.plan([vault, tenant('c')])).orphans).toEqual(['Tenant/a', 'Tenant/b'])
  })

  it('are ended with those that their documents have left', async () => {
    const world = new World()
    await world.apply([vault, tenant('web', { tenantId: 'j' }), tenant('gone')])
    const { steps } = await world.plan([vault, tenant('web', { tenantId: 'k' })], { prune: true })
    expect(steps.map((s) => [s.action, s.key])).toEqual([
      ['create', 'k'],
      ['forget', 'gone'],
      ['forget', 'j'],
    ])
  })
})
