import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FACT_NAMES, FACTS, type FactName, type Rows, type Table } from './inventory-rows.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (address TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS finalize_due (connection TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

type Lock = { close(): void }

/** The rows of an inventory in one SQLite file of mode 0600. */
export class FileRows implements Rows {
  readonly facts: Readonly<Record<FactName, string>>
  readonly loaded: Readonly<Record<Table, readonly string[]>>
  readonly #database: DatabaseSync
  readonly #lock: Lock | undefined

  /** Opens or creates the file; the lock, if any, is let go of at the end. */
  static open(path: string, lock: Lock | undefined): FileRows {
    try {
      closeSync(openSync(path, 'a', 0o600))
      return new FileRows(path, lock)
    } catch (error) {
      lock?.close()
      throw error
    }
  }

  private constructor(path: string, lock: Lock | undefined) {
    this.#lock = lock
    this.#database = new DatabaseSync(path)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; ${SCHEMA}`)
    this.facts = Object.fromEntries(FACT_NAMES.map((name) => [name, this.#fact(name)])) as typeof this.facts
    this.loaded = {
      entries: this.#texts('SELECT entry AS text FROM entries'),
      finalize_due: this.#texts('SELECT connection AS text FROM finalize_due'),
    }
  }

  async write(table: Table, key: string, text: string | undefined): Promise<void> {
    const { put, drop } = STATEMENTS[table]
    if (text === undefined) this.#database.prepare(drop).run(key)
    else this.#database.prepare(put).run({ key, text })
  }

  async close(): Promise<void> {
    this.#database.close()
    this.#lock?.close()
  }

  #texts(sql: string): readonly string[] {
    return this.#database
      .prepare(sql)
      .all()
      .map(({ text }) => String(text))
  }

  #fact(name: FactName): string {
    this.#database.prepare('INSERT OR IGNORE INTO facts VALUES (?, ?)').run(name, FACTS[name]())
    return String(this.#database.prepare('SELECT value FROM facts WHERE name = ?').get(name)?.value)
  }
}

const STATEMENTS: Readonly<Record<Table, { readonly put: string; readonly drop: string }>> = {
  entries: {
    put: 'INSERT OR REPLACE INTO entries VALUES (:key, :text)',
    drop: 'DELETE FROM entries WHERE address = ?',
  },
  finalize_due: {
    put: 'INSERT OR IGNORE INTO finalize_due SELECT :key WHERE :text IS NOT NULL',
    drop: 'DELETE FROM finalize_due WHERE connection = ?',
  },
}
