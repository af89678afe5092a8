import { kindOf } from '../config/kinds/index.ts'
import type { Address, Entry } from '../reconciler/model.ts'

/** What the status must still say for a write to be made. */
export type ExpectedStatus = Entry | undefined | 'anything'
/** Writes durably; returns what the status says then. */
type Write = (owned: Entry, known: ExpectedStatus) => Promise<Entry | undefined>

/**
 * The inventory of one object, which its status holds. The intent of a create, and an id without which an object can
 * never be found again, are written at once; all else goes with the one status write at the end of the reconcile.
 */
export class StatusLedger {
  readonly entries = new Map<Address, Entry>()
  readonly #address: Address
  readonly #write: Write
  /** What the status says as far as we know. */
  #known: Entry | undefined
  readonly #finalizeDue: () => Promise<void>

  constructor(address: Address, owned: Entry | undefined, write: Write, finalizeDue: () => Promise<void>) {
    this.#address = address
    this.#write = write
    this.#known = owned
    this.#finalizeDue = finalizeDue
    if (owned !== undefined) this.entries.set(address, owned)
  }

  get owned(): Entry | undefined {
    return this.entries.get(this.#address)
  }

  put = async (entry: Entry): Promise<void> => {
    const isNewId = this.owned?.id === undefined && kindOf(entry.kind)?.shape === 'serverId'
    // Two controllers that work on one object for a moment do not both make it; what was made is never lost.
    const known = entry.id === undefined ? this.#known : 'anything'
    if (entry.id === undefined || isNewId) this.#known = await this.#write(entry, known)
    this.entries.set(entry.address, entry)
  }

  drop = async (address: Address): Promise<void> => {
    this.entries.delete(address)
    this.#known = undefined
  }

  finalizeDue = (): Promise<void> => this.#finalizeDue()
}
