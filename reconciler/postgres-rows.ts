import { randomUUID } from 'node:crypto'
import type pg from 'pg'
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
import { askOver, connectTo, type DatabaseQuery, type Layout, migrate, transaction } from './postgres.ts'

const LAYOUT: Layout = {
  of: 'the inventory',
  table: 'plumbline_inventory_layout',
  steps: [
    `CREATE TABLE plumbline_inventory (scope TEXT NOT NULL, part TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
     PRIMARY KEY (scope, part, key));
   CREATE TABLE plumbline_inventory_runs (scope TEXT NOT NULL PRIMARY KEY, run TEXT NOT NULL, holder TEXT NOT NULL)`,
  ],
}

/** Only the run that holds the lock may write: another one, e.g. behind a connection that was cut, changes nothing. */
const MINE = 'mine AS (SELECT 1 FROM plumbline_inventory_runs WHERE scope = $1 AND run = $2 FOR SHARE)'
const PUT = `WITH ${MINE}, put AS (INSERT INTO plumbline_inventory SELECT $1, $3, $4, $5 FROM mine
  ON CONFLICT (scope, part, key) DO UPDATE SET text = EXCLUDED.text) SELECT 1 FROM mine`
const DROP = `WITH ${MINE}, gone AS (DELETE FROM plumbline_inventory WHERE scope = $1 AND part = $3 AND key = $4
  AND EXISTS (SELECT 1 FROM mine)) SELECT 1 FROM mine`
const LOCK = `hashtextextended('plumbline inventory ' || $1, 0)`

/**
 * The rows of an inventory in a PostgreSQL database that several machines share; `scope` says whose part of it. The
 * advisory lock of the writer ends with its connection. Throws UNAVAILABLE when the server does not answer, `LockTaken`
 * while another run writes.
 */
export class PostgresRows implements Rows {
  readonly facts: Readonly<Record<FactName, string>>
  readonly loaded: Contents
  readonly #client: pg.Client
  readonly #query: DatabaseQuery
  readonly #scope: string
  readonly #run: string | undefined

  private constructor(client: pg.Client, query: DatabaseQuery, scope: string, run: string | undefined, read: Read) {
    this.#client = client
    this.#query = query
    this.#scope = scope
    this.#run = run
    this.facts = read.facts
    this.loaded = read.loaded
  }

  static async open(url: string, scope: string, mode: 'read' | 'write', pipeline?: string): Promise<PostgresRows> {
    const client = await connectTo(url, LAYOUT)
    const query = askOver(client, LAYOUT)
    try {
      await migrate(query, LAYOUT)
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

/** Takes the lock of a scope and says who holds it; returns the id that every write shows. */
async function takeOver(query: DatabaseQuery, scope: string, pipeline: string | undefined): Promise<string> {
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

async function read(query: DatabaseQuery, scope: string): Promise<Read> {
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

const lost = (): PlumblineError =>
  new PlumblineError('IO', 'another run has taken over the inventory, since the connection to PostgreSQL was lost', {
    stops: 'run',
    help: 'Plan again and review the difference.',
  })
