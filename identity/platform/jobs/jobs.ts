import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import type { Deps } from '../../deps.ts'
import { type Collection, GLOBAL } from '../../store/store.ts'
import { succeeds } from '../succeeds.ts'

/** Payload of each kind of job: ids only, nothing secret. */
export interface Payloads {
  readonly 'logout-notice': {
    readonly tenant: string
    readonly clientId: string
    readonly sub: string
    readonly sid: string
  }
  readonly 'user-removal': { readonly tenant: string; readonly userId: string; readonly createdAt: string }
  readonly 'login-ending': { readonly tenant: string; readonly userId: string }
}
export type JobKind = keyof Payloads
export type JobWork = { readonly [K in JobKind]: (deps: Deps, payload: Payloads[K]) => Promise<void> }

/** Work that is finished by whichever replica comes to it, in the scope GLOBAL: one worker serves all tenants. */
interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly payload: Payloads[JobKind]
  /** When it may be tried, in milliseconds since 1970. */
  readonly due: number
  readonly attempts: number
}
const JOBS: Collection<Job> = { name: 'jobs', id: (job) => job.id, indexes: ['due'] }

const BATCH = 100
const AT_ONCE = 8
/** Between tries: half a minute, then twice as long each time, up to an hour. It is the lease of a try, too. */
const FIRST_PAUSE = 30_000
const LONGEST_PAUSE = 3600_000
const pauseAfter = (attempts: number): number => Math.min(FIRST_PAUSE * 2 ** attempts, LONGEST_PAUSE)

/** Tells the worker of this process that there is a new job. */
export class JobBell {
  #wake: () => void = () => undefined

  /** Has `wake` called from now on. */
  answer(wake: () => void): void {
    this.#wake = wake
  }

  ring(): void {
    this.#wake()
  }
}

/** Puts a job down for the worker, which is woken. It is tried until it is done, or `seconds` are over. */
export async function enqueueJob<K extends JobKind>(
  deps: Pick<Deps, 'store' | 'now' | 'jobBell'>,
  kind: K,
  payload: Payloads[K],
  seconds: number,
): Promise<void> {
  const job = { id: randomUUID(), kind, payload, due: deps.now().getTime(), attempts: 0 }
  await deps.store.create(JOBS, GLOBAL, job, seconds)
  deps.jobBell.ring()
}

/**
 * Does a job now, and has it finished by the worker when this process does not live to its end. `work` has to be repeatable. When it
 * throws, the worker tries again.
 */
export async function surely<K extends JobKind, T>(
  deps: Pick<Deps, 'store' | 'now'>,
  kind: K,
  payload: Payloads[K],
  work: () => Promise<T>,
): Promise<T> {
  const id = randomUUID()
  await deps.store.create(JOBS, GLOBAL, { id, kind, payload, due: deps.now().getTime() + FIRST_PAUSE, attempts: 0 })
  const result = await work()
  await deps.store.delete(JOBS, GLOBAL, id)
  return result
}

/** A try that failed; it comes again. */
export interface JobFault {
  readonly job: string
  readonly kind: JobKind
  readonly attempts: number
  readonly error: unknown
}

/** Tries what is due, each job at least once and by one replica at a time. Returns the faults. */
export async function runDue(deps: Deps, work: JobWork): Promise<readonly JobFault[]> {
  const { items } = await deps.store.find(JOBS, GLOBAL, { orderBy: 'due', limit: BATCH })
  const now = deps.now().getTime()
  const atOnce = pLimit(AT_ONCE)
  const tries = items.filter((job) => job.due <= now).map(({ id }) => atOnce(() => attempt(deps, work, id)))
  return (await Promise.all(tries)).filter((fault) => fault !== undefined)
}

async function attempt(deps: Deps, work: JobWork, id: string): Promise<JobFault | undefined> {
  const job = await claim(deps, id)
  if (!job) return undefined
  try {
    await work[job.kind](deps, job.payload as never)
  } catch (error) {
    return { job: id, kind: job.kind, attempts: job.attempts, error }
  }
  await deps.store.delete(JOBS, GLOBAL, id)
  return undefined
}

/** Of several workers one gets the job. */
async function claim({ store, now }: Pick<Deps, 'store' | 'now'>, id: string): Promise<Job | undefined> {
  const time = now().getTime()
  let won: Job | undefined
  const claimed = store.update(JOBS, GLOBAL, id, (old) => {
    won = old.due <= time ? { ...old, due: time + pauseAfter(old.attempts), attempts: old.attempts + 1 } : undefined
    return won ?? old
  })
  return (await succeeds(claimed, 'NOT_FOUND')) ? won : undefined
}
