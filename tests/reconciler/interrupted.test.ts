import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
const client = (name: string) =>
  document('Client', name, { connectionRef: { name: 'vault' }, tenantRef: { name: 'acme' }, displayName: name })

describe('an interrupted run', () => {
  const names = Array.from({ length: 30 }, (_, i) => `t${String(i).padStart(2, '0')}`)
  const documents = [vault, ...names.map((name) => tenant(name))]

  it('skips what was not begun, ends what was, and goes on in the next run', async () => {
    const world = new World()
    world.system.afterWrite = () => world.interrupt()
    const outcomes = await world.apply(documents)
    const byStatus = Map.groupBy(outcomes, (o) => o.status)
    expect(outcomes).toHaveLength(names.length)
    expect(byStatus.get('failed')).toBeUndefined()
    expect(byStatus.get('done')?.length).toBe(world.system.objects.size)
    expect(new Set(byStatus.get('skipped')?.map((o) => o.error?.message))).toEqual(new Set(['interrupted']))
    world.system.afterWrite = () => {}
    await world.apply(documents)
    expect(world.system.writes.toSorted()).toEqual(names.map((name) => `create Tenant/${name}`))
  })

  it('says of dependants that they were interrupted, not that something failed', async () => {
    const world = new World(new MemorySystem('SecretsVault', 1))
    world.system.afterWrite = () => world.interrupt()
    const outcomes = await world.apply([vault, tenant('acme'), client('portal'), tenant('other')])
    expect(outcomes.map((o) => [o.status, o.step.address, o.error?.message]).toSorted()).toEqual([
      ['done', 'Tenant/acme', undefined],
      ['skipped', 'Client/portal', 'interrupted'],
      ['skipped', 'Tenant/other', 'interrupted'],
    ])
  })

  it('says so also of those whose need was not begun', async () => {
    const world = new World()
    const outcomes = await world.apply([vault, tenant('acme'), client('portal')], {}, () => world.interrupt())
    expect(outcomes.map((o) => [o.status, o.step.address, o.error?.message])).toEqual([
      ['skipped', 'Tenant/acme', 'interrupted'],
      ['skipped', 'Client/portal', 'interrupted'],
    ])
  })

  it('says of what is as it should be that it is skipped, when what it needs was not done', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme'), client('portal')])
    const edited = [vault, tenant('acme', { displayName: 'New' }), client('portal')]
    const outcomes = await world.apply(edited, {}, () => world.interrupt())
    expect(outcomes.map((o) => [o.status, o.step.address])).toEqual([
      ['skipped', 'Tenant/acme'],
      ['skipped', 'Client/portal'],
    ])
  })

  it('looks at nothing more, also not at what was waiting for its turn', async () => {
    const world = new World(new MemorySystem('SecretsVault', 1))
    let calls = 0
    world.system.afterWrite = () => {
      world.interrupt()
      calls = world.system.calls.length
    }
    await world.apply([vault, tenant('a'), tenant('b'), tenant('c')])
    expect(world.system.calls.slice(calls)).toEqual(['observe Tenant/a'])
  })

  it('sends no write after a look that came back late', async () => {
    const world = new World()
    const outcomes = await world.apply([vault, tenant('acme')], {}, () => {
      world.system.afterRead = () => world.interrupt()
    })
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([['skipped', 'interrupted']])
    expect(world.system.writes).toEqual([])
  })

  it('skips what it broke off before the write', async () => {
    const world = new World()
    const outcomes = await world.apply([vault, tenant('acme')], {}, () => {
      world.system.afterRead = () => {
        world.interrupt()
        throw new PlumblineError('UNAVAILABLE', 'the call was broken off')
      }
    })
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([['skipped', 'interrupted']])
    expect(world.system.writes).toEqual([])
  })

  it('waits no longer for a system that asks for patience than the time of grace', async () => {
    const world = new World()
    const busy = new PlumblineError('UNAVAILABLE', 'busy', { retry: { afterSeconds: 600 } })
    world.system.faults.push({ call: /create Tenant/, error: busy })
    world.clock.onSleep = async (ms) => {
      if (ms < 600_000) return
      world.interrupt()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const outcomes = await world.apply([vault, tenant('acme')])
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([['failed', 'busy']])
    expect([world.clock.waits, world.system.writes]).toEqual([[3_000], ['create Tenant/acme']])
  })

  it('leaves the final action of a connection due', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const cim = connection('cim', 'OneWelcomeCim')
    const spec = { connectionRef: { name: 'cim' }, locale: 'nl', messages: { 'login.title': 'Welkom' } }
    world.system.afterWrite = () => world.interrupt()
    const outcomes = await world.apply([cim, document('CimCustomMessages', 'nl', spec)])
    expect(outcomes.map((o) => `${o.status} ${o.step.address}`)).toEqual([
      'done CimCustomMessages/nl',
      'skipped Connection/cim',
    ])
    await world.apply([cim, document('CimCustomMessages', 'nl', spec)])
    expect(world.system.finalized).toBe(1)
  })

  it('leaves open what was being written when the time of grace is over', async () => {
    const world = new World()
    const lost = new PlumblineError('UNAVAILABLE', 'cut off')
    world.system.afterWrite = () => {
      world.interrupt()
      throw lost
    }
    const outcomes = await world.apply([vault, tenant('acme')])
    expect(outcomes.map((o) => [o.status, o.error?.message])).toEqual([['failed', 'cut off']])
    expect(world.ledger.entries.get('Tenant/acme')).toMatchObject({ memo: {} })
  })

  it('leaves open what was being deleted', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme', { deletionPolicy: 'Delete' }), tenant('stays')])
    world.system.afterWrite = () => {
      world.interrupt()
      throw new PlumblineError('UNAVAILABLE', 'cut off')
    }
    const pruned = { prune: true, allow: new Set(['delete'] as const), maxDeleteShare: 1 }
    const outcomes = await world.apply([vault, tenant('stays')], pruned)
    expect(outcomes.find((o) => o.step.action === 'delete')).toMatchObject({
      status: 'failed',
      error: { message: 'cut off' },
    })
  })

  it('still says of what is as it should be that it is', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme')])
    const outcomes = await world.apply([vault, tenant('acme'), tenant('other')], {}, () => world.interrupt())
    expect(outcomes.map((o) => [o.status, o.step.address])).toEqual([
      ['done', 'Tenant/acme'],
      ['skipped', 'Tenant/other'],
    ])
  })

  it('keeps no clock running for an interrupt that comes after its end', async () => {
    const world = new World()
    await world.apply([vault, tenant('acme')])
    const slept: number[] = []
    world.clock.onSleep = async (ms) => void slept.push(ms)
    world.interrupt()
    expect(slept).toEqual([])
  })
})
