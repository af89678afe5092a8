import { createHash } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Annotation, Report } from '../../forge/model.ts'
import { type Collection, GLOBAL, type Store } from '../../identity/store/store.ts'
import type { Verdict } from '../model.ts'

/** A comment that commands something. */
export interface Command {
  /** Id of the comment. */
  readonly comment: number
  readonly author: string
  readonly body: string
  /** What the pull request showed when the command came, by `shownOf`. */
  readonly shown?: string
}

/** What waits to be done for one pull request. Whoever holds it, and nobody else, works for that pull request. */
export interface PullWork {
  /** Number of the pull request. */
  readonly id: string
  /** Look at the pull request even when nobody commands anything; a later wish counts up. */
  readonly looks: number
  readonly commands: readonly Command[]
  /** When somebody may take it, in milliseconds since 1970: the end of a lease, or of a pause after a failure. */
  readonly due: number
  readonly holder?: string
  readonly attempts: number
}

/** What was told of a pull request, and what may be applied of it. */
export interface PullState {
  /** Number of the pull request. */
  readonly id: string
  /** Until it is closed, or merged and applied. */
  readonly open: boolean
  /** Commits that were looked at: the tip of the base, the head, and what the one merged into the other makes. */
  readonly base: string
  readonly head: string
  readonly merge?: string
  /** The revision by which plans were made: it decides what is read and reached. */
  readonly trust: string
  /** Absent: there is no review; `text` says why. */
  readonly verdict?: Verdict
  /** Digest of what becomes weaker; consent is to exactly that. */
  readonly weakenings: string
  /** Objects that documents say otherwise, with their environment. */
  readonly objects: readonly string[]
  /** It may keep others waiting: somebody who may write stands behind it. */
  readonly locks: boolean
  /** Objects that the plan touches. */
  readonly planned: readonly string[]
  /** Saved plans by environment, as `apply` takes them. */
  readonly plans: Readonly<Record<string, string>>
  /** The systems were asked. */
  readonly live: boolean
  /** Environments whose plan is blocked, or that have none. */
  readonly unplanned: readonly string[]
  /** Findings on their lines. */
  readonly annotations: readonly Annotation[]
  /** The review as it was written, the verdict first. */
  readonly text: string
  readonly title: string
  readonly conclusion: Report['conclusion']
  /** What becomes weaker by the comment, and when the comment began to say so, by the clock of the forge. */
  readonly shown?: { readonly weakenings: string; readonly at: string }
  readonly consent?: { readonly by: string; readonly to: string }
  /** The head that was applied. */
  readonly applied?: string
  /** Locks were given back by a person: they are taken again with the next plan. */
  readonly unlocked?: true
  /** Digest of what was written last, status and all. */
  readonly written?: string
}

/** What people saw: a command counts for exactly that. */
export const shownOf = ({ base, head, text, plans }: PullState): string => jsonDigest([base, head, text, plans])

export const jsonDigest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** A pull request speaks for an object until it is applied or closed. */
interface Lock {
  readonly id: string
  readonly object: string
  readonly pull: string
}

interface Seen {
  readonly id: string
}

/** What a command has come to, until it is told: it is not carried out again. */
interface Answer {
  readonly id: string
  readonly text: string
}

export const PULL_WORK: Collection<PullWork> = { name: 'review-work', id: ({ id }) => id, indexes: ['due'] }
export const PULLS: Collection<PullState> = { name: 'review-pulls', id: ({ id }) => id, indexes: ['open'] }
const LOCKS: Collection<Lock> = { name: 'review-locks', id: ({ id }) => id, indexes: ['pull'] }
const SEEN: Collection<Seen> = { name: 'review-seen', id: ({ id }) => id, indexes: [] }

const ANSWERS: Collection<Answer> = { name: 'review-answers', id: ({ id }) => id, indexes: [] }

/** Most pull requests and locks that one look takes in. */
export const MANY = 1000
const WEEK_SECONDS = 7 * 24 * 3600

const isCode = (error: unknown, code: PlumblineError['code']): boolean =>
  error instanceof PlumblineError && error.code === code

