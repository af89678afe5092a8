import { hostname, userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { PlumblineError } from '../config/errors.ts'

/** Who holds a lock, for people. */
export interface LockHolder {
  readonly host: string
  readonly user: string
  readonly pid: number
  /** The run of a pipeline, where one says so. */
  readonly run?: string
  /** ISO 8601. */
  readonly since: string
}

/** This process as the holder of a lock, for the run of a pipeline where there is one. */
export function thisRun(run?: string): LockHolder {
  const since = new Date().toISOString()
  return { host: hostname(), user: userName(), pid: process.pid, ...(run === undefined ? {} : { run }), since }
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? ''}`
  }
}

/** Another process holds the lock. */
export class LockTaken extends PlumblineError {}

/** The error for a lock that is held; `message` says what the other one does. */
export function heldBy(holder: LockHolder | undefined, message: string, help: string, cause?: unknown): LockTaken {
  return new LockTaken('IO', holder === undefined ? message : `${message}: ${shown(holder)}`, { help, cause })
}

const shown = ({ user, host, pid, run, since }: LockHolder): string =>
  `${user} on ${host}, process ${pid}${run === undefined ? '' : `, run ${run}`}, since ${since}`

/** How long to wait for a lock, and whom to tell. */
export interface Patience {
  readonly seconds: number
  readonly signal: AbortSignal
  readonly onWait: (message: string) => void
}

const POLL_MS = 250

/** Opens what a lock guards, trying again while it is held. Throws `LockTaken` when the time is over. */
export async function patiently<T>(open: () => T | Promise<T>, { seconds, signal, onWait }: Patience): Promise<T> {
  const end = Date.now() + seconds * 1_000
  for (let told = false; ; told = true) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof LockTaken) || Date.now() >= end) throw error
      if (!told) onWait(error.message)
    }
    await delay(POLL_MS, undefined, { signal })
  }
}
