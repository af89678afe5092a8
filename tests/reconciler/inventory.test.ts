import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileInventory } from '../../reconciler/inventory.ts'
import type { Entry } from '../../reconciler/model.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-inventory-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const path = () => join(folder, 'state', 'inventory.db')
const entry = (name: string): Entry => ({
  address: `Tenant/${name}`,
  kind: 'Tenant',
  connection: 'vault',
  key: name,
  id: name,
  memo: { '/x': 1 },
  deletionPolicy: 'Retain',
  needs: [],
})

describe('the inventory file', () => {
  it('keeps entries, due final actions and the fingerprint key', async () => {
    const first = FileInventory.open(path(), 'write')
    await first.put(entry('a'))
    await first.put(entry('b'))
    await first.drop('Tenant/b')
    await first.finalizeDue('cim', true)
    first.close()
    const second = FileInventory.open(path(), 'read')
    expect(second.snapshot()).toEqual({ entries: new Map([['Tenant/a', entry('a')]]), finalizeDue: new Set(['cim']) })
    expect(second.fingerprintKey).toBe(first.fingerprintKey)
    second.close()
  })

  it('can be read by its owner only', () => {
    FileInventory.open(path(), 'write').close()
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  it('refuses a second writer and lets readers in', () => {
    const writer = FileInventory.open(path(), 'write')
    expect(() => FileInventory.open(path(), 'write')).toThrow('another run is writing')
    FileInventory.open(path(), 'read').close()
    writer.close()
    FileInventory.open(path(), 'write').close()
  })

  it('has everything that was acknowledged before kill -9, and is not locked afterwards', async () => {
    const program = `
      import { FileInventory } from ${JSON.stringify(join(import.meta.dirname, '../../reconciler/inventory.ts'))}
      const inventory = FileInventory.open(${JSON.stringify(path())}, 'write')
      for (let i = 0; ; i++) {
        await inventory.put({ ...${JSON.stringify(entry('x'))}, address: 'Tenant/' + i })
        process.stdout.write(i + '\\n')
      }`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
    let printed = ''
    while (printed.split('\n').length < 50) printed += String((await once(child.stdout, 'data'))[0])
    child.kill('SIGKILL')
    await once(child, 'close')
    const acknowledged = printed.split('\n').slice(0, -1)
    const inventory = FileInventory.open(path(), 'write')
    expect(acknowledged.filter((i) => !inventory.entries.has(`Tenant/${i}`))).toEqual([])
    inventory.close()
  })
})
