import { DatabaseSync } from 'node:sqlite'
import { PlumblineError } from '../config/errors.ts'

/**
 * Takes a lock that the operating system lets go of when the process ends, however it ends: an open exclusive
 * transaction on a SQLite file. Throws IO with this message while another process holds it.
 */
export function takeLock(path: string, message: string, help: string): { close(): void } {
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    throw new PlumblineError('IO', message, { cause, help })
  }
}
