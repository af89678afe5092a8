import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PlumblineError } from '../config/errors.ts'
import { takeLock } from './file-lock.ts'
import {
  BROKEN,
  type Contents,
  FACT_NAMES,
  FACTS,
  type FactName,
  INVENTORY_TABLES,
  type InventoryTable,
  type Rows,
  refuseFilled,
  unrecorded,
} from './inventory-rows.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (address TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS finalize_due (connection TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

const TAKEN = 'another run is writing to this inventory'

/**
 * Opens or creates the rows of an inventory in one SQLite file of mode 0600. Throws IO for what is no such file; with
 * `write`, `LockTaken` while another process writes.
 */
export function openFileRows(path: string, mode: 'read' | 'write', run?: string): Rows {
  try {
    return opened(path, mode, run)
  } catch (cause) {
    if (cause instanceof PlumblineError) throw cause
    throw new PlumblineError('IO', `the inventory ${path} cannot be opened: ${(cause as Error).message}`, {
      cause,
      help: BROKEN,
    })
  }
}

function opened(path: string, mode: 'read' | 'write', run: string | undefined): Rows {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const lock =
    mode === 'write' ? takeLock(`${path}.lock`, TAKEN, 'Wait until it has ended, then run again.', run) : undefined
  try {
    closeSync(openSync(path, 'a', 0o600))
    return new FileRows(path, lock)
  } catch (error) {
    lock?.close()
    throw error
  }
}

type Lock = { close(): void }

class FileRows implements Rows {
  readonly facts: Readonly<Record<FactName, string>>
  readonly loaded: Contents
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #lock: Lock | undefined

  constructor(path: string, lock: Lock | undefined) {
    this.#path = path
    this.#lock = lock
    this.#database = new DatabaseSync(path)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; ${SCHEMA}`)
    this.facts = Object.fromEntries(FACT_NAMES.map((name) => [name, this.#fact(name)])) as typeof this.facts
    this.loaded = {
      entries: this.#texts('SELECT address AS key, entry AS text FROM entries'),
      finalize_due: this.#texts('SELECT connection AS key, connection AS text FROM finalize_due'),
    }
  }

  async write(table: InventoryTable, key: string, text: string | undefined): Promise<void> {
    const { put, drop } = STATEMENTS[table]
    try {
      if (text === undefined) this.#database.prepare(drop).run(key)
      else this.#database.prepare(put).run({ key, text })
    } catch (cause) {
      throw unrecorded(cause as Error, this.#path)
    }
  }

  async fill({ facts, loaded }: Pick<Rows, 'facts' | 'loaded'>): Promise<void> {
    refuseFilled(this)
    this.#database.exec('BEGIN IMMEDIATE')
    for (const table of INVENTORY_TABLES)
      for (const [key, text] of loaded[table]) this.#database.prepare(STATEMENTS[table].put).run({ key, text })
    for (const name of FACT_NAMES)
      this.#database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)').run(name, facts[name])
    this.#database.exec('COMMIT')
  }

  async close(): Promise<void> {
    this.#database.close()
    this.#lock?.close()
  }

  #texts(sql: string): ReadonlyMap<string, string> {
    const rows = this.#database.prepare(sql).all()
    return new Map(rows.map(({ key, text }) => [String(key), String(text)]))
  }

  #fact(name: FactName): string {
    this.#database.prepare('INSERT OR IGNORE INTO facts VALUES (?, ?)').run(name, FACTS[name]())
    return String(this.#database.prepare('SELECT value FROM facts WHERE name = ?').get(name)?.value)
  }
}

const STATEMENTS: Readonly<Record<InventoryTable, { readonly put: string; readonly drop: string }>> = {
  entries: {
    put: 'INSERT OR REPLACE INTO entries VALUES (:key, :text)',
    drop: 'DELETE FROM entries WHERE address = ?',
  },
  finalize_due: {
    put: 'INSERT OR IGNORE INTO finalize_due SELECT :key WHERE :text IS NOT NULL',
    drop: 'DELETE FROM finalize_due WHERE connection = ?',
  },
}
