import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../../identity/store/open.ts'
import { storeConformance } from '../../conformance/store.ts'

let root: string
storeConformance('SQLite', {
  start: async () => {
    root = await mkdtemp(join(tmpdir(), 'plumbline-sqlite-'))
  },
  location: () => mkdtemp(join(root, 'store-')),
  stop: () => rm(root, { recursive: true, force: true }),
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
