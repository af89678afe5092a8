import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { bringOver, keepOldName, moveFolder, moveInventory } from '../../reconciler/bring-over.ts'
import { FileInventory } from '../../reconciler/inventory.ts'
import { temporaryFolder } from '../support/folder.ts'
import { entry } from './inventory/conformance.ts'

/** An inventory with one entry; its write-ahead log is not folded in while it is open. */
async function inventoryAt(path: string): Promise<FileInventory> {
  const inventory = FileInventory.open(path, 'write')
  await inventory.put(entry('a'))
  return inventory
}

async function keysAt(path: string): Promise<readonly string[]> {
  const inventory = FileInventory.open(path, 'read')
  const keys = [...inventory.entries.keys()]
  await inventory.close()
  return keys
}

function dataAt(folder: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'admin.key'), 'the key')
  return folder
}

const isLink = (path: string): boolean => lstatSync(path).isSymbolicLink()

describe('an inventory file that moves', () => {
  it('is whole at its new place, and nothing is left of it', async () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'inventory.db'), join(folder, 'dev/inventory.db')]
    await (await inventoryAt(from)).close()
    expect(moveInventory(from, to)).toBe(true)
    expect(await keysAt(to)).toEqual(['Tenant/a'])
    expect([from, `${from}.lock`, `${from}-wal`, `${from}.lock.holder`].filter(existsSync)).toEqual([])
    expect(lstatSync(dirname(to)).mode & 0o777).toBe(0o700)
  })

  it('moves once', async () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'inventory.db'), join(folder, 'dev/inventory.db')]
    await (await inventoryAt(from)).close()
    moveInventory(from, to)
    expect(moveInventory(from, to)).toBe(false)
  })

  it('never takes the place of another one', async () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'inventory.db'), join(folder, 'dev.db')]
    await (await inventoryAt(from)).close()
    writeFileSync(to, 'theirs')
    expect([moveInventory(from, to), existsSync(from), readFileSync(to, 'utf8')]).toEqual([false, true, 'theirs'])
  })

  it('stays where it is while another run writes to it, which is named', async () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'inventory.db'), join(folder, 'dev.db')]
    const writer = await inventoryAt(from)
    expect(() => moveInventory(from, to)).toThrow(/^another run is writing to this inventory: .* process \d+/)
    expect(existsSync(to)).toBe(false)
    await writer.close()
    expect(moveInventory(from, to)).toBe(true)
  })

  it('stays where it is while another program has it open', async () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'inventory.db'), join(folder, 'dev.db')]
    await (await inventoryAt(from)).close()
    const reader = new DatabaseSync(from)
    reader.exec('PRAGMA journal_mode = WAL; BEGIN; SELECT * FROM entries')
    expect(() => moveInventory(from, to)).toThrow(
      expect.objectContaining({
        code: 'IO',
        message: `${from} is in use by another run`,
        help: 'Wait until it has ended, then run again.',
        cause: expect.any(Error),
      }),
    )
    reader.close()
    expect([existsSync(to), await keysAt(from)]).toEqual([false, ['Tenant/a']])
    expect(moveInventory(from, to)).toBe(true)
  })
})

