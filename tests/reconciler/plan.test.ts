import { describe, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import { type Action, DEFAULT_POLICY, type Step } from '../../reconciler/model.ts'
import { gated, isOverwritten, isPending, isWrite, plan } from '../../reconciler/plan.ts'
import { ruleCheck } from '../../reconciler/rules.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
const client = (name: string, spec: Record<string, unknown> = {}) =>
  document('Client', name, {
    connectionRef: { name: 'vault' },
    tenantRef: { name: 'acme' },
    displayName: name,
    ...spec,
  })

describe('a plan', () => {
  it('creates what is not there, and is empty after it was applied', async () => {
    const world = new World()
    const documents = [vault, tenant('acme', { displayName: 'Acme', pin: { size: 8 } })]
    expect(actions(await world.plan(documents))).toEqual(['create Tenant/acme'])
    await world.apply(documents)
    expect(actions(await world.plan(documents))).toEqual(['none Tenant/acme'])
  })

  it('shows a changed field with both values and what it does to safety', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme', { pin: { size: 8 } })])
    const plan = await world.plan([vault, tenant('acme', { pin: { size: 4 } })])
    expect(plan.steps[0]?.changes).toEqual([{ op: 'replace', path: '/pin/size', from: 8, to: 4, impact: 'weakens' }])
  })

  it('never touches a field that no document names', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { pin_size: 4, display_name: 'Old', use_pin: true })
    await world.apply([vault, tenant('acme', { displayName: 'New' })])
    expect(world.system.objects.get('Tenant/acme')).toEqual({ pin_size: 4, display_name: 'New', use_pin: true })
  })

  it('puts what is needed first', async () => {
    const world = new World()
    const plan = await world.plan([vault, client('a-portal'), tenant('acme')])
    expect(actions(plan)).toEqual(['create Tenant/acme', 'create Client/a-portal'])
  })

  it('takes an absent tenant as proof that its clients are absent, without asking', async () => {
    const world = new World()
    await world.plan([vault, tenant('acme'), client('portal')])
    expect(world.system.calls).toEqual(['observe Tenant/acme'])
  })

  it('has the same digest for the same documents in another order', async () => {
    const world = new World()
    const [a, b] = [tenant('acme'), tenant('other')]
    expect((await world.plan([vault, a, b])).digest).toBe((await world.plan([vault, b, a])).digest)
  })

  describe('under the rules of the kind', () => {
    const barren = { use_pin: false, use_pattern: false, passkey_enabled: true }
    const planned = async (found: Record<string, unknown>, spec: Record<string, unknown>) => {
      const world = new World()
      world.rules = ruleCheck
      world.system.objects.set('Tenant/acme', found)
      return (await world.plan([vault, tenant('acme', spec)])).steps[0]
    }

    it('is blocked when the document and what the system has do not fit', async () => {
      const step = await planned(barren, { passkeys: false })
      expect(step).toMatchObject({ action: 'blocked', because: expect.stringContaining('at least one of pin') })
    })

    it('is blocked when what it brings in does not fit the defaults that come with it', async () => {
      const step = await planned({ use_pin: true }, { liveness: { stepsMin: 36 } })
      expect(step).toMatchObject({
        action: 'blocked',
        because: 'together with what the system has: stepsMin is above stepsMax',
      })
    })

    it('leaves alone what the system breaks by itself', async () => {
      const step = await planned({ ...barren, passkey_enabled: false }, { displayName: 'Acme' })
      expect(step).toMatchObject({ action: 'adopt', changes: [{ path: '/displayName' }] })
    })
  })
})

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

  it('is replaced where that is allowed', async () => {
    const world = await applied(user({ userId: 'u-1' }))
    await world.apply([vault, user({ userId: 'u-2' })], { allow: new Set(['replace']), maxDeleteShare: 1 })
    expect(world.system.writes.slice(-2)).toEqual(['delete User/acme/jane', 'create User/acme/jane'])
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

describe('what somebody else manages', () => {
  it('is blocked, with the way to take it over and no changes', async () => {
    const world = new World()
    const { matched, snapshot } = await world.look([vault, tenant('acme', { displayName: 'A' }), tenant('other')])
    const held = new Map([['Tenant/acme', { owner: 'them', holder: 'a stack' }]])
    const { steps } = plan({ matched, snapshot, held, finalizeDue: new Set(), policy: DEFAULT_POLICY, rules: () => [] })
    expect(steps).toMatchObject([
      {
        action: 'blocked',
        changes: [],
        because: expect.stringMatching(/^them \(a stack\) manages it.*--take-over them$/),
      },
      { action: 'create', address: 'Tenant/other' },
    ])
  })
})

describe('documents that were not looked at', () => {
  it('count as absent and as not delivered', async () => {
    const { matched } = await new World().look([vault, tenant('acme')])
    const input = {
      matched,
      snapshot: new Map(),
      finalizeDue: new Set<string>(),
      policy: DEFAULT_POLICY,
      rules: () => [],
    }
    expect(plan(input).steps).toMatchObject([{ action: 'create' }])
  })
})

describe('the digest of a plan', () => {
  const digest = async (...documents: readonly Resource[]) => (await new World().plan([vault, ...documents])).digest

  it('differs with what will be done', async () => {
    expect(await digest(tenant('acme', { displayName: 'A' }))).not.toBe(
      await digest(tenant('acme', { displayName: 'B' })),
    )
  })

  it('is the same wherever the documents stand', async () => {
    const origin = { file: 'elsewhere.yaml', line: 9 } as NonNullable<Resource['origin']>
    expect(await digest({ ...tenant('acme'), origin })).toBe(await digest(tenant('acme')))
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

describe('a step', () => {
  const step = (action: Action, changes: Step['changes'] = []): Step => ({
    action,
    address: 'Tenant/a',
    kind: 'Tenant',
    connection: 'vault',
    key: 'a',
    changes,
    needs: [],
  })
  const change = { op: 'add', path: '/x', to: 1, impact: 'neutral' } as const

  it.each([
    ['create', [], true, true],
    ['update', [change], true, true],
    ['delete', [], true, true],
    ['replace', [change], true, true],
    ['reset', [], true, true],
    ['adopt', [change], true, true],
    ['adopt', [], false, true],
    ['move', [], false, true],
    ['leave', [], false, true],
    ['forget', [], false, true],
    ['none', [], false, false],
    ['report', [change], false, false],
    ['blocked', [change], false, false],
  ] as const)('%s with %j writes: %s, is pending: %s', (action, changes, writes, pending) => {
    expect([isWrite(step(action, changes)), isPending(step(action, changes))]).toEqual([writes, pending])
  })

  it('that may not replace names only the fields at fault', () => {
    const changes = [change, { ...change, path: '/fixed', createOnly: true } as const]
    const because = (kind: string) => gated({ ...step('replace', changes), kind }, DEFAULT_POLICY).because
    expect(because('Tenant')).toBe('/fixed can be set at creation only; a new object needs a document of its own')
    expect(because('ApiKey')).toBe('/fixed can be set at creation only; allow `replace` to delete and create it anew')
  })
})

describe('assignments of multi-factor settings to everyone', () => {
  const assignment = (name: string, connectionName: string, spec: Record<string, unknown>) =>
    document('MfaAssignment', name, { connectionRef: { name: connectionName }, ...spec })
  const facts = async (...documents: readonly Resource[]) => {
    const world = new World(new MemorySystem('Navixy', 1))
    return (await world.look([connection('n', 'Navixy'), connection('m', 'Navixy'), ...documents])).documents
  }

  it('overwrite the others behind the same connection, and nothing else', async () => {
    const [all, own, other] = await facts(
      assignment('all', 'n', { type: 'Allowed', allUsers: true }),
      assignment('own', 'n', { type: 'Disallowed', users: [1] }),
      assignment('other', 'm', { type: 'Disallowed', users: [1] }),
    )
    if (!all || !own || !other) expect.fail('three documents')
    expect([isOverwritten(own, all), isOverwritten(other, all), isOverwritten(all, all)]).toEqual([true, false, false])
    expect(isOverwritten({ ...own, kind: { ...own.kind } }, all)).toBe(false)
  })

  it('are followed by updates of what they overwrite, behind their own connection only', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    const documents = (type: string) => [
      connection('n', 'Navixy'),
      document('Connection', 'm', { system: 'Navixy', endpoint: 'https://other.example', credentials: {} }),
      assignment('all', 'n', { type, allUsers: true }),
      assignment('own', 'n', { type: 'Disallowed', users: [1] }),
      assignment('other', 'm', { type: 'Disallowed', users: [2] }),
    ]
    await world.apply(documents('Disallowed'))
    expect(actions(await world.plan(documents('Allowed')))).toEqual([
      'update MfaAssignment/all',
      'none MfaAssignment/other',
      'update MfaAssignment/own',
    ])
    await world.apply(documents('Allowed'))
    expect(actions(await world.plan(documents('Allowed'))).every((a) => a.startsWith('none'))).toBe(true)
    expect(world.system.writes.filter((w) => w.includes('other'))).toHaveLength(1)
  })
})

describe('final actions', () => {
  it('are those of what is written and those that are due, in order', async () => {
    const texts = document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'c' },
      locale: 'nl',
      messages: { a: 'b' },
    })
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    world.ledger.due.add('b')
    expect((await world.plan([connection('c', 'OneWelcomeCim'), texts])).finalize).toEqual(['b', 'c'])
  })
})
