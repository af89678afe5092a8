import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { heldBy, type LockHolder, thisRun } from './lock.ts'

/**
 * Takes a lock that the operating system lets go of when the process ends, however it ends: an open exclusive
 * transaction on a SQLite file. `subject` and what it does to it are for people. Throws `LockTaken` while another process holds it.
 */
export function takeLock(path: string, message: string, help: string, run?: string): { close(): void } {
  const lock = new DatabaseSync(path)
  const holder = `${path}.holder`
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw heldBy(readHolder(holder), message, help, cause)
  }
  writeFileSync(holder, JSON.stringify(thisRun(run)), { mode: 0o600 })
  return {
    close: () => {
      rmSync(holder, { force: true })
      lock.close()
    },
  }
}

/** The lock is the truth; this file only says who holds it, so one that is not whole says nothing. */
function readHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder
  } catch {
    return undefined
  }
}
