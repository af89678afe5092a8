import { PlumblineError } from '../config/errors.ts'
import type { Ledger } from './apply.ts'
import { openFileRows } from './file-rows.ts'
import { BROKEN, type Rows } from './inventory-rows.ts'
import type { Address, Entry, Inventory } from './model.ts'

/**
 * What we own, in memory and on its rows: every change is durable before its promise resolves, so a killed run leaves
 * what it had acknowledged.
 */
export class RecordedInventory implements Ledger {
  readonly fingerprintKey: string
  /** Who we are in the book of who manages what. */
  readonly ownerId: string
  readonly #rows: Rows
  readonly #entries: Map<Address, Entry>
  readonly #due: Set<string>

  /** Throws IO for rows that nobody has written so. */
  constructor(rows: Rows) {
    this.#rows = rows
    this.fingerprintKey = rows.facts.fingerprintKey
    this.ownerId = rows.facts.ownerId
    this.#entries = new Map([...rows.loaded.entries].map(([address, text]) => keyed(entryIn(text, address))))
    this.#due = new Set(rows.loaded.finalize_due.keys())
  }

  get entries(): ReadonlyMap<Address, Entry> {
    return this.#entries
  }

  /** A value of everything that is owned now. */
  snapshot(): Inventory {
    return { entries: new Map(this.#entries), finalizeDue: new Set(this.#due) }
  }

  async put(entry: Entry): Promise<void> {
    await this.#rows.write('entries', entry.address, JSON.stringify(entry))
    this.#entries.set(entry.address, entry)
  }

  async drop(address: Address): Promise<void> {
    await this.#rows.write('entries', address, undefined)
    this.#entries.delete(address)
  }

  async finalizeDue(connection: string, due: boolean): Promise<void> {
    if (due === this.#due.has(connection)) return
    await this.#rows.write('finalize_due', connection, due ? connection : undefined)
    if (due) this.#due.add(connection)
    else this.#due.delete(connection)
  }

  close(): Promise<void> {
    return this.#rows.close()
  }
}

/** The inventory in one SQLite file of mode 0600. Readers never wait; of two writers the second is refused. */
export class FileInventory extends RecordedInventory {
  /** Opens or creates the file. Throws as `openFileRows`. */
  static open(path: string, mode: 'read' | 'write'): FileInventory {
    return new FileInventory(openFileRows(path, mode))
  }
}

const keyed = (entry: Entry): [Address, Entry] => [entry.address, entry]

function entryIn(text: string, address: Address): Entry {
  try {
    return JSON.parse(text) as Entry
  } catch (cause) {
    throw new PlumblineError('IO', `what the inventory remembers of ${address} cannot be read`, { cause, help: BROKEN })
  }
}
