import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { PlumblineError } from '../config/errors.ts'
import {
  type Contents,
  FACT_NAMES,
  FACTS,
  type FactName,
  INVENTORY_TABLES,
  type InventoryTable,
  type Rows,
  refuseFilled,
} from './inventory-rows.ts'
import { heldBy, type LockHolder, thisRun } from './lock.ts'

const CONNECT_MILLISECONDS = 10_000
const STATEMENT_MILLISECONDS = 30_000
/** Any fixed number that names the migration lock. */
const MIGRATION_LOCK = 7_586_255
/** A machine that is gone without a word lets go of its lock after a minute. */
const KEEPALIVE = '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3'

/** Steps of the layout in order; a released step never changes, and a step only adds. */
const STEPS: readonly string[] = [
  `CREATE TABLE plumbline_inventory (scope TEXT NOT NULL, part TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
     PRIMARY KEY (scope, part, key));
   CREATE TABLE plumbline_inventory_runs (scope TEXT NOT NULL PRIMARY KEY, run TEXT NOT NULL, holder TEXT NOT NULL)`,
]

/** Only the run that holds the lock may write: another one, e.g. behind a connection that was cut, changes nothing. */
const MINE = 'mine AS (SELECT 1 FROM plumbline_inventory_runs WHERE scope = $1 AND run = $2 FOR SHARE)'
const PUT = `WITH ${MINE}, put AS (INSERT INTO plumbline_inventory SELECT $1, $3, $4, $5 FROM mine
  ON CONFLICT (scope, part, key) DO UPDATE SET text = EXCLUDED.text) SELECT 1 FROM mine`
const DROP = `WITH ${MINE}, gone AS (DELETE FROM plumbline_inventory WHERE scope = $1 AND part = $3 AND key = $4
  AND EXISTS (SELECT 1 FROM mine)) SELECT 1 FROM mine`
const LOCK = `hashtextextended('plumbline inventory ' || $1, 0)`

type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>

/**
 * The rows of an inventory in a PostgreSQL database that several machines share; `scope` says whose part of it. The
 * advisory lock of the writer ends with its connection. Throws UNAVAILABLE when the server does not answer, `LockTaken`
 * while another run writes.
 */
export class PostgresRows implements Rows {
  readonly facts: Readonly<Record<FactName, string>>
  readonly loaded: Contents
  readonly #client: pg.Client
  readonly #query: Query
  readonly #scope: string
  readonly #run: string | undefined

  private constructor(client: pg.Client, query: Query, scope: string, run: string | undefined, read: Read) {
    this.#client = client
    this.#query = query
    this.#scope = scope
    this.#run = run
    this.facts = read.facts
    this.loaded = read.loaded
  }

  static async open(url: string, scope: string, mode: 'read' | 'write', pipeline?: string): Promise<PostgresRows> {
    const client = await connect(url)
    const query: Query = async (sql, values = []) => (await explained(client.query(sql, [...values]))).rows
    try {
      await migrate(query)
      const run = mode === 'write' ? await takeOver(query, scope, pipeline) : undefined
      return new PostgresRows(client, query, scope, run, await read(query, scope))
    } catch (error) {
      await client.end()
      throw error
    }
  }

  async write(table: InventoryTable, key: string, text: string | undefined): Promise<void> {
    const place = [this.#scope, this.#run, table, key]
    const done = text === undefined ? this.#query(DROP, place) : this.#query(PUT, [...place, text])
    if ((await done).length === 0) throw lost()
  }

  async fill({ facts, loaded }: Pick<Rows, 'facts' | 'loaded'>): Promise<void> {
    refuseFilled(this)
    await transaction(this.#query, async () => {
      for (const table of INVENTORY_TABLES) for (const [key, text] of loaded[table]) await this.write(table, key, text)
      for (const name of FACT_NAMES) await this.#query(PUT, [this.#scope, this.#run, 'facts', name, facts[name]])
    })
  }

