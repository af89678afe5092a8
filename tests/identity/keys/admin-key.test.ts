import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { openService, type Service } from '../../../identity/service.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { Project } from '../../cli/project.ts'

let project: Project
let dataFolder: string
let service: Service
let ahead = 0
beforeEach(async () => {
  ahead = 0
  project = await Project.create()
  dataFolder = join(project.folder, 'runtime')
  service = await openService({ store: dataFolder, dataFolder, now: () => new Date(Date.now() + ahead) })
})
afterEach(() => service.close())

const keyInFile = async () => (await readFile(join(dataFolder, 'admin.key'), 'utf8')).trim()
const works = async (key: string) =>
  (await service.app.inject({ url: '/v1/tenants', headers: { 'x-api-key': key } })).statusCode !== 401
const rotate = (...words: string[]) => project.run('admin-key', 'rotate', '--data', dataFolder, ...words)

describe('plumbline admin-key rotate', () => {
  it('makes a key that a running service takes at once; the one before stays good for a day', async () => {
    const old = await keyInFile()
    const { code, stdout } = await rotate()
    const fresh = await keyInFile()
    expect([code, stdout]).toEqual([0, expect.stringContaining('stays good until')])
    expect(stdout).not.toContain(fresh)
    expect((await stat(join(dataFolder, 'admin.key'))).mode & 0o777).toBe(0o600)
    expect([await works(fresh), await works(old)]).toEqual([true, true])
    ahead = 25 * 3600 * 1000
    expect([await works(fresh), await works(old)]).toEqual([true, false])
  })

  it('ends the key before at once when it is asked to, and leaves no draft', async () => {
    const old = await keyInFile()
    expect((await rotate('--overlap', '0')).stdout).toContain('has ended')
    expect([await works(await keyInFile()), await works(old)]).toEqual([true, false])
    expect((await readdir(dataFolder)).filter((name) => name.startsWith('admin.key'))).toEqual(['admin.key'])
  })

  it('is in the audit log, which still holds', async () => {
    await rotate()
    const { items } = await service.deps.store.find(AUDIT_RECORDS, GLOBAL, { limit: 10 })
    expect(items.map(({ event }) => event)).toEqual(['admin-key.rotated'])
    expect((await project.run('audit', 'verify', '--data', dataFolder)).code).toBe(0)
  })

  it('refuses a folder without keys, and an overlap that is none', async () => {
    expect((await project.run('admin-key', 'rotate', '--data', join(project.folder, 'nowhere'))).code).toBe(1)
    expect((await rotate('--overlap', 'soon')).code).toBe(1)
  })
})