/** Replaces or creates what is kept under the id of a value. */
export async function put<T>(store: Store, collection: Collection<T>, value: T): Promise<void> {
  const id = collection.id(value)
  try {
    await store.update(collection, GLOBAL, id, () => value)
  } catch (error) {
    if (!isCode(error, 'NOT_FOUND')) throw error
    await store.create(collection, GLOBAL, value).catch((conflict: unknown) => {
      if (!isCode(conflict, 'CONFLICT')) throw conflict
      return put(store, collection, value)
    })
  }
}

export const wasSeen = async (store: Store, id: string): Promise<boolean> =>
  (await store.get(SEEN, GLOBAL, id)) !== undefined

/** Key of a comment among what was seen. */
export const commentKey = (id: number): string => `comment ${id}`

export async function markSeen(store: Store, id: string): Promise<void> {
  await store.create(SEEN, GLOBAL, { id }, WEEK_SECONDS).catch((error: unknown) => {
    if (!isCode(error, 'CONFLICT')) throw error
  })
}

/** What a command has come to; `work` is done unless that is known already. */
export async function answeredOnce(
  store: Store,
  id: string,
  work: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const known = await store.get(ANSWERS, GLOBAL, id)
  if (known !== undefined) return known.text === '' ? undefined : known.text
  const text = await work()
  await store.create(ANSWERS, GLOBAL, { id, text: text ?? '' }, WEEK_SECONDS)
  return text
}

export const pullState = (store: Store, number: number): Promise<PullState | undefined> =>
  store.get(PULLS, GLOBAL, String(number))

/** An object that another pull request speaks for. */
export interface HeldElsewhere {
  readonly object: string
  readonly pull: number
}

const lockOf = (object: string, pull: string): Lock => ({
  id: jsonDigest(object),
  object,
  pull,
})

export interface Rival extends HeldElsewhere {
  /** It may keep others waiting. */
  readonly locks: boolean
}

/** Takes the locks of objects, and gives back what is held beyond them. Returns those that others hold. */
export async function lockObjects(
  store: Store,
  pull: number,
  objects: readonly string[],
): Promise<readonly HeldElsewhere[]> {
  const wanted = objects.map((object) => lockOf(object, String(pull)))
  const ids = new Set(wanted.map(({ id }) => id))
  for (const { id } of await locksOf(store, pull)) if (!ids.has(id)) await store.delete(LOCKS, GLOBAL, id)
  const conflicts: HeldElsewhere[] = []
  for (const lock of wanted) {
    const holder = await holderOf(store, lock)
    if (holder !== lock.pull) conflicts.push({ object: lock.object, pull: Number(holder) })
  }
  return conflicts
}

/** Of several that want an object one gets it. */
async function holderOf(store: Store, lock: Lock): Promise<string> {
  try {
    await store.create(LOCKS, GLOBAL, lock)
    return lock.pull
  } catch (error) {
    if (!isCode(error, 'CONFLICT')) throw error
    return (await store.get(LOCKS, GLOBAL, lock.id))?.pull ?? lock.pull
  }
}

const locksOf = async (store: Store, pull: number): Promise<readonly Lock[]> =>
  (await store.find(LOCKS, GLOBAL, { where: { pull: String(pull) }, limit: MANY })).items

/** Other open pull requests that change one of the objects. */
export async function rivalsOf(store: Store, { id, objects }: PullState): Promise<readonly Rival[]> {
  return sharing(await othersOf(store, id), objects)
}

/** Those that were applied and are not merged: a plan that does not know of them would take back what they did. */
export async function aheadOf(store: Store, { id, planned }: PullState): Promise<readonly HeldElsewhere[]> {
  const ahead = (await othersOf(store, id)).filter(({ applied, head }) => applied === head)
  return sharing(ahead, planned)
}

const othersOf = async (store: Store, id: string): Promise<readonly PullState[]> =>
  (await store.find(PULLS, GLOBAL, { where: { open: true }, limit: MANY })).items.filter((other) => other.id !== id)

function sharing(others: readonly PullState[], objects: readonly string[]): readonly Rival[] {
  const touched = new Set(objects)
  return others.flatMap((other) => {
    const object = other.objects.find((o) => touched.has(o))
    return object === undefined ? [] : [{ object, pull: Number(other.id), locks: other.locks }]
  })
}
