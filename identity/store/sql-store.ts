import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { type Driver, type Param, type Row, type Statement, UniqueViolation } from './driver.ts'
import { encodeIndexed, encodeKey } from './encoding.ts'
import { INDEX_COLUMNS, UNIQUE_COLUMNS } from './schema.ts'
import type { Collection, Page, Query, Scope, Store } from './store.ts'

const UPDATE_TRIES = 1000
const REINDEX_BATCH = 500
const SWEEP_BATCH = 1000
const ALIVE = '(expires_at IS NULL OR expires_at > ?)'
const AT = 'collection = ? AND scope = ? AND id = ?'
const KEY_COLUMNS = [...INDEX_COLUMNS, ...UNIQUE_COLUMNS]
const COLUMNS = ['collection', 'scope', 'id', 'expires_at', 'version', ...KEY_COLUMNS, 'body']
const INSERT = `INSERT INTO documents (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`
const SWAP = `UPDATE documents SET version = ?, ${KEY_COLUMNS.map((k) => `${k} = ?`).join(', ')}, body = ?
  WHERE ${AT} AND version = ? RETURNING id`

/** The store over SQL: every verb is one statement, so each is atomic on its own. */
export class SqlStore implements Store {
  readonly #driver: Driver
  readonly #now: () => Date
  readonly #ready = new Map<string, Promise<void>>()

  constructor(driver: Driver, now: () => Date) {
    this.#driver = driver
    this.#now = now
  }

  async create<T>(c: Collection<T>, scope: Scope, value: T, ttlSeconds?: number): Promise<void> {
    await this.#prepare(c)
    const expiresAt = ttlSeconds === undefined ? null : this.#time() + Math.ceil(ttlSeconds * 1000)
    const row = [...at(c, scope, c.id(value)), expiresAt, newVersion(), ...keysOf(c, value), JSON.stringify(value)]
    if (await this.#tryWrite(INSERT, row)) return
    // What holds the key may have expired without having been swept.
    await this.#dropExpired(c, scope, value)
    if (!(await this.#tryWrite(INSERT, row))) throw taken(c)
  }

  async get<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined> {
    return (await this.#read(c, scope, id))?.value
  }

  async update<T>(c: Collection<T>, scope: Scope, id: string, fn: (old: T) => T): Promise<T> {
    await this.#prepare(c)
    for (let tries = 0; tries < UPDATE_TRIES; tries++) {
      const old = await this.#read(c, scope, id)
      if (!old) throw new PlumblineError('NOT_FOUND', `there is no ${c.name} document '${id}'`)
      const value = fn(old.value)
      if (c.id(value) !== id)
        throw new PlumblineError('INTERNAL', `an update of ${c.name} changed the id of a document`)
      if (await this.#swap(c, scope, old.version, value)) return value
    }
    throw new PlumblineError('UNAVAILABLE', `too many writers of one ${c.name} document`, { retry: 'backoff' })
  }

  async take<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined> {
    const sql = `DELETE FROM documents WHERE ${AT} AND ${ALIVE} RETURNING body`
    const [row] = await this.#driver.query(sql, [...at(c, scope, id), this.#time()])
    return row && parse<T>(row)
  }

  async delete<T>(c: Collection<T>, scope: Scope, id: string): Promise<boolean> {
    return (await this.take(c, scope, id)) !== undefined
  }

  async find<T>(c: Collection<T>, scope: Scope, query: Query<T>): Promise<Page<T>> {
    await this.#prepare(c)
    const filter = filterOf(c, query)
    const from = `FROM documents WHERE collection = ? AND scope = ? AND ${ALIVE}${filter.sql}`
    const params = [c.name, encodeKey(scope), this.#time(), ...filter.params]
    const page = [...params, query.limit, query.offset ?? 0]
    const rows = await this.#driver.query(`SELECT body ${from}${orderOf(c, query)} LIMIT ? OFFSET ?`, page)
    const [count] = await this.#driver.query(`SELECT count(*) AS total ${from}`, params)
    return { items: rows.map((row) => parse<T>(row)), total: Number(count?.total) }
  }

  async sweep(limit = SWEEP_BATCH): Promise<number> {
    const expired = 'SELECT collection, scope, id FROM documents WHERE expires_at <= ? ORDER BY expires_at LIMIT ?'
    const sql = `DELETE FROM documents WHERE (collection, scope, id) IN (${expired}) AND expires_at <= ? RETURNING id`
    return (await this.#driver.query(sql, [this.#time(), limit, this.#time()])).length
  }

  async ping(): Promise<void> {
    await this.#driver.query('SELECT count(*) FROM collections', [])
  }

  close(): Promise<void> {
    return this.#driver.close()
  }

  #time(): number {
    return this.#now().getTime()
  }

  async #read<T>(c: Collection<T>, scope: Scope, id: string): Promise<{ value: T; version: string } | undefined> {
    const sql = `SELECT version, body FROM documents WHERE ${AT} AND ${ALIVE}`
    const [row] = await this.#driver.query(sql, [...at(c, scope, id), this.#time()])
    return row && { value: parse<T>(row), version: String(row.version) }
  }

  async #swap<T>(c: Collection<T>, scope: Scope, version: string, value: T): Promise<boolean> {
    const write = swap(c, scope, version, value)
    const rows = (await this.#tryWrite(...write)) ?? (await this.#afterExpired(c, scope, value, write))
    return rows.length > 0
  }

  async #afterExpired<T>(c: Collection<T>, scope: Scope, value: T, write: Statement): Promise<readonly Row[]> {
    await this.#dropExpired(c, scope, value)
    const rows = await this.#tryWrite(...write)
    if (!rows) throw taken(c)
    return rows
  }

  /** The rows returned, or `undefined` when a key is taken. */
  async #tryWrite(sql: string, params: readonly Param[]): Promise<readonly Row[] | undefined> {
    try {
      return await this.#driver.query(sql, params)
    } catch (error) {
      if (error instanceof UniqueViolation) return undefined
      throw error
    }
  }

  async #dropExpired<T>(c: Collection<T>, scope: Scope, value: T): Promise<void> {
    const keys = UNIQUE_COLUMNS.map((u) => `${u} = ?`).join(' OR ')
    const sql = `DELETE FROM documents WHERE collection = ? AND scope = ? AND expires_at <= ? AND (id = ? OR ${keys})`
    const [name, place, id] = at(c, scope, c.id(value))
    await this.#driver.query(sql, [name, place, this.#time(), id, ...uniqueOf(c, value)])
  }

  /** Once per collection: fills the key columns again when a release indexes other fields than the stored rows do. */
  #prepare<T>(c: Collection<T>): Promise<void> {
    const signature = JSON.stringify([c.indexes, Object.keys(c.unique ?? {})])
    const key = `${c.name} ${signature}`
    const found = this.#ready.get(key)
    if (found) return found
    const started = this.#reindex(c, signature)
    this.#ready.set(key, started)
    started.catch(() => this.#ready.delete(key))
    return started
  }

  async #reindex<T>(c: Collection<T>, signature: string): Promise<void> {
    if (c.indexes.length > INDEX_COLUMNS.length || Object.keys(c.unique ?? {}).length > UNIQUE_COLUMNS.length)
      throw new PlumblineError('INTERNAL', `the collection ${c.name} has more indexes than the store has columns`)
    const [row] = await this.#driver.query('SELECT signature FROM collections WHERE name = ?', [c.name])
    if (row?.signature === signature) return
    for (let last: readonly string[] | undefined = ['', '']; last; ) last = await this.#reindexBatch(c, last)
    const remember = `INSERT INTO collections (name, signature) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET signature = excluded.signature`
    await this.#driver.query(remember, [c.name, signature])
  }

  /** Works behind the place `after` (scope, id); returns the place it came to, or `undefined` at the end. */
  async #reindexBatch<T>(c: Collection<T>, after: readonly string[]): Promise<readonly string[] | undefined> {
    const sql = `SELECT scope, id, version, body FROM documents WHERE collection = ? AND (scope, id) > (?, ?)
      ORDER BY scope, id LIMIT ${REINDEX_BATCH}`
    const rows = await this.#driver.query(sql, [c.name, ...after])
    await this.#driver.batch(rows.map((row) => refill(c, row)))
    const last = rows.at(-1)
    return last && [String(last.scope), String(last.id)]
  }
}

