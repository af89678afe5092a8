import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
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

describe('apply', () => {
  it('does what is needed first and reports every step', async () => {
    const world = new World()
    const outcomes = await world.apply([vault, client('portal'), tenant('acme')])
    expect(world.system.writes).toEqual(['create Tenant/acme', 'create Client/acme/portal'])
    expect(outcomes.map((o) => o.status)).toEqual(['done', 'done'])
  })

  it('tells by digests what each object was before and after, and nothing of what was not there', async () => {
    const world = new World()
    const [made] = await world.apply([vault, tenant('acme', { displayName: 'Acme' })])
    expect(made?.digests).toEqual({ after: expect.stringMatching(/^.{20,}$/) })
    const [renamed] = await world.apply([vault, tenant('acme', { displayName: 'Acme Ltd' })])
    expect(renamed?.digests?.before).toBe(made?.digests?.after)
    expect(renamed?.digests?.after).not.toBe(renamed?.digests?.before)
  })

  it('skips what needs a failed step, and goes on with the rest', async () => {
    const world = new World()
    world.system.faults.push({ call: /create Tenant\/acme/, error: new PlumblineError('REJECTED', 'no') })
    const outcomes = await world.apply([vault, tenant('acme'), client('portal'), tenant('other')])
    expect(outcomes.map((o) => `${o.status} ${o.step.address}`).sort()).toEqual([
      'done Tenant/other',
      'failed Tenant/acme',
      'skipped Client/portal',
    ])
  })

  it('sends nothing more through a connection whose credentials are refused', async () => {
    const world = new World(new MemorySystem('SecretsVault', 1))
    const refused = new PlumblineError('UNAUTHENTICATED', 'wrong key', { stops: 'connection' })
    world.system.faults.push({ call: /create Tenant\/a/, error: refused })
    await world.apply([vault, tenant('a'), tenant('b'), tenant('c')])
    expect(world.system.writes).toEqual(['create Tenant/a'])
  })

  it('writes one at a time where the system has one shared document', async () => {
    const world = new World(new MemorySystem('SecretsVault', 1))
    await world.apply([vault, ...['a', 'b', 'c', 'd'].map((name) => tenant(name))])
    expect(world.system.mostWritesAtOnce).toBe(1)
  })

  it('fails a step as stale when the object changed after the plan, and writes nothing', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { display_name: 'Old' })
    const [outcome] = await world.apply([vault, tenant('acme', { displayName: 'New' })], {}, () =>
      world.system.objects.set('Tenant/acme', { display_name: 'Somebody else' }),
    )
    expect(outcome?.error?.code).toBe('PLAN_STALE')
    expect(world.system.writes).toEqual([])
  })

  it('writes what still differs of an object that a new container brings along', async () => {
    const world = new World()
    const outcomes = await world.apply([vault, tenant('acme'), client('portal', { locked: true })], {}, () =>
      world.system.objects.set('Client/acme/portal', { name: 'portal', is_lock: false }),
    )
    expect(outcomes.map((o) => o.status)).toEqual(['done', 'done'])
    expect(world.system.writes).toEqual(['create Tenant/acme', 'update Client/acme/portal'])
  })

  it('is done with a step that has become needless', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', { display_name: 'Old' })
    const [outcome] = await world.apply([vault, tenant('acme', { displayName: 'New' })], {}, () =>
      world.system.objects.set('Tenant/acme', { display_name: 'New' }),
    )
    expect(outcome?.status).toBe('done')
    expect(world.system.writes).toEqual([])
  })

  it('says so when a system takes a value without an error and does not keep it', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme', { pin: { size: 6 } })])
    world.system.objects.set = (key, value) =>
      Map.prototype.set.call(world.system.objects, key, { ...value, pin_size: 6 })
    const [outcome] = await world.apply([vault, tenant('acme', { pin: { size: 8 } })])
    expect(outcome?.error).toMatchObject({ code: 'DIVERGED', message: expect.stringContaining('/pin/size') })
  })

  it('refuses a plan with errors before anything is sent', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme')])
    await expect(world.apply([vault], { prune: true })).rejects.toMatchObject({ code: 'REFUSED' })
  })
})

