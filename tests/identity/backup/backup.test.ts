import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBackup } from '../../../identity/backup/backup.ts'
import { readBackup } from '../../../identity/backup/restore.ts'
import { readMasterKey } from '../../../identity/directory/data-folder.ts'
import { type ScopeVerdict, verifyAll } from '../../../identity/directory/verify-all.ts'
import { AuditLog } from '../../../identity/platform/audit/log.ts'
import { openService } from '../../../identity/service.ts'
import { openDriver, openStore } from '../../../identity/store/open.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { Project } from '../../cli/project.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'

interface Note {
  readonly id: string
  readonly text: string
}
const NOTES: Collection<Note> = { name: 'notes', id: (n) => n.id, indexes: ['text'], unique: { text: (n) => n.text } }
const SCIM_USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ODD = 'line\u2028separator \u0000 \ud800 "ü"'
const NOW = new Date('2026-05-01T00:00:00Z')
const KINDS = ['sqlite', 'postgres'] as const
type Kind = (typeof KINDS)[number]

let postgres: Postgres
let root: string
let dataFolder: string
let masterKey: Uint8Array
beforeAll(async () => {
  postgres = await startPostgres()
  root = await mkdtemp(join(tmpdir(), 'plumbline-backup-'))
  dataFolder = join(root, 'keys')
  for (const kind of KINDS) {
    sources[kind] = await filled(kind)
    files[kind] = await backupOf(sources[kind])
  }
})
afterAll(async () => {
  await postgres.stop()
  await rm(root, { recursive: true, force: true })
})

const sources = {} as Record<Kind, string>
const files = {} as Record<Kind, string>
let count = 0
const place = (kind: Kind) => (kind === 'sqlite' ? mkdtemp(join(root, 'store-')) : postgres.database())

/** A store with a tenant, a user, an audit log and notes of all shapes. */
async function filled(kind: Kind): Promise<string> {
  const location = await place(kind)
  const service = await openService({ store: location, dataFolder, now: () => NOW })
  masterKey = service.deps.masterKey
  const headers = { 'x-api-key': (await readFile(join(dataFolder, 'admin.key'), 'utf8')).trim() }
  const send = (url: string, payload: object) => service.app.inject({ method: 'POST', url, headers, payload })
  await send('/v1/tenants', { tenant_id: 'acme-web' })
  const emails = [{ value: 'jane@example.com', primary: true }]
  const made = await send('/scim/v2/acme-web/Users', { schemas: [SCIM_USER], userName: 'Jane', emails })
  if (made.statusCode !== 201) throw new Error(made.body)
  await service.deps.store.create(NOTES, 's', { id: 'odd', text: ODD })
  await service.deps.store.create(NOTES, 's', { id: 'brief', text: 'expires' }, 60)
  for (let i = 0; i < 700; i++) await service.deps.store.create(NOTES, 'many', { id: `n${i}`, text: `note ${i}` })
  await service.close()
  return location
}

async function backupOf(location: string): Promise<string> {
  const file = join(root, `${++count}.backup`)
  const driver = await openDriver(location)
  await writeBackup(driver, file, { masterKey, now: NOW }).finally(() => driver.close())
  return file
}

async function restore(file: string, location: string, { replace = false, key = masterKey } = {}): Promise<number> {
  const driver = await openDriver(location)
  return readBackup(driver, file, { masterKey: key, replace }).finally(() => driver.close())
}

async function verdictsOf(location: string): Promise<readonly ScopeVerdict[]> {
  const now = () => NOW
  const store = await openStore(location, now)
  const verdicts: ScopeVerdict[] = []
  for await (const verdict of verifyAll({ store, masterKey })) verdicts.push(verdict)
  await store.close()
  return verdicts
}

describe.each(KINDS.flatMap((from) => KINDS.map((to) => ({ from, to }))))('a backup of $from', ({ from, to }) => {
  it(`restored into ${to} holds the same documents, and its audit log is whole`, async () => {
    const location = await place(to)
    await restore(files[from], location)
    const store = await openStore(location, () => NOW)
    expect(await store.get(NOTES, 's', 'odd')).toEqual({ id: 'odd', text: ODD })
    expect((await store.find(NOTES, 's', { where: { text: 'expires' }, limit: 1 })).total).toBe(1)
    expect((await store.find(NOTES, 'many', { limit: 1 })).total).toBe(700)
    await expect(store.create(NOTES, 's', { id: 'other', text: ODD })).rejects.toMatchObject({ code: 'CONFLICT' })
    await store.close()
    const verdicts = await verdictsOf(location)
    expect(verdicts).toEqual(await verdictsOf(sources[from]))
    expect(verdicts.map(({ problem }) => problem)).toEqual([undefined, undefined])
  })
})

describe('the service on a restored store', () => {
  it('knows the administrator key and finds people by a SCIM filter', async () => {
    const location = await place('postgres')
    await restore(files.sqlite, location)
    const service = await openService({ store: location, dataFolder, now: () => NOW })
    const headers = { 'x-api-key': (await readFile(join(dataFolder, 'admin.key'), 'utf8')).trim() }
    const url = `/scim/v2/acme-web/Users?filter=${encodeURIComponent('userName eq "jane"')}`
    const answer = await service.app.inject({ url, headers })
    await service.close()
    expect(answer.json().totalResults).toBe(1)
  })
})

