import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../../identity/store/open.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { storeConformance } from '../../conformance/store.ts'

let root: string
storeConformance('SQLite', {
  start: async () => {
    root = await mkdtemp(join(tmpdir(), 'plumbline-sqlite-'))
  },
  location: () => mkdtemp(join(root, 'store-')),
  stop: () => rm(root, { recursive: true, force: true }),
})

let own: string
beforeAll(async () => {
  own = await mkdtemp(join(tmpdir(), 'plumbline-sqlite-'))
})
afterAll(() => rm(own, { recursive: true, force: true }))

describe('the files of a SQLite store', () => {
  const modesIn = async (folder: string) => {
    const names = (await readdir(folder)).toSorted()
    return Promise.all(names.map(async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]))
  }
  const CLOSED = [
    ['plumbline.db', '600'],
    ['plumbline.db-shm', '600'],
    ['plumbline.db-wal', '600'],
  ]

  it('are closed to others in a folder that everybody may read', async () => {
    const folder = await mkdtemp(join(own, 'open-'))
    await chmod(folder, 0o777)
    const store = await openStore(folder)
    expect(await modesIn(folder)).toEqual(CLOSED)
    await store.close()
  })

  it('of an earlier release are closed when they are opened', async () => {
    const folder = await mkdtemp(join(own, 'old-'))
    await (await openStore(folder)).close()
    for (const name of ['plumbline.db', 'plumbline.db-wal', 'plumbline.db-shm']) {
      await writeFile(join(folder, name), '', { flag: 'a' })
      await chmod(join(folder, name), 0o644)
    }
    const store = await openStore(folder)
    expect(await modesIn(folder)).toEqual(CLOSED)
    await store.close()
  })
})

describe('a SQLite store that another process writes to', () => {
  const NOTES: Collection<{ id: string }> = { name: 'notes', id: (n) => n.id, indexes: [] }

  it('waits for it without holding up everything else', async () => {
    const folder = await mkdtemp(join(own, 'busy-'))
    const store = await openStore(folder)
    await store.create(NOTES, 's', { id: 'first' })
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const other = new DatabaseSync(join(folder, 'plumbline.db'))
    other.exec('BEGIN IMMEDIATE')
    const writing = store.create(NOTES, 's', { id: 'second' })
    // Read while the write waits: before, the process stood still until the other one was done.
    expect(await store.get(NOTES, 's', 'first')).toEqual({ id: 'first' })
    other.exec('COMMIT')
    await writing
    expect(await store.get(NOTES, 's', 'second')).toEqual({ id: 'second' })
    other.close()
    await store.close()
  })
})

describe('opening a SQLite store', () => {
  it('says nothing on standard error', () => {
    const open = fileURLToPath(new URL('../../../identity/store/open.ts', import.meta.url))
    const folder = join(tmpdir(), `plumbline-quiet-${process.pid}`)
    const script = `import { openStore } from ${JSON.stringify(open)}; await (await openStore(process.argv[1])).close()`
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script, folder], { encoding: 'utf8' })
    expect({ code: run.status, stderr: run.stderr }).toEqual({ code: 0, stderr: '' })
    return rm(folder, { recursive: true, force: true })
  })

  it('fails with IO and the folder in the message when the folder is a file', async () => {
    const file = fileURLToPath(import.meta.url)
    await expect(openStore(file)).rejects.toMatchObject({ code: 'IO', message: expect.stringContaining(file) })
  })
})