describe('a folder that moves', () => {
  it('leaves a link for who knows it under its old name', () => {
    const folder = temporaryFolder()
    const [from, to] = [dataAt(join(folder, 'data')), join(folder, 'dev/data')]
    expect(moveFolder(from, to)).toBe(true)
    expect([isLink(from), readlinkSync(from), isLink(to)]).toEqual([true, 'dev/data', false])
    expect(readFileSync(join(from, 'admin.key'), 'utf8')).toBe('the key')
    expect([`${from}.lock`, `${from}.moved`].filter(existsSync)).toEqual([])
    expect(lstatSync(dirname(to)).mode & 0o777).toBe(0o700)
  })

  it('moves once', () => {
    const folder = temporaryFolder()
    const [from, to] = [dataAt(join(folder, 'data')), join(folder, 'dev/data')]
    moveFolder(from, to)
    expect([moveFolder(from, to), isLink(from), isLink(to)]).toEqual([false, true, false])
  })

  it('never takes the place of another one', () => {
    const folder = temporaryFolder()
    const [from, to] = [dataAt(join(folder, 'data')), dataAt(join(folder, 'dev/data'))]
    expect([moveFolder(from, to), isLink(from)]).toEqual([false, false])
  })

  it('is nothing where there is none', () => {
    const folder = temporaryFolder()
    expect(moveFolder(join(folder, 'data'), join(folder, 'dev/data'))).toBe(false)
    writeFileSync(join(folder, 'file'), '')
    expect(moveFolder(join(folder, 'file'), join(folder, 'dev/file'))).toBe(false)
  })

  it('is found under its old name also after a run that was killed between its two steps', () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'data'), dataAt(join(folder, 'dev/data'))]
    symlinkSync('dev/data', `${from}.moved`)
    expect(moveFolder(from, to)).toBe(false)
    expect([readFileSync(join(from, 'admin.key'), 'utf8'), existsSync(`${from}.moved`)]).toEqual(['the key', false])
  })

  it('has a link of an earlier try replaced', () => {
    const folder = temporaryFolder()
    const [from, to] = [dataAt(join(folder, 'data')), join(folder, 'dev/data')]
    symlinkSync('elsewhere', `${from}.moved`)
    expect(moveFolder(from, to)).toBe(true)
    expect(readlinkSync(from)).toBe('dev/data')
  })

  it('keeps what has taken its name after a killed run', () => {
    const folder = temporaryFolder()
    const [from, to] = [join(folder, 'data'), dataAt(join(folder, 'dev/data'))]
    writeFileSync(from, 'something else')
    symlinkSync('dev/data', `${from}.moved`)
    expect(moveFolder(from, to)).toBe(false)
    expect(readFileSync(from, 'utf8')).toBe('something else')
  })
})

describe('the memory of releases before', () => {
  const memory = (folder: string, heir: boolean): Parameters<typeof bringOver>[0] => ({
    inventory: join(folder, 'dev/inventory.db'),
    runtime: { store: join(folder, 'dev/data'), dataFolder: join(folder, 'dev/data') },
    before: { ...(heir ? { heir } : {}), inventory: join(folder, 'inventory.db'), dataFolder: join(folder, 'data') },
  })

  it('is moved for the default environment, once, and a line each says so', async () => {
    const folder = temporaryFolder()
    await (await inventoryAt(join(folder, 'inventory.db'))).close()
    dataAt(join(folder, 'data'))
    const notes = bringOver(memory(folder, true))
    expect(notes).toEqual([
      `Each environment now has its own memory: ${folder}/inventory.db was moved to ${folder}/dev/inventory.db.`,
      `Each environment now has its own memory: ${folder}/data was moved to ${folder}/dev/data.`,
    ])
    expect(bringOver(memory(folder, true))).toEqual([])
  })

  it('is moved in part where there is only a part of it', () => {
    const folder = temporaryFolder()
    dataAt(join(folder, 'data'))
    expect(bringOver(memory(folder, true))).toHaveLength(1)
    const { inventory, runtime } = memory(folder, true)
    expect(bringOver({ inventory, runtime, before: { heir: true } })).toEqual([])
  })

  it('is named to other environments, while they have none', async () => {
    const folder = temporaryFolder()
    expect(bringOver(memory(folder, false))).toEqual([])
    await (await inventoryAt(join(folder, 'inventory.db'))).close()
    expect(bringOver(memory(folder, false))).toEqual([
      expect.stringContaining(`plumbline inventory copy ${folder}/inventory.db ${folder}/dev/inventory.db`),
    ])
    await (await inventoryAt(join(folder, 'dev/inventory.db'))).close()
    expect(bringOver(memory(folder, false))).toEqual([])
    const { inventory, runtime } = memory(folder, false)
    expect(bringOver({ inventory, runtime, before: {} })).toEqual([])
  })

  it('is nothing where a project never had one', () => {
    const { inventory, runtime } = memory(temporaryFolder(), true)
    expect(bringOver({ inventory, runtime })).toEqual([])
  })

  it('keeps its old name leading to the default environment, also in a new project', () => {
    const folder = temporaryFolder()
    dataAt(join(folder, 'dev/data'))
    keepOldName(memory(folder, true))
    expect(readFileSync(join(folder, 'data/admin.key'), 'utf8')).toBe('the key')
    expect(readlinkSync(join(folder, 'data'))).toBe('dev/data')
    keepOldName(memory(folder, true))
  })

  it('has no old name in other environments, or where none was ever used', () => {
    const folder = temporaryFolder()
    keepOldName(memory(folder, false))
    const { inventory, runtime } = memory(folder, true)
    keepOldName({ inventory, runtime })
    keepOldName({ inventory, runtime, before: { heir: true } })
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})