const DIRECTION = { asc: 'ASC', desc: 'DESC' } as const
const newVersion = () => randomBytes(9).toString('base64url')
const parse = <T>(row: Row): T => JSON.parse(String(row.body)) as T
const at = <T>(c: Collection<T>, scope: Scope, id: string) => [c.name, encodeKey(scope), encodeKey(id)] as const
const taken = <T>(c: Collection<T>) => new PlumblineError('CONFLICT', `another ${c.name} document has this id or key`)

function swap<T>(c: Collection<T>, scope: Scope, version: string, value: T): Statement {
  const set = [newVersion(), ...keysOf(c, value), JSON.stringify(value)]
  return [SWAP, [...set, ...at(c, scope, c.id(value)), version]]
}

function refill<T>(c: Collection<T>, row: Row): Statement {
  const set = [newVersion(), ...keysOf(c, parse<T>(row)), String(row.body)]
  return [SWAP, [...set, c.name, String(row.scope), String(row.id), String(row.version)]]
}

/** One value per key column; unused ones are null. */
function keysOf<T>(c: Collection<T>, value: T): Param[] {
  const record = value as Readonly<Record<string, unknown>>
  const indexed = INDEX_COLUMNS.map((_, i) => {
    const field = c.indexes[i]
    return field === undefined ? null : encodeIndexed(record[field])
  })
  return [...indexed, ...uniqueOf(c, value)]
}

function uniqueOf<T>(c: Collection<T>, value: T): Param[] {
  const claims = Object.values(c.unique ?? {}).map((key) => key(value))
  return UNIQUE_COLUMNS.map((_, i) => (claims[i] === undefined ? null : encodeKey(claims[i])))
}

function columnOf<T>(c: Collection<T>, field: string): string {
  const column = INDEX_COLUMNS[c.indexes.indexOf(field as keyof T & string)]
  if (column === undefined) throw new PlumblineError('INTERNAL', `the collection ${c.name} has no index on ${field}`)
  return column
}

/**
 * The indexes of the key columns are partial. A page without a filter says that the sorted column is present, so that its index gives
 * the order; with a filter the filter's index is the better one and the few matches are sorted.
 */
function orderOf<T>(c: Collection<T>, { where, orderBy, direction = 'asc' }: Query<T>): string {
  const way = DIRECTION[direction]
  if (orderBy === undefined) return ` ORDER BY id ${way}`
  const column = columnOf(c, orderBy)
  const present = Object.keys(where ?? {}).length === 0 ? ` AND ${column} IS NOT NULL` : ''
  return `${present} ORDER BY ${column} ${way}, id ${way}`
}

function filterOf<T>(c: Collection<T>, query: Query<T>): { sql: string; params: Param[] } {
  const where = Object.entries(query.where ?? {})
  return {
    sql: where.map(([field]) => ` AND ${columnOf(c, field)} = ?`).join(''),
    params: where.map(([, value]) => encodeIndexed(value)),
  }
}