  async close(): Promise<void> {
    if (this.#run !== undefined) {
      const release = 'DELETE FROM plumbline_inventory_runs WHERE scope = $1 AND run = $2'
      await this.#query(release, [this.#scope, this.#run]).catch(() => undefined)
    }
    await this.#client.end()
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    application_name: 'plumbline',
    options: KEEPALIVE,
  })
  // A connection that breaks while idle is told by the next query.
  client.on('error', () => undefined)
  await explained(client.connect())
  return client
}

async function migrate(query: Query): Promise<void> {
  const [table] = await query(`SELECT to_regclass('plumbline_inventory_layout') AS name`)
  const [layout] = table?.name === null ? [] : await query('SELECT version FROM plumbline_inventory_layout')
  if (layout?.version === STEPS.length) return
  await transaction(query, async () => {
    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await query('CREATE TABLE IF NOT EXISTS plumbline_inventory_layout (version INTEGER NOT NULL)')
    const [row] = await query('SELECT version FROM plumbline_inventory_layout')
    const done = Number(row?.version ?? 0)
    if (done > STEPS.length) throw newer()
    for (const step of STEPS.slice(done)) await query(step)
    const record =
      row === undefined
        ? 'INSERT INTO plumbline_inventory_layout VALUES ($1)'
        : 'UPDATE plumbline_inventory_layout SET version = $1'
    await query(record, [STEPS.length])
  })
}

async function transaction(query: Query, work: () => Promise<void>): Promise<void> {
  await query('BEGIN')
  try {
    await work()
    await query('COMMIT')
  } catch (error) {
    await query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Takes the lock of a scope and says who holds it; returns the id that every write shows. */
async function takeOver(query: Query, scope: string, pipeline: string | undefined): Promise<string> {
  const [lock] = await query(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`, [scope])
  if (lock?.taken !== true) {
    const [row] = await query('SELECT holder FROM plumbline_inventory_runs WHERE scope = $1', [scope])
    const holder = row === undefined ? undefined : (JSON.parse(String(row.holder)) as LockHolder)
    throw heldBy(holder, 'another run is writing to this inventory', 'Wait until it has ended, then run again.')
  }
  const run = randomUUID()
  await query(
    `INSERT INTO plumbline_inventory_runs VALUES ($1, $2, $3)
     ON CONFLICT (scope) DO UPDATE SET run = EXCLUDED.run, holder = EXCLUDED.holder`,
    [scope, run, JSON.stringify(thisRun(pipeline))],
  )
  return run
}

type Read = Pick<Rows, 'facts' | 'loaded'>

async function read(query: Query, scope: string): Promise<Read> {
  const all = async () => query('SELECT part, key, text FROM plumbline_inventory WHERE scope = $1', [scope])
  let rows = await all()
  const missing = FACT_NAMES.filter((name) => !rows.some(({ part, key }) => part === 'facts' && key === name))
  for (const name of missing) {
    const make = `INSERT INTO plumbline_inventory VALUES ($1, 'facts', $2, $3) ON CONFLICT DO NOTHING`
    await query(make, [scope, name, FACTS[name]()])
  }
  if (missing.length > 0) rows = await all()
  const part = (name: string) =>
    new Map(rows.filter((row) => row.part === name).map(({ key, text }) => [String(key), String(text)]))
  return {
    facts: Object.fromEntries(part('facts')) as Read['facts'],
    loaded: { entries: part('entries'), finalize_due: part('finalize_due') },
  }
}

/** The messages of PostgreSQL name users and databases, never a password. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new PlumblineError('UNAVAILABLE', `the inventory in PostgreSQL cannot be used: ${(cause as Error).message}`, {
      cause,
      stops: 'run',
      help: 'The password comes from PGPASSWORD, ~/.pgpass or the URL in PLUMBLINE_INVENTORY.',
    })
  }
}

const newer = (): PlumblineError =>
  new PlumblineError('REFUSED', 'the inventory was written by a newer release; use that one')

const lost = (): PlumblineError =>
  new PlumblineError('IO', 'another run has taken over the inventory, since the connection to PostgreSQL was lost', {
    stops: 'run',
    help: 'Plan again and look at what is different now.',
  })
