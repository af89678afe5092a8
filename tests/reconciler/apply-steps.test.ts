import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { apply } from '../../reconciler/apply.ts'
import type { Outcome, Plan, Step } from '../../reconciler/model.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
const pruned = { prune: true, allow: new Set(['delete', 'empty'] as const), maxDeleteShare: 1 }

/** Applies a plan that was changed on its way, e.g. in a file. */
async function applyChanged(world: World, resources: Parameters<World['look']>[0], change: (plan: Plan) => Plan) {
  const { plan, matched, context } = await world.look(resources)
  const outcomes: Outcome[] = []
  const input = { plan: change(plan), matched, ledger: world.ledger, context, rules: world.rules }
  for await (const outcome of apply(input)) outcomes.push(outcome)
  return outcomes
}

const shown = (outcomes: readonly Outcome[]) => outcomes.map((o) => [o.status, o.step.address, o.error?.message])

describe('a step that sends nothing', () => {
  const looks = (world: World) => world.system.calls.filter((call) => call.startsWith('observe'))

  /** Applied, and what a second apply asks of the system after its plan was made. */
  async function asked(
    spec: Record<string, unknown>,
    change: (world: World) => void = () => {},
    first: Record<string, unknown> = {},
  ) {
    const world = new World()
    await world.apply([vault, tenant('acme', { displayName: 'Acme', ...first })])
    change(world)
    let before = 0
    const outcomes = await world.apply([vault, tenant('acme', { displayName: 'Acme', ...spec })], {}, () => {
      before = looks(world).length
    })
    return { outcomes: shown(outcomes), looks: looks(world).slice(before), world }
  }

  it('is done without a look', async () => {
    expect(await asked({})).toMatchObject({ outcomes: [['done', 'Tenant/acme', undefined]], looks: [] })
  })

  it('is done without a look when it only reports', async () => {
    const differ = (world: World) => void world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    const report = { drift: { mode: 'Report' } }
    expect(await asked(report, differ, report)).toMatchObject({
      outcomes: [['done', 'Tenant/acme', undefined]],
      looks: [],
    })
  })

  it('is done without a look where the document is paused', async () => {
    expect(await asked({ management: 'Paused' })).toMatchObject({
      outcomes: [['done', 'Tenant/acme', undefined]],
      looks: [],
    })
  })

  it('records a document that was edited and asks for what is there already', async () => {
    const already = (world: World) => void world.system.objects.set('Tenant/acme', { display_name: 'New' })
    const { outcomes, looks: seen, world } = await asked({ displayName: 'New' }, already)
    expect([outcomes, seen]).toEqual([[['done', 'Tenant/acme', undefined]], ['observe Tenant/acme']])
    expect((await world.plan([vault, tenant('acme', { displayName: 'New' })])).steps).toMatchObject([
      { action: 'none' },
    ])
    world.system.objects.set('Tenant/acme', { display_name: 'Drifted' })
    expect((await world.plan([vault, tenant('acme', { displayName: 'New' })])).steps).toMatchObject([{ drift: true }])
  })

  it('is a move: what is remembered has its new address', async () => {
    const world = new World()
    await world.apply([vault, tenant('old', { tenantId: 'acme' })])
    let before = 0
    const outcomes = await world.apply([vault, tenant('new', { tenantId: 'acme' })], {}, () => {
      before = world.system.calls.length
    })
    expect(shown(outcomes)).toEqual([['done', 'Tenant/new', undefined]])
    expect(world.system.calls.slice(before)).toEqual([])
    expect([...world.ledger.entries.keys()]).toEqual(['Tenant/new'])
  })

  it('is one whose object the document has left', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme', { tenantId: 'one' })])
    const outcomes = await world.apply([vault, tenant('acme', { tenantId: 'two' })])
    expect(outcomes.map((o) => [o.status, o.step.action]).toSorted()).toEqual([
      ['done', 'create'],
      ['done', 'leave'],
    ])
  })
})

describe('a step of a document that is gone', () => {
  it('says that it is done', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme', { deletionPolicy: 'Delete' })])
    expect(shown(await world.apply([vault], pruned))).toEqual([['done', 'Tenant/acme', undefined]])
    expect([world.system.objects.size, world.ledger.entries.size]).toEqual([0, 0])
  })

  it('is done where nothing is remembered any more', async () => {
    const world = new World()
    const step: Step = {
      action: 'forget',
      address: 'Tenant/gone',
      kind: 'Tenant',
      connection: 'vault',
      key: 'gone',
      changes: [],
      needs: [],
    }
    const outcomes = await applyChanged(world, [vault], (plan) => ({ ...plan, steps: [step] }))
    expect(shown(outcomes)).toEqual([['done', 'Tenant/gone', undefined]])
  })
})

