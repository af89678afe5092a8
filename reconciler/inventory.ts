import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Ledger } from './apply.ts'
import { takeLock } from './file-lock.ts'
import type { Address, Entry, Inventory } from './model.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (address TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS finalize_due (connection TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

const TAKEN = 'another run is writing to this inventory'
type Lock = ReturnType<typeof takeLock>

/**
 * The inventory in one SQLite file of mode 0600. Every change is on disk before its promise resolves, so a killed run
 * leaves what it had acknowledged. Readers never wait; of two writers the second is refused.
 */
export class FileInventory implements Ledger {
  /** Keys the fingerprints of secrets; made once and kept in the file. */
  readonly fingerprintKey: string
  readonly #database: DatabaseSync
  readonly #lock: Lock | undefined
  readonly #entries: Map<Address, Entry>
  readonly #due: Set<string>

  private constructor(path: string, lock: Lock | undefined) {
    this.#lock = lock
    this.#database = new DatabaseSync(path)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; ${SCHEMA}`)
    this.fingerprintKey = this.#fact('fingerprintKey', () => randomBytes(32).toString('base64url'))
    this.#entries = new Map(this.#rows('SELECT entry FROM entries').map((text) => keyed(JSON.parse(text) as Entry)))
    this.#due = new Set(this.#rows('SELECT connection FROM finalize_due'))
  }

  /** Opens or creates the file. With `write`, throws IO while another process writes. */
  static open(path: string, mode: 'read' | 'write'): FileInventory {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const lock =
      mode === 'write' ? takeLock(`${path}.lock`, TAKEN, 'Wait until it has ended, then run again.') : undefined
    const fresh = !existsSync(path)
    const inventory = new FileInventory(path, lock)
    if (fresh) chmodSync(path, 0o600)
    return inventory
  }

  get entries(): ReadonlyMap<Address, Entry> {
    return this.#entries
  }

  /** A value of everything that is owned now. */
  snapshot(): Inventory {
    return { entries: new Map(this.#entries), finalizeDue: new Set(this.#due) }
  }

  async put(entry: Entry): Promise<void> {
    this.#run('INSERT OR REPLACE INTO entries VALUES (?, ?)', entry.address, JSON.stringify(entry))
    this.#entries.set(entry.address, entry)
  }

  async drop(address: Address): Promise<void> {
    this.#run('DELETE FROM entries WHERE address = ?', address)
    this.#entries.delete(address)
  }

  async finalizeDue(connection: string, due: boolean): Promise<void> {
    if (due === this.#due.has(connection)) return
    if (due) this.#run('INSERT OR IGNORE INTO finalize_due VALUES (?)', connection)
    else this.#run('DELETE FROM finalize_due WHERE connection = ?', connection)
    if (due) this.#due.add(connection)
    else this.#due.delete(connection)
  }

  close(): void {
    this.#database.close()
    this.#lock?.close()
  }

  #run(sql: string, ...values: readonly string[]): void {
    this.#database.prepare(sql).run(...values)
  }

  #rows(sql: string): readonly string[] {
    return this.#database
      .prepare(sql)
      .all()
      .map((row) => String(Object.values(row)[0]))
  }

  #fact(name: string, make: () => string): string {
    this.#run('INSERT OR IGNORE INTO facts VALUES (?, ?)', name, make())
    const row = this.#database.prepare('SELECT value FROM facts WHERE name = ?').get(name)
    return String(row?.value)
  }
}

const keyed = (entry: Entry): [Address, Entry] => [entry.address, entry]
