import type { Driver } from './driver.ts'
import { openPostgres } from './postgres.ts'
import { SqlStore } from './sql-store.ts'
import { openSqlite, openSqliteInMemory } from './sqlite.ts'
import type { Store } from './store.ts'

const POSTGRES = /^postgres(ql)?:\/\//

/** Where a store lives that ends with its process. A symbol, so that no folder is taken for it. */
export const IN_MEMORY: unique symbol = Symbol('in memory')

/** A folder (SQLite), a `postgres://` URL, or `IN_MEMORY`. */
export type StoreLocation = string | typeof IN_MEMORY

/** Opens a store. `now` decides what has expired. Throws IO or UNAVAILABLE. */
export async function openStore(location: StoreLocation, now: () => Date = () => new Date()): Promise<Store> {
  return new SqlStore(await openDriver(location), now)
}

/** The database below a store, its layout brought up to date. Throws as `openStore`. */
export async function openDriver(location: StoreLocation): Promise<Driver> {
  if (location === IN_MEMORY) return openSqliteInMemory()
  return POSTGRES.test(location) ? openPostgres(location) : openSqlite(location)
}
