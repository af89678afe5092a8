import pg from 'pg'
import { PlumblineError } from '../config/errors.ts'

/** Tables that one part of us keeps in a database that several machines share. */
export interface Layout {
  /** For people, e.g. `the inventory`. */
  readonly of: string
  /** Keeps how many of the steps are done. */
  readonly table: string
  /** In order; a released step never changes, and a step only adds. */
  readonly steps: readonly string[]
}

export type DatabaseQuery = (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>

const CONNECT_MILLISECONDS = 10_000
const STATEMENT_MILLISECONDS = 30_000
/** Any fixed number that names the migration lock. */
const MIGRATION_LOCK = 7_586_255
/** A machine that is gone without a word lets go of its lock after a minute. */
const KEEPALIVE = '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3'

/** Connects to a database. Throws UNAVAILABLE when the server does not answer. */
export async function connectTo(url: string, layout: Pick<Layout, 'of'>): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    application_name: 'plumbline',
    options: KEEPALIVE,
  })
  // A connection that breaks while idle is told by the next query.
  client.on('error', () => undefined)
  await explained(client.connect(), layout)
  return client
}

/** Asks over a connection. Throws UNAVAILABLE, which stops the run. */
export const askOver =
  (client: pg.Client, layout: Pick<Layout, 'of'>): DatabaseQuery =>
  async (sql, values = []) =>
    (await explained(client.query(sql, [...values]), layout)).rows

/** Brings the tables to this release. Throws REFUSED for those of a newer one. */
export async function migrate(query: DatabaseQuery, { of, table, steps }: Layout): Promise<void> {
  const [found] = await query('SELECT to_regclass($1) AS name', [table])
  const [layout] = found?.name === null ? [] : await query(`SELECT version FROM ${table}`)
  if (layout?.version === steps.length) return
  await transaction(query, async () => {
    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await query(`CREATE TABLE IF NOT EXISTS ${table} (version INTEGER NOT NULL)`)
    const [row] = await query(`SELECT version FROM ${table}`)
    const done = Number(row?.version ?? 0)
    if (done > steps.length) throw new PlumblineError('REFUSED', `${of} was written by a newer release; use that one`)
    for (const step of steps.slice(done)) await query(step)
    const record = row === undefined ? `INSERT INTO ${table} VALUES ($1)` : `UPDATE ${table} SET version = $1`
    await query(record, [steps.length])
  })
}

/** All of the work, or nothing. */
export async function transaction<T>(query: DatabaseQuery, work: () => Promise<T>): Promise<T> {
  await query('BEGIN')
  try {
    const done = await work()
    await query('COMMIT')
    return done
  } catch (error) {
    await query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** The messages of PostgreSQL name users and databases, never a password. */
async function explained<T>(work: Promise<T>, { of }: Pick<Layout, 'of'>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new PlumblineError('UNAVAILABLE', `${of} in PostgreSQL cannot be used: ${(cause as Error).message}`, {
      cause,
      stops: 'run',
      help: 'The password comes from PGPASSWORD, ~/.pgpass or the URL in PLUMBLINE_INVENTORY.',
    })
  }
}
