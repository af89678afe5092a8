import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { FileInventory } from '../../reconciler/inventory.ts'
import type { Entry } from '../../reconciler/model.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string, displayName = name) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, displayName })
const full = new PlumblineError('IO', 'the inventory cannot be written: the disk is full', { stops: 'run' })

/** From now on nothing can be recorded of one document. */
function breakAt(world: World, address: string): void {
  const put = world.ledger.put
  world.ledger.put = async (entry) => (entry.address === address ? Promise.reject(full) : put(entry))
}

const shown = (outcomes: Awaited<ReturnType<World['apply']>>) =>
  outcomes.map(({ status, step, error }) => [status, step.address, error?.message])

describe('a run whose inventory breaks', () => {
  it('begins nothing more, and says of every step what became of it', async () => {
    const world = new World(new MemorySystem('SecretsVault', 1))
    await world.apply([vault, tenant('a'), tenant('b'), tenant('c')])
    const before = world.system.writes.length
    breakAt(world, 'Tenant/b')
    const outcomes = await world.apply([vault, tenant('a', 'A'), tenant('b', 'B'), tenant('c', 'C')])
    expect(shown(outcomes)).toEqual([
      ['done', 'Tenant/a', undefined],
      ['failed', 'Tenant/b', full.message],
      ['skipped', 'Tenant/c', `the run was stopped: ${full.message}`],
    ])
    expect(world.system.writes.slice(before)).toEqual(['update Tenant/a', 'update Tenant/b'])
  })

  it('creates nothing that it cannot remember', async () => {
    const world = new World()
    breakAt(world, 'Tenant/a')
    await world.apply([vault, tenant('a')])
    expect(world.system.writes).toEqual([])
  })

  it('writes nothing of what it was still looking at', async () => {
    const world = new World()
    await world.apply([vault, tenant('a'), tenant('b')])
    const before = world.system.writes.length
    breakAt(world, 'Tenant/a')
    world.clock.onSleep = async () => {
      while (world.system.writes.length === before) await new Promise((resolve) => setImmediate(resolve))
    }
    const outcomes = await world.apply([vault, tenant('a', 'A'), tenant('b', 'B')], {}, () => {
      const error = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
      world.system.faults.push({ call: /observe Tenant\/b/, error })
    })
    expect(outcomes.map((o) => [o.status, o.step.address])).toEqual([
      ['failed', 'Tenant/a'],
      ['skipped', 'Tenant/b'],
    ])
    expect(world.system.writes.slice(before)).toEqual(['update Tenant/a'])
  })

  it('leaves the final action of a connection due', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const cim = connection('cim', 'OneWelcomeCim')
    const texts = document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'cim' },
      locale: 'nl',
      messages: { title: 'Welkom' },
    })
    breakAt(world, 'CimCustomMessages/nl')
    expect(shown(await world.apply([cim, texts]))).toEqual([
      ['failed', 'CimCustomMessages/nl', full.message],
      ['skipped', 'Connection/cim', `the run was stopped: ${full.message}`],
    ])
    expect(world.ledger.due).toEqual(new Set(['cim']))
  })
})

describe('an inventory file that cannot be written', () => {
  const entry: Entry = {
    address: 'Tenant/a',
    kind: 'Tenant',
    connection: 'vault',
    key: 'a',
    memo: {},
    deletionPolicy: 'Retain',
    needs: [],
  }

  async function broken() {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-broken-'))
    const path = join(folder, 'inventory.db')
    const inventory = FileInventory.open(path, 'write')
    onTestFinished(async () => {
      await inventory.close()
      await rm(folder, { recursive: true })
    })
    const database = new DatabaseSync(path)
    database.exec("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    database.close()
    return { path, inventory }
  }

  it('says which one and why, and stops the run', async () => {
    const { path, inventory } = await broken()
    await expect(inventory.put(entry)).rejects.toMatchObject({
      code: 'IO',
      stops: 'run',
      message: `the inventory ${path} cannot be written: disk full`,
      help: expect.stringContaining('run again'),
    })
  })

  it('has not what it refused', async () => {
    const { inventory } = await broken()
    await inventory.put(entry).catch(() => undefined)
    expect(inventory.entries.has('Tenant/a')).toBe(false)
  })
})
