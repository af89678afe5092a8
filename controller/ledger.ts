import { kindOf } from '../config/kinds/index.ts'
import type { Address, Entry } from '../reconciler/model.ts'

/**
 * The inventory of one object, which its status holds. The intent of a create, and an id without which an object can
 * never be found again, are written at once; all else goes with the one status write at the end of the reconcile.
 */
export class StatusLedger {
  readonly entries = new Map<Address, Entry>()
  readonly #address: Address
  readonly #write: (owned: Entry) => Promise<void>
  readonly #finalizeDue: () => Promise<void>

  constructor(
    address: Address,
    owned: Entry | undefined,
    write: (owned: Entry) => Promise<void>,
    finalizeDue: () => Promise<void>,
  ) {
    this.#address = address
    this.#write = write
    this.#finalizeDue = finalizeDue
    if (owned !== undefined) this.entries.set(address, owned)
  }

  get owned(): Entry | undefined {
    return this.entries.get(this.#address)
  }

  put = async (entry: Entry): Promise<void> => {
    const isNewId = this.owned?.id === undefined && kindOf(entry.kind)?.shape === 'serverId'
    if (entry.id === undefined || isNewId) await this.#write(entry)
    this.entries.set(entry.address, entry)
  }

  drop = async (address: Address): Promise<void> => {
    this.entries.delete(address)
  }

  finalizeDue = (): Promise<void> => this.#finalizeDue()
}
