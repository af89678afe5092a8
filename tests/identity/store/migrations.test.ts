import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Driver, type Param, type Row, UniqueViolation } from '../../../identity/store/driver.ts'
import { openDriver, openStore } from '../../../identity/store/open.ts'
import type { Collection } from '../../../identity/store/store.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import version1 from './version-1.json' with { type: 'json' }

interface Recorded {
  readonly sql: string
  readonly params: readonly Param[]
  readonly rows: readonly Row[] | 'taken'
}
interface Person {
  readonly id: string
  readonly name: string
  readonly rank: number
}
const PEOPLE: Collection<Person> = { name: 'people', id: (p) => p.id, indexes: ['name', 'rank'] }
const WRITES = version1.statements.slice(0, 6) as unknown as readonly Recorded[]

let postgres: Postgres
let root: string
beforeAll(async () => {
  postgres = await startPostgres()
  root = await mkdtemp(join(tmpdir(), 'plumbline-migrations-'))
})
afterAll(async () => {
  await postgres.stop()
  await rm(root, { recursive: true, force: true })
})

/** Runs statements one by one, behind the back of the store. */
async function raw(location: string, statements: readonly Recorded[]): Promise<void> {
  if (location.startsWith('postgres:')) {
    const client = new pg.Client({ connectionString: location })
    await client.connect()
    for (const { sql, params } of statements) {
      let n = 0
      await client.query(
        sql.replaceAll('?', () => `$${++n}`),
        [...params],
      )
    }
    return client.end()
  }
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const db = new DatabaseSync(join(location, 'plumbline.db'))
  for (const { sql, params } of statements) db.prepare(sql).all(...params)
  db.close()
}

const plain = (sql: string): Recorded => ({ sql, params: [], rows: [] })
const MARK = {
  sqlite: [plain('PRAGMA user_version = 1')],
  postgres: [
    plain('CREATE TABLE schema_version (version INTEGER NOT NULL)'),
    plain('INSERT INTO schema_version VALUES (1)'),
  ],
}
const VERSION = { sqlite: 'PRAGMA user_version = 99', postgres: 'UPDATE schema_version SET version = 99' }

/** What the database answers, in the way in which both databases say it. */
async function outcome(driver: Driver, { sql, params }: Recorded): Promise<unknown> {
  try {
    return readable(await driver.query(sql, params))
  } catch (error) {
    if (error instanceof UniqueViolation) return 'taken'
    throw error
  }
}
const readable = (rows: readonly Row[] | 'taken') =>
  rows === 'taken' ? rows : rows.map((row) => Object.values(row).map(String))

describe.each(['sqlite', 'postgres'] as const)('the layout on %s', (kind) => {
  const fresh = () => (kind === 'sqlite' ? mkdtemp(join(root, 'store-')) : postgres.database())
  /** A store as the release of version 1 left it, with a few documents. */
  const old = async () => {
    const location = await fresh()
    await raw(location, [
      ...version1.layout[kind].map(plain),
      ...MARK[kind],
      ...WRITES.filter((s) => s.rows !== 'taken'),
    ])
    return location
  }

  it('of version 1 is brought up to date, and what lies in it is found', async () => {
    const store = await openStore(await old(), () => new Date('2026-01-01T00:00:00Z'))
    const { items } = await store.find(PEOPLE, 's', { orderBy: 'rank', limit: 10 })
    await store.close()
    expect(items.map(({ name }) => name)).toEqual(['Jane', 'Zoë'])
  })

  it('serves every statement of the release of version 1 as its own layout did', async () => {
    const driver = await openDriver(await fresh())
    const statements = version1.statements as unknown as readonly Recorded[]
    for (const statement of statements)
      expect(await outcome(driver, statement), statement.sql).toEqual(readable(statement.rows))
    await driver.close()
  })

  it('of a later release is used while that one says that this one can, and refused after that', async () => {
    const location = await fresh()
    await (await openStore(location)).close()
    await raw(location, [plain(VERSION[kind])])
    await (await openStore(location)).close()
    await raw(location, [plain('UPDATE layout SET oldest = 99')])
    await expect(openStore(location)).rejects.toThrow('newer release')
  })

  it('is brought up to date once when several processes start at the same moment', async () => {
    const location = await old()
    const open = fileURLToPath(new URL('../../../identity/store/open.ts', import.meta.url))
    const script = `import { openStore } from ${JSON.stringify(open)}
      const store = await openStore(process.argv[1])
      await store.ping()
      await store.close()
      console.log('served')`
    const starts = [1, 2].map(async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script, location])
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
      return `${out}${err}`
    })
    expect(await Promise.all(starts)).toEqual(['served\n', 'served\n'])
  })
})
