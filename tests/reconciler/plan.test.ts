import { describe, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import { type Action, DEFAULT_ALLOWANCE, type Step } from '../../reconciler/model.ts'
import { gated, isOverwritten, isPending, isWrite, plan } from '../../reconciler/plan.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
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

describe('what somebody else manages', () => {
  it('is blocked, with the way to take it over and no changes', async () => {
    const world = new World()
    const { matched, snapshot } = await world.look([vault, tenant('acme', { displayName: 'A' }), tenant('other')])
    const held = new Map([['Tenant/acme', { owner: 'them', holder: 'a stack' }]])
    const { steps } = plan({
      matched,
      snapshot,
      held,
      finalizeDue: new Set(),
      allowance: DEFAULT_ALLOWANCE,
      rules: () => [],
    })
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
      allowance: DEFAULT_ALLOWANCE,
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
    const because = (kind: string) => gated({ ...step('replace', changes), kind }, DEFAULT_ALLOWANCE).because
    expect(because('Tenant')).toBe('/fixed can be set at creation only; a new object needs a document of its own')
    expect(because('ApiKey')).toBe('/fixed can be set at creation only; allow `replace` to delete and recreate it')
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
