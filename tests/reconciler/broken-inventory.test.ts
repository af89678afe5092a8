import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { FileInventory } from '../../reconciler/inventory.ts'
import type { Entry } from '../../reconciler/model.ts'
import { temporaryFolder } from '../support/folder.ts'
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
    const path = join(temporaryFolder(), 'inventory.db')
    const inventory = FileInventory.open(path, 'write')
    onTestFinished(() => inventory.close())
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

describe('an inventory file that cannot be read', () => {
  const help = expect.stringContaining('Restore it from a backup')

  it('is told by its path, and by what to do', () => {
    const path = join(temporaryFolder(), 'inventory.db')
    writeFileSync(path, 'this is no database, however long one looks at it'.repeat(100))
    expect(() => FileInventory.open(path, 'read')).toThrow(
      expect.objectContaining({
        code: 'IO',
        message: `the inventory ${path} cannot be opened: file is not a database`,
        help,
      }),
    )
  })

  it('is told also when it is no file, or lies where nobody may write', () => {
    const folder = temporaryFolder()
    expect(() => FileInventory.open(folder, 'read')).toThrow(expect.objectContaining({ code: 'IO', help }))
    writeFileSync(join(folder, 'file'), '')
    expect(() => FileInventory.open(join(folder, 'file/inventory.db'), 'write')).toThrow(
      expect.objectContaining({ code: 'IO', help }),
    )
  })

  it('is told by the object of which something else is remembered than was written', async () => {
    const path = join(temporaryFolder(), 'inventory.db')
    await FileInventory.open(path, 'write').close()
    const database = new DatabaseSync(path)
    database.exec("INSERT INTO entries VALUES ('Tenant/a', '{half')")
    database.close()
    expect(() => FileInventory.open(path, 'read')).toThrow(
      expect.objectContaining({ code: 'IO', message: 'what the inventory remembers of Tenant/a cannot be read', help }),
    )
  })
})