describe('an interrupted create', () => {
  it('of an object with a natural key is adopted by the next run, not repeated', async () => {
    const world = new World()
    world.system.faults.push({
      call: /create Tenant/,
      error: new PlumblineError('OUTCOME_UNKNOWN', 'the answer was lost'),
      afterwards: true,
    })
    const documents = [vault, tenant('acme', { displayName: 'Acme', adoption: 'CreateOnly' })]
    await world.apply(documents)
    await world.apply(documents)
    expect(world.system.writes).toEqual(['create Tenant/acme'])
    expect(actions(await world.plan(documents))).toEqual(['none Tenant/acme'])
  })

  it('of an object that only its id finds is not repeated but handed to a person', async () => {
    const world = new World(new MemorySystem('Pigello'))
    const lost = new PlumblineError('OUTCOME_UNKNOWN', 'the answer was lost')
    world.system.faults.push({ call: /create Security/, error: lost, afterwards: true })
    const documents = [
      connection('pigello', 'Pigello'),
      document('SecurityConfiguration', 'acme', { connectionRef: { name: 'pigello' }, customId: 'acme' }),
    ]
    await world.apply(documents)
    const plan = await world.plan(documents)
    expect(plan.steps[0]).toMatchObject({ action: 'blocked', because: expect.stringContaining('externalRef.id') })
  })

  it('whose answer was lost and whose repetition is refused as a duplicate is adopted', async () => {
    const world = new World()
    const lost = new PlumblineError('UNAVAILABLE', 'the answer was lost', { retry: 'backoff' })
    world.system.faults.push({ call: /create Tenant/, error: lost, afterwards: true })
    const duplicate = new PlumblineError('ALREADY_EXISTS', 'taken')
    world.system.faults.push({ call: /create Tenant/, error: duplicate })
    const [outcome] = await world.apply([vault, tenant('acme', { adoption: 'CreateOnly' })])
    expect(outcome?.status).toBe('done')
    expect(world.ledger.entries.get('Tenant/acme')).toMatchObject({ id: 'Tenant/acme' })
  })

  it('that the system refused leaves no trace in the inventory', async () => {
    const world = new World()
    world.system.faults.push({ call: /create Tenant/, error: new PlumblineError('REJECTED', 'no') })
    await world.apply([vault, tenant('acme')])
    expect(world.ledger.entries.size).toBe(0)
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
  const world = () => new World(new MemorySystem('OneWelcomeCim', 1))

  it('runs once, after all writes, and only when texts changed', async () => {
    const w = world()
    await w.apply([cim, texts('Welkom')])
    await w.apply([cim, texts('Welkom')])
    expect(w.system.writes.filter((call) => call === 'finalize')).toHaveLength(1)
    expect(w.system.writes.at(-1)).toBe('finalize')
  })

  it('is made up for by the next run when it was missed', async () => {
    const w = world()
    w.system.faults.push({ call: /finalize/, error: new PlumblineError('REJECTED', 'not now') })
    await w.apply([cim, texts('Welkom')])
    await w.apply([cim, texts('Welkom')])
    expect(w.system.finalized).toBe(1)
  })
})

describe('a passing fault', () => {
  it('is tried again with growing waits, at most five times in all', async () => {
    const world = new World()
    for (let i = 0; i < 5; i++) {
      const error = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
      world.system.faults.push({ call: /create Tenant/, error })
    }
    const [outcome] = await world.apply([vault, tenant('acme')])
    expect(outcome?.error?.code).toBe('UNAVAILABLE')
    expect(world.clock.waits).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('waits as long as the system asks', async () => {
    const world = new World()
    const error = new PlumblineError('RATE_LIMITED', 'slow down', { retry: { afterSeconds: 7 } })
    world.system.faults.push({ call: /create Tenant/, error })
    expect((await world.apply([vault, tenant('acme')])).map((o) => o.status)).toEqual(['done'])
    expect(world.clock.waits).toEqual([7_000])
  })
})

describe('a write that overwrites what other documents wrote', () => {
  const navixy = connection('navixy', 'Navixy')
  const assignment = (name: string, spec: Record<string, unknown>) =>
    document('MfaAssignment', name, { connectionRef: { name: 'navixy' }, ...spec })
  const everyone = (type: string) => assignment('everyone', { type, allUsers: true })
  const exception = assignment('exception', { type: 'Disallowed', users: [7] })

  it('is followed by the others again, in its order', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    await world.apply([navixy, exception, everyone('Disallowed')])
    await world.apply([navixy, exception, everyone('Allowed')])
    expect(world.system.writes.slice(2)).toEqual(['update MfaAssignment/everyone', 'update MfaAssignment/exception'])
  })

  it('forgets nothing of what is not there yet, nor of itself', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    await world.apply([navixy, exception, everyone('Disallowed')])
    expect([...world.ledger.entries.keys()].toSorted()).toEqual(['MfaAssignment/everyone', 'MfaAssignment/exception'])
    expect(actions(await world.plan([navixy, exception, everyone('Disallowed')]))).toEqual([
      'none MfaAssignment/everyone',
      'none MfaAssignment/exception',
    ])
  })

  it('overwrites nothing while it is not written', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    await world.apply([navixy, exception, everyone('Disallowed')])
    const edited = assignment('everyone', { type: 'Disallowed', allUsers: true, drift: { mode: 'Report' } })
    const before = world.system.writes.length
    await world.apply([navixy, exception, edited])
    expect(world.system.writes.slice(before)).toEqual([])
    expect(actions(await world.plan([navixy, exception, edited]))).toEqual([
      'none MfaAssignment/everyone',
      'none MfaAssignment/exception',
    ])
  })

  it('is nothing to the objects of other kinds and behind other connections', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    const second = connection('second', 'Navixy')
    const behind = { ...exception, metadata: { name: 'behind' } }
    const elsewhere = { ...behind, spec: { ...behind.spec, connectionRef: { name: 'second' } } }
    const place = { ...second, spec: { ...second.spec, endpoint: 'https://second.example' } }
    await world.apply([navixy, place, exception, elsewhere, everyone('Disallowed')])
    const before = world.system.writes.length
    await world.apply([navixy, place, exception, elsewhere, everyone('Allowed')])
    expect(world.system.writes.slice(before)).toEqual([
      'update MfaAssignment/everyone',
      'update MfaAssignment/exception',
    ])
  })

  it('is followed by the others in the next run when this one ends in between', async () => {
    const world = new World(new MemorySystem('Navixy', 1))
    await world.apply([navixy, exception, everyone('Disallowed')])
    world.system.faults.push({ call: /update .*exception/, error: new PlumblineError('REJECTED', 'no') })
    await world.apply([navixy, exception, everyone('Allowed')])
    expect(actions(await world.plan([navixy, exception, everyone('Allowed')]))).toEqual([
      'none MfaAssignment/everyone',
      'update MfaAssignment/exception',
    ])
  })
})

describe('the id of a new object', () => {
  it('is recorded before anything else happens, so that a failed read-back does not lose the object', async () => {
    const world = new World(new MemorySystem('Pigello'))
    const fault = new PlumblineError('FORBIDDEN', 'no')
    world.system.afterWrite = () => world.system.faults.push({ call: /observe/, error: fault })
    const [outcome] = await world.apply([
      connection('pigello', 'Pigello'),
      document('SecurityConfiguration', 'acme', { connectionRef: { name: 'pigello' }, customId: 'acme' }),
    ])
    expect(outcome?.error?.code).toBe('FORBIDDEN')
    expect(world.ledger.entries.get('SecurityConfiguration/acme')?.id).toBe('SecurityConfiguration/')
  })
})
