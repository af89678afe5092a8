import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileInventory } from '../../../reconciler/inventory.ts'
import { inventoryConformance } from './conformance.ts'

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
})
