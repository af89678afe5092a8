import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

const POSTGRES = /^postgres(ql)?:\/\//

/** Opens the store at a `postgres://` URL or in a folder. `now` decides what has expired. Throws IO or UNAVAILABLE. */
export function openStore(location: string, now: () => Date = () => new Date()): Promise<Store> {
  return POSTGRES.test(location) ? openPostgres(location, now) : openSqlite(location, now)
}
