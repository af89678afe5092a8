import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { patiently } from '../../../reconciler/lock.ts'
import type { Entry } from '../../../reconciler/model.ts'
import { type InventoryPlace, openInventory, openRows } from '../../../reconciler/open-inventory.ts'

export const entry = (name: string): Entry => ({
  address: `Tenant/${name}`,
  kind: 'Tenant',
  connection: 'vault',
  key: name,
  id: name,
  memo: { '/x': 1 },
  deletionPolicy: 'Retain',
  needs: [],
})

/** What every inventory does; `place` is a fresh one for each test. */
export function inventoryConformance(place: () => InventoryPlace): void {
  it('keeps entries, due final actions and the fingerprint key', async () => {
    const first = await openInventory(place(), 'write')
    await first.put(entry('a'))
    await first.put(entry('b'))
    await first.put({ ...entry('a'), id: 'other' })
    await first.drop('Tenant/b')
    await first.finalizeDue('cim', true)
    await first.finalizeDue('pigello', true)
    await first.finalizeDue('pigello', false)
    await first.close()
    const second = await openInventory(place(), 'read')
    expect(second.snapshot()).toEqual({
      entries: new Map([['Tenant/a', { ...entry('a'), id: 'other' }]]),
      finalizeDue: new Set(['cim']),
    })
    expect(second.fingerprintKey).toBe(first.fingerprintKey)
    await second.close()
  })

  it('refuses a second writer, says who the first one is, and lets readers in', async () => {
    const writer = await openInventory(place(), 'write')
    await writer.put(entry('a'))
    await expect(openInventory(place(), 'write')).rejects.toThrow(
      new RegExp(`^another run is writing to this inventory: .+ on .+, process ${process.pid}, since 20`),
    )
    const reader = await openInventory(place(), 'read')
    expect([...reader.entries.keys()]).toEqual(['Tenant/a'])
    await reader.close()
    await writer.close()
    await (await openInventory(place(), 'write')).close()
  })

  it('has everything that was acknowledged before kill -9, and is not locked afterwards', async () => {
    const module = JSON.stringify(join(import.meta.dirname, '../../../reconciler/open-inventory.ts'))
    const program = `
      import { openInventory } from ${module}
      const inventory = await openInventory(${JSON.stringify(place())}, 'write')
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
    const inventory = await openWhenFree(place())
    expect(acknowledged.filter((i) => !inventory.entries.has(`Tenant/${i}`))).toEqual([])
    await inventory.close()
  })

  it('takes over all of another inventory, and only while it is empty', async () => {
    const source = {
      facts: { fingerprintKey: 'kept', ownerId: 'inventory:kept' },
      loaded: { entries: new Map([['Tenant/a', JSON.stringify(entry('a'))]]), finalize_due: new Map([['cim', 'cim']]) },
    }
    const target = await openRows(place(), 'write')
    await target.fill(source)
    await target.close()
    const filled = await openInventory(place(), 'read')
    expect([filled.fingerprintKey, filled.ownerId]).toEqual(['kept', 'inventory:kept'])
    expect(filled.snapshot()).toEqual({
      entries: new Map([['Tenant/a', entry('a')]]),
      finalizeDue: new Set(['cim']),
    })
    await filled.close()
    const again = await openRows(place(), 'write')
    await expect(again.fill(source)).rejects.toMatchObject({ code: 'REFUSED' })
    await again.close()
  })
}

/** A server notices a moment later that the process at the other end is gone. */
export const openWhenFree = (place: InventoryPlace) =>
  patiently(() => openInventory(place, 'write'), {
    seconds: 60,
    signal: new AbortController().signal,
    onWait: () => undefined,
  })
