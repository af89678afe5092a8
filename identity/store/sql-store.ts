import { PlumblineError } from '../../config/errors.ts'
import { type Driver, type Row, UniqueViolation } from './driver.ts'
import { dropping, insertion, parse, putting, reading, refill, type Stored, swap, taking, type Write } from './rows.ts'
import { INDEX_COLUMNS, UNIQUE_COLUMNS } from './schema.ts'
import { selection } from './select.ts'
import { type Collection, type Page, type Query, type Scope, type Store, SWEEP_BATCH } from './store.ts'
import { Turns } from './turns.ts'

const UPDATE_TRIES = 1000
const REINDEX_BATCH = 500

/** The store over SQL: every verb is one statement or one transaction, so each is atomic on its own. */
export class SqlStore implements Store {
  readonly #driver: Driver
  readonly #now: () => Date
  readonly #ready = new Map<string, Promise<void>>()
  readonly #turns = new Turns()

  constructor(driver: Driver, now: () => Date) {
    this.#driver = driver
    this.#now = now
  }

  async create<T>(c: Collection<T>, scope: Scope, value: T, ttlSeconds?: number): Promise<void> {
    await this.#prepare(c)
    const expiresAt = ttlSeconds === undefined ? null : this.#time() + Math.ceil(ttlSeconds * 1000)
    if (c.terms && expiresAt !== null)
      throw new PlumblineError('INTERNAL', `documents of ${c.name} have terms and cannot expire`)
    const write = insertion(c, scope, value, expiresAt)
    if (await this.#tryWrite(write)) return
    // What holds the key may have expired without having been swept.
    await this.#dropExpired(c, scope, value)
    if (!(await this.#tryWrite(write))) throw taken(c)
  }

  async createMarked<T, M>(c: Collection<T>, scope: Scope, value: T, marks: Collection<M>, mark: M): Promise<void> {
    await Promise.all([this.#prepare(c), this.#prepare(marks)])
    if (!(await this.#tryWrite([...insertion(c, scope, value, null), putting(marks, scope, mark)]))) throw taken(c)
  }

  async get<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined> {
    return (await this.#read(c, scope, id))?.value
  }

  async update<T>(c: Collection<T>, scope: Scope, id: string, fn: (old: T) => T): Promise<T> {
    await this.#prepare(c)
    return this.#turns.run(JSON.stringify([c.name, scope, id]), () => this.#update(c, scope, id, fn))
  }

  async #update<T>(c: Collection<T>, scope: Scope, id: string, fn: (old: T) => T): Promise<T> {
    for (let tries = 0; tries < UPDATE_TRIES; tries++) {
      const old = await this.#read(c, scope, id)
      if (!old) throw new PlumblineError('NOT_FOUND', `there is no ${c.name} document '${id}'`)
      const value = fn(old.value)
      if (c.id(value) !== id)
        throw new PlumblineError('INTERNAL', `an update of ${c.name} changed the id of a document`)
      if (await this.#swap(c, scope, old, value)) return value
    }
    throw new PlumblineError('UNAVAILABLE', `too many writers of one ${c.name} document`, { retry: 'backoff' })
  }

  async take<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined> {
    const [row] = await this.#write(taking(c, scope, id, this.#time()))
    return row && parse<T>(row)
  }

  async delete<T>(c: Collection<T>, scope: Scope, id: string): Promise<boolean> {
    return (await this.take(c, scope, id)) !== undefined
  }

  async find<T>(c: Collection<T>, scope: Scope, query: Query<T>): Promise<Page<T>> {
    await this.#prepare(c)
    const { page, count } = selection(c, scope, query, { now: this.#time(), dialect: this.#driver.dialect })
    const rows = await this.#driver.query(...page)
    const items = rows.map((row) => parse<T>(row))
    const { limit, offset = 0 } = query
    // A page with room left is the last one: then nothing has to be counted, which costs as much as finding.
    if (rows.length < limit && (rows.length > 0 || offset === 0)) return { items, total: offset + rows.length }
    const [counted] = await this.#driver.query(...count)
    return { items, total: Number(counted?.total) }
  }

  async sweep(limit = SWEEP_BATCH): Promise<number> {
    const expired = 'SELECT collection, scope, id FROM documents WHERE expires_at <= ? ORDER BY expires_at LIMIT ?'
    const sql = `DELETE FROM documents WHERE (collection, scope, id) IN (${expired}) AND expires_at <= ? RETURNING id`
    return (await this.#driver.query(sql, [this.#time(), limit, this.#time()])).length
  }

  async countExpired(): Promise<number> {
    const [row] = await this.#driver.query('SELECT count(*) AS total FROM documents WHERE expires_at <= ?', [
      this.#time(),
    ])
    return Number(row?.total)
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

  async #read<T>(c: Collection<T>, scope: Scope, id: string): Promise<Stored<T> | undefined> {
    const [row] = await this.#driver.query(...reading(c, scope, id, this.#time()))
    return row && { value: parse<T>(row), version: String(row.version) }
  }

  async #swap<T>(c: Collection<T>, scope: Scope, old: Stored<T>, value: T): Promise<boolean> {
    const write = swap(c, scope, old, value)
    const rows = (await this.#tryWrite(write)) ?? (await this.#afterExpired(c, scope, value, write))
    return rows.length > 0
  }

  async #afterExpired<T>(c: Collection<T>, scope: Scope, value: T, write: Write): Promise<readonly Row[]> {
    await this.#dropExpired(c, scope, value)
    const rows = await this.#tryWrite(write)
    if (!rows) throw taken(c)
    return rows
  }

  /** The rows of the first statement; a document without terms needs no transaction. */
  async #write(write: Write): Promise<readonly Row[]> {
    const [first, ...rest] = write
    return rest.length === 0 ? this.#driver.query(...first) : ((await this.#driver.batch([write]))[0] ?? [])
  }

  /** The rows returned, or `undefined` when a key is taken. */
  async #tryWrite(write: Write): Promise<readonly Row[] | undefined> {
    try {
      return await this.#write(write)
    } catch (error) {
      if (error instanceof UniqueViolation) return undefined
      throw error
    }
  }

  async #dropExpired<T>(c: Collection<T>, scope: Scope, value: T): Promise<void> {
    await this.#driver.query(...dropping(c, scope, value, this.#time()))
  }

  /** Once per collection: fills the key columns again when a release indexes other fields than the stored rows do. */
  #prepare<T>(c: Collection<T>): Promise<void> {
    const signature = JSON.stringify([c.indexes, Object.keys(c.unique ?? {}), ...(c.terms ? [c.terms.version] : [])])
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

const taken = <T>(c: Collection<T>) => new PlumblineError('CONFLICT', `another ${c.name} document has this id or key`)
