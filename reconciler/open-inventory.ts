import { isDatabase } from '../config/project/database-places.ts'
import { openFileRows } from './file-rows.ts'
import { RecordedInventory } from './inventory.ts'
import type { Rows } from './inventory-rows.ts'

/** Where an inventory lies: a file, or a postgres:// URL and whose part of the database it is. */
export interface InventoryPlace {
  readonly inventory: string
  readonly scope: string
  /** The run of a pipeline that opens it, for whoever waits for the lock. */
  readonly run?: string
}

export type Mode = 'read' | 'write'

/** Opens or creates an inventory. With `write`, throws `LockTaken` while another run writes; UNAVAILABLE for a database that does not answer. */
export const openInventory = async (place: InventoryPlace, mode: Mode): Promise<RecordedInventory> =>
  new RecordedInventory(await openRows(place, mode))

/** The rows of an inventory, for who copies it. Throws as `openInventory`. */
export async function openRows({ inventory, scope, run }: InventoryPlace, mode: Mode): Promise<Rows> {
  if (!isDatabase(inventory)) return openFileRows(inventory, mode, run)
  // The client of PostgreSQL is loaded only for this.
  const { PostgresRows } = await import('./postgres-rows.ts')
  return PostgresRows.open(inventory, scope, mode, run)
}