describe.each(KINDS)('a backup of a store in use on %s', (kind) => {
  it('shows one moment: no record of the audit log without those before it', async () => {
    const location = await place(kind)
    await restore(files[kind], location)
    const store = await openStore(location, () => NOW)
    const log = new AuditLog({ store, now: () => NOW, masterKey })
    let writing = true
    const writer = (async () => {
      for (let i = 0; writing; i++) {
        await log.append('acme-web', { event: 'test', actor: 'anonymous', subject: { i: `${i}` } })
        await setImmediate()
      }
    })()
    const file = await backupOf(location)
    writing = false
    await writer
    await store.close()
    const copy = await place(kind)
    await restore(file, copy)
    expect((await verdictsOf(copy)).map(({ problem }) => problem)).toEqual([undefined, undefined])
  })
})

describe('a backup file', () => {
  it('is readable by its owner only, and holds neither the master key nor the administrator key', async () => {
    const keys = await Promise.all(['master.key', 'admin.key'].map((n) => readFile(join(dataFolder, n), 'utf8')))
    const content = gunzipSync(await readFile(files.sqlite)).toString()
    expect((await stat(files.sqlite)).mode & 0o777).toBe(0o600)
    expect(keys.filter((key) => content.includes(key.trim()))).toEqual([])
  })

  it('is not written over', async () => {
    const driver = await openDriver(sources.sqlite)
    const again = writeBackup(driver, files.sqlite, { masterKey, now: NOW })
    await expect(again).rejects.toMatchObject({ code: 'IO' })
    await driver.close()
    expect((await readdir(root)).filter((name) => name.endsWith('draft'))).toEqual([])
  })
})

describe('restoring is refused, and changes nothing,', () => {
  /** The file with its lines changed. */
  async function tampered(change: (lines: string[]) => string[]): Promise<string> {
    const file = join(root, `${++count}.backup`)
    const lines = gunzipSync(await readFile(files.sqlite))
      .toString()
      .split('\n')
    await writeFile(file, gzipSync(change(lines).join('\n')))
    return file
  }
  const header = (change: object) => (lines: string[]) => [
    JSON.stringify({ ...JSON.parse(lines[0] ?? ''), ...change }),
    ...lines.slice(1),
  ]

  it.each<[string, (lines: string[]) => string[], string]>([
    ['when a row was changed', (l) => l.map((line) => line.replace('note 5"', 'note X"')), 'damaged'],
    ['when a row is missing', (l) => [...l.slice(0, 5), ...l.slice(6)], 'damaged'],
    ['when the end is missing', (l) => [...l.slice(0, -2), ''], 'damaged'],
    ['when it has another format', header({ format: 2 }), 'format 2'],
    ['when it has columns of a later release', header({ tables: { documents: ['id; DROP'] } }), "'documents.id; DROP'"],
    ['when it is no backup', () => ['{}', ''], 'format undefined'],
  ])('%s', async (_, change, message) => {
    const location = await place('sqlite')
    const refused = restore(await tampered(change), location)
    await expect(refused).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining(message) })
    await expect(restore(files.sqlite, location)).resolves.toBeGreaterThan(700)
  })

  it('under another master key', async () => {
    const refused = restore(files.sqlite, await place('sqlite'), { key: new Uint8Array(32).fill(1) })
    await expect(refused).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('master key') })
  })

  it.each(KINDS)('over a store that is not empty on %s, unless it is told to replace it', async (kind) => {
    const location = await place(kind)
    const store = await openStore(location, () => NOW)
    await store.create(NOTES, 's', { id: 'old', text: 'was here' })
    await expect(restore(files.postgres, location)).rejects.toMatchObject({ code: 'REFUSED' })
    expect(await store.get(NOTES, 's', 'old')).toBeDefined()
    await restore(files.postgres, location, { replace: true })
    expect([await store.get(NOTES, 's', 'old'), await store.get(NOTES, 's', 'odd')]).toEqual([
      undefined,
      { id: 'odd', text: ODD },
    ])
    await store.close()
  })
})

describe('plumbline backup and restore', () => {
  it('carry a store to another folder that has its master key', async () => {
    const project = await Project.create()
    const [from, to] = [join(project.folder, 'from'), join(project.folder, 'to')]
    await (await openService({ store: from, dataFolder: from })).close()
    await mkdir(to)
    const without = await project.run('restore', '--data', to, 'a.backup')
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining(`no master.key in '${to}'`) })
    expect(await project.run('backup', '--data', from, 'a.backup')).toMatchObject({ code: 0 })
    await copyFile(join(from, 'master.key'), join(to, 'master.key'))
    const restored = await project.run('restore', '--data', to, 'a.backup')
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Restored \d+ rows from a.backup\n$/) })
    await expect(readMasterKey(to)).resolves.toEqual(await readMasterKey(from))
  })
})