describe('a plan', () => {
  it('says of what it may not delete what would allow it, and keeps it', async () => {
    const world = new World()
    await world.apply([vault, tenant('stays'), tenant('acme', { deletionPolicy: 'Delete' })])
    const outcomes = await world.apply([vault, tenant('stays')], { prune: true, maxDeleteShare: 1 })
    expect(outcomes.find((o) => o.step.address === 'Tenant/acme')).toMatchObject({
      status: 'failed',
      error: { code: 'REFUSED', message: expect.stringContaining('allow `delete`') },
    })
    expect(world.system.objects.has('Tenant/acme')).toBe(true)
  })

  it('with warnings alone is carried out', async () => {
    const world = new World()
    const diagnostics = [{ severity: 'warning', code: 'REFUSED', message: 'look at this' }] as const
    const outcomes = await applyChanged(world, [vault, tenant('acme')], (plan) => ({ ...plan, diagnostics }))
    expect(shown(outcomes)).toEqual([['done', 'Tenant/acme', undefined]])
  })

  it('says of a blocked step what blocks it', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', {})
    const outcomes = await world.apply([vault, tenant('acme', { adoption: 'CreateOnly' })])
    expect(outcomes).toMatchObject([
      { status: 'failed', error: { code: 'REFUSED', message: expect.stringContaining('it exists already') } },
    ])
  })

  it('skips the steps behind a Connection that does not open, and goes on with others', async () => {
    const world = new World()
    const elsewhere = (step: Step): Step => (step.address === 'Tenant/b' ? { ...step, connection: 'gone' } : step)
    const outcomes = await applyChanged(world, [vault, tenant('a'), tenant('b')], (plan) => ({
      ...plan,
      steps: plan.steps.map(elsewhere),
    }))
    expect(shown(outcomes).toSorted()).toEqual([
      ['done', 'Tenant/a', undefined],
      ['skipped', 'Tenant/b', 'the Connection gone was stopped: there is no Connection gone'],
    ])
  })

  it('never has a step of what is not a document', async () => {
    const world = new World()
    const outcomes = await applyChanged(world, [vault, tenant('a')], (plan) => ({
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, address: 'Tenant/unknown' })),
    }))
    expect(outcomes).toMatchObject([
      { status: 'failed', error: { code: 'INTERNAL', message: 'Tenant/unknown is in the plan, and not a document' } },
    ])
    expect(world.system.writes).toEqual([])
  })

  it('writes of an object only what the plan has, unless its container is made in the same run', async () => {
    const world = new World()
    const portal = document('Client', 'portal', {
      connectionRef: { name: 'vault' },
      tenantRef: { name: 'acme' },
      displayName: 'portal',
    })
    await world.apply([vault, tenant('acme')])
    const before = world.system.writes.length
    const outcomes = await world.apply([vault, tenant('acme'), portal], {}, () =>
      world.system.objects.set('Client/acme/portal', { name: 'made by somebody' }),
    )
    expect(outcomes.find((o) => o.step.kind === 'Client')).toMatchObject({ error: { code: 'PLAN_STALE' } })
    expect(world.system.writes.slice(before)).toEqual([])
  })
})

describe('the final action of a connection', () => {
  const cim = connection('cim', 'OneWelcomeCim')
  const texts = (text: string) =>
    document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'cim' },
      locale: 'nl',
      messages: { 'login.title': text },
    })

  it('is an outcome of its own, told as what it does', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const outcomes = await world.apply([cim, texts('Welkom')])
    expect(outcomes.at(-1)).toEqual({
      status: 'done',
      step: {
        action: 'update',
        address: 'Connection/cim',
        kind: 'Connection',
        connection: 'cim',
        key: '',
        changes: [],
        because: 'makes the written texts and pages live',
        needs: [],
      },
    })
  })

  it('says why it failed', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    world.system.faults.push({ call: /finalize/, error: new PlumblineError('REJECTED', 'not now') })
    const outcomes = await world.apply([cim, texts('Welkom')])
    expect(outcomes.at(-1)).toMatchObject({ status: 'failed', error: { code: 'REJECTED', message: 'not now' } })
  })

  it('is tried again while the system is busy', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const busy = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
    world.system.faults.push({ call: /finalize/, error: busy })
    await world.apply([cim, texts('Welkom')])
    expect([world.system.finalized, world.clock.waits]).toEqual([1, [1_000]])
  })

  it('is done where an older release left it due for a system that has none', async () => {
    const world = new World()
    world.ledger.due.add('vault')
    const outcomes = await world.apply([vault, tenant('acme')])
    expect(outcomes.map((o) => o.status)).toEqual(['done', 'done'])
    expect(world.ledger.due.size).toBe(0)
  })
})

describe('a skipped step', () => {
  it('says what had to be done first, as a refusal', async () => {
    const world = new World()
    world.system.faults.push({ call: /create Tenant/, error: new PlumblineError('REJECTED', 'no') })
    const portal = document('Client', 'portal', {
      connectionRef: { name: 'vault' },
      tenantRef: { name: 'acme' },
      displayName: 'portal',
    })
    const outcomes = await world.apply([vault, tenant('acme'), portal])
    expect(outcomes.at(-1)).toMatchObject({
      status: 'skipped',
      error: { code: 'REFUSED', message: 'Tenant/acme has to be done first, and was not' },
    })
  })
})
