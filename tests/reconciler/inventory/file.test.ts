import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileRows } from '../../../reconciler/file-rows.ts'
import { FileInventory } from '../../../reconciler/inventory.ts'
import { entry, inventoryConformance } from './conformance.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-inventory-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const path = () => join(folder, 'state', 'inventory.db')

describe('the inventory file', () => {
  inventoryConformance(() => ({ inventory: path(), scope: 'acme/dev' }))

  it('can be read by its owner only', async () => {
    await FileInventory.open(path(), 'write').close()
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  it('has a fingerprint key and an owner of its own', async () => {
    const inventory = FileInventory.open(path(), 'write')
    const other = FileInventory.open(join(folder, 'other.db'), 'write')
    expect(inventory.fingerprintKey).toMatch(/^[\w-]{43}$/)
    expect(inventory.ownerId).toMatch(/^inventory:[0-9a-f-]{36}$/)
    expect([other.fingerprintKey, other.ownerId]).not.toEqual([inventory.fingerprintKey, inventory.ownerId])
    await Promise.all([inventory.close(), other.close()])
  })

  it('has at once what was written, and what was taken away is gone at once', async () => {
    const inventory = FileInventory.open(path(), 'write')
    await inventory.put(entry('a'))
    await inventory.finalizeDue('cim', true)
    const before = inventory.snapshot()
    expect([inventory.entries.get('Tenant/a'), before.finalizeDue]).toEqual([entry('a'), new Set(['cim'])])
    await inventory.drop('Tenant/a')
    await inventory.finalizeDue('cim', false)
    expect(inventory.snapshot()).toEqual({ entries: new Map(), finalizeDue: new Set() })
    expect([before.entries.size, before.finalizeDue.size]).toEqual([1, 1])
    await inventory.close()
  })

  it('writes a due final action once', async () => {
    const inventory = FileInventory.open(path(), 'write')
    await inventory.finalizeDue('cim', true)
    const database = new DatabaseSync(path())
    database.exec("CREATE TRIGGER once BEFORE INSERT ON finalize_due BEGIN SELECT RAISE(FAIL, 'written twice'); END")
    await inventory.finalizeDue('cim', true)
    database.close()
    await inventory.close()
  })

  it('that cannot be opened is not locked afterwards', async () => {
    mkdirSync(path(), { recursive: true })
    expect(() => FileInventory.open(path(), 'write')).toThrow()
    rmSync(path(), { recursive: true })
    await FileInventory.open(path(), 'write').close()
  })

  it.each([
    ['entries', { entries: new Map([['Tenant/a', JSON.stringify(entry('a'))]]), finalize_due: new Map() }],
    ['due final actions', { entries: new Map(), finalize_due: new Map([['cim', 'cim']]) }],
  ])('takes nothing over once it holds %s, and says what to do', async (_, loaded) => {
    const facts = { fingerprintKey: 'kept', ownerId: 'kept' }
    const rows = openFileRows(path(), 'write')
    await rows.fill({ facts, loaded })
    await rows.close()
    const again = openFileRows(path(), 'write')
    await expect(again.fill({ facts, loaded })).rejects.toMatchObject({
      code: 'REFUSED',
      help: 'Name an empty one, or move that one out of the way.',
    })
    await again.close()
  })
})
