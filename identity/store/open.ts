import type { Driver } from './driver.ts'
import { openPostgres } from './postgres.ts'
import { SqlStore } from './sql-store.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

const POSTGRES = /^postgres(ql)?:\/\//

/** Opens the store at a `postgres://` URL or in a folder. `now` decides what has expired. Throws IO or UNAVAILABLE. */
export async function openStore(location: string, now: () => Date = () => new Date()): Promise<Store> {
  return new SqlStore(await openDriver(location), now)
}

/** The database below a store, its layout brought up to date. Throws as `openStore`. */
export function openDriver(location: string): Promise<Driver> {
  return POSTGRES.test(location) ? openPostgres(location) : openSqlite(location)
}
