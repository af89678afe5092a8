import pg from 'pg'
import { PlumblineError } from '../../config/errors.ts'
import { type Driver, type Row, type SqlStatement, UniqueViolation } from './driver.ts'
import { OLDEST, type SqlDialect, stepsAfter, VERSION } from './schema.ts'

const CONNECTIONS = 10
const CONNECT_MILLISECONDS = 10_000
const STATEMENT_MILLISECONDS = 30_000
/** Any fixed number that names the migration lock. */
const MIGRATION_LOCK = 7_586_254
const DIALECT: SqlDialect = { keyType: 'TEXT COLLATE "C"', rows: '', place: 'strpos' }
const UNIQUE_VIOLATION = '23505'
const SQLSTATE = /^[0-9A-Z]{5}$/
/** Classes of SQLSTATE that pass: connection, rollback of a transaction, resources, intervention of an operator. */
const PASSING = /^(08|40|53|57)/

/** The database that replicas share: a PostgreSQL URL. Throws UNAVAILABLE when the server does not answer. */
export async function openPostgres(url: string): Promise<Driver> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
  })
  // A connection that breaks while idle is replaced on the next use; the query that meets the fault reports it.
  pool.on('error', () => undefined)
  try {
    await migrate(pool)
  } catch (cause) {
    await pool.end()
    throw new PlumblineError('UNAVAILABLE', `PostgreSQL cannot be used: ${(cause as Error).message}`, { cause })
  }
  return postgresDriver(pool)
}

async function migrate(pool: pg.Pool): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
    const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_version')
    const done = rows[0]?.version ?? 0
    const oldest = done > VERSION ? Number((await client.query(OLDEST)).rows[0]?.oldest) : 0
    const steps = stepsAfter(done, oldest, DIALECT)
    for (const sql of steps.flat()) await client.query(sql)
    const write =
      rows.length === 0 ? 'INSERT INTO schema_version VALUES ($1)' : 'UPDATE schema_version SET version = $1'
    await client.query(write, [done + steps.length])
  })
}

async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>, begin = 'BEGIN'): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // The connection is thrown away, and with it the open transaction.
    client.release(true)
    throw error
  }
}

function postgresDriver(pool: pg.Pool): Driver {
  return {
    dialect: DIALECT,
    query: async (sql, params) => (await refusing(pool.query(numbered(sql), [...params]))).rows,
    batch: (groups) =>
      refusing(
        transaction(pool, async (client) => {
          const rows: (readonly Row[])[] = []
          for (const group of groups) rows.push(await runGroup(client, group))
          return rows
        }),
      ),
    transaction: (mode, work) =>
      transaction(
        pool,
        (client) => work(async (sql, params) => (await refusing(client.query(numbered(sql), [...params]))).rows),
        BEGIN[mode],
      ),
    close: () => pool.end(),
  }
}

const BEGIN = {
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  write: 'BEGIN; SET LOCAL statement_timeout = 0',
} as const

async function runGroup(client: pg.PoolClient, [first, ...rest]: readonly SqlStatement[]): Promise<readonly Row[]> {
  if (!first) return []
  const { rows } = await client.query(numbered(first[0]), [...first[1]])
  if (rows.length > 0) for (const [sql, params] of rest) await client.query(numbered(sql), [...params])
  return rows
}

/** PostgreSQL numbers its parameters. No statement of ours holds a question mark for anything else. */
function numbered(sql: string): string {
  let n = 0
  return sql.replaceAll('?', () => `$${++n}`)
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (code === UNIQUE_VIOLATION) throw new UniqueViolation('taken', { cause })
    if (SQLSTATE.test(code ?? '') && !PASSING.test(code ?? ''))
      throw new PlumblineError('INTERNAL', `PostgreSQL refused a statement (${code})`, { cause })
    throw new PlumblineError('UNAVAILABLE', 'PostgreSQL does not answer', { cause, retry: 'backoff' })
  }
}
