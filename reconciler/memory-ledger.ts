import type { Ledger } from './apply.ts'
import type { Address, Entry } from './model.ts'

/** An inventory for as long as the process lives. */
export class MemoryLedger implements Ledger {
  readonly entries = new Map<Address, Entry>()
  readonly due = new Set<string>()
  put = async (entry: Entry): Promise<void> => {
    this.entries.set(entry.address, entry)
  }
  drop = async (address: Address): Promise<void> => {
    this.entries.delete(address)
  }
  finalizeDue = async (connection: string, due: boolean): Promise<void> => {
    if (due) this.due.add(connection)
    else this.due.delete(connection)
  }
}
