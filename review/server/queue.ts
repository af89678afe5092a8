import { randomUUID } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { GLOBAL, type Store } from '../../identity/store/store.ts'
import { type Command, MANY, PULL_WORK, type PullWork } from './state.ts'

/** A holder that does not say so again within this time is gone. */
const LEASE_MS = 20_000
const RENEW_MS = 5_000
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 600_000

const isCode = (error: unknown, code: PlumblineError['code']): boolean =>
  error instanceof PlumblineError && error.code === code

/** Puts down that a pull request wants to be looked at, or that somebody commands something there. Done once acknowledged. */
export async function enqueuePull(store: Store, now: number, pull: number, command?: Command): Promise<void> {
  const id = String(pull)
  const fresh: PullWork = { id, looks: 1, commands: command === undefined ? [] : [command], due: now, attempts: 0 }
  try {
    await store.update(PULL_WORK, GLOBAL, id, (old) => ({
      ...old,
      looks: old.looks + 1,
      commands: withCommand(old.commands, command),
      ...(old.holder === undefined && { due: now }),
    }))
  } catch (error) {
    if (!isCode(error, 'NOT_FOUND')) throw error
    await store.create(PULL_WORK, GLOBAL, fresh).catch((conflict: unknown) => {
      if (!isCode(conflict, 'CONFLICT')) throw conflict
      return enqueuePull(store, now, pull, command)
    })
  }
}

const withCommand = (commands: readonly Command[], command: Command | undefined): readonly Command[] =>
  command === undefined || commands.some(({ comment }) => comment === command.comment)
    ? commands
    : [...commands, command]

/** Does what is asked of one pull request. It may run again for the same commands after a crash. */
export type Worker = (pull: number, commands: readonly Command[]) => Promise<void>

/**
 * Does everything that is due, one pull request after the other; of several replicas one works for a pull request at a
 * time, and takes over from one that is gone. What fails comes again, later each time. Returns what failed.
 */
export async function workOff(
  store: Store,
  clock: () => number,
  worker: Worker,
): Promise<readonly { readonly pull: string; readonly error: unknown }[]> {
  const { items } = await store.find(PULL_WORK, GLOBAL, { orderBy: 'due', limit: MANY })
  const failed: { pull: string; error: unknown }[] = []
  for (const { id } of items.filter(({ due }) => due <= clock())) {
    const error = await workOn(store, clock, worker, id)
    if (error !== undefined) failed.push({ pull: id, error })
  }
  return failed
}

async function workOn(store: Store, clock: () => number, worker: Worker, id: string): Promise<unknown> {
  const holder = randomUUID()
  const work = await claim(store, clock(), id, holder)
  if (work === undefined) return undefined
  const renewing = setInterval(() => void renew(store, clock(), id, holder).catch(() => undefined), RENEW_MS)
  try {
    await worker(Number(id), work.commands)
    await finish(store, clock(), work, holder)
    return undefined
  } catch (error) {
    await postpone(store, clock(), work, holder)
    return error
  } finally {
    clearInterval(renewing)
  }
}

/** Changes what we hold; whoever has taken it over in the meantime keeps it. */
const whileHeld = async (
  store: Store,
  id: string,
  holder: string,
  change: (old: PullWork) => PullWork,
): Promise<void> => {
  await store
    .update(PULL_WORK, GLOBAL, id, (old) => (old.holder === holder ? change(old) : old))
    .catch((error: unknown) => {
      if (!isCode(error, 'NOT_FOUND')) throw error
    })
}

async function claim(store: Store, now: number, id: string, holder: string): Promise<PullWork | undefined> {
  let won: PullWork | undefined
  const update = (old: PullWork): PullWork => {
    won = old.due <= now ? { ...old, holder, due: now + LEASE_MS, attempts: old.attempts + 1 } : undefined
    return won ?? old
  }
  try {
    await store.update(PULL_WORK, GLOBAL, id, update)
  } catch (error) {
    if (!isCode(error, 'NOT_FOUND')) throw error
    return undefined
  }
  return won
}

const renew = (store: Store, now: number, id: string, holder: string): Promise<void> =>
  whileHeld(store, id, holder, (old) => ({ ...old, due: now + LEASE_MS }))

/** What came in the meantime is left to be done. */
async function finish(store: Store, now: number, done: PullWork, holder: string): Promise<void> {
  const known = new Set(done.commands.map(({ comment }) => comment))
  let isEmpty = false
  await whileHeld(store, done.id, holder, ({ holder: _holder, ...old }) => {
    const commands = old.commands.filter(({ comment }) => !known.has(comment))
    isEmpty = commands.length === 0 && old.looks === done.looks
    return { ...old, commands, looks: isEmpty ? 0 : old.looks, due: isEmpty ? NEVER : now, attempts: 0 }
  })
  if (isEmpty) await removeEmpty(store, done.id)
}

/** Later than any look. */
const NEVER = Number.MAX_SAFE_INTEGER

/** Between the end of the work and its removal something new may have been put down: taken out, and put down again. */
async function removeEmpty(store: Store, id: string): Promise<void> {
  const taken = await store.take(PULL_WORK, GLOBAL, id)
  if (taken === undefined || taken.looks === 0) return
  await store.create(PULL_WORK, GLOBAL, taken).catch(async (error: unknown) => {
    if (!isCode(error, 'CONFLICT')) throw error
    await store.update(PULL_WORK, GLOBAL, id, (old) => taken.commands.reduce(merged, { ...old, looks: old.looks + 1 }))
  })
}

const merged = (work: PullWork, command: Command): PullWork => ({
  ...work,
  commands: withCommand(work.commands, command),
})

async function postpone(store: Store, now: number, { id, attempts }: PullWork, holder: string): Promise<void> {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS)
  await whileHeld(store, id, holder, ({ holder: _holder, ...old }) => ({ ...old, due: now + pause }))
}
