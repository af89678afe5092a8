import type { Deps } from '../deps.ts'
import type { BlockConfig } from '../directory/tenants.ts'
import { Fault } from '../platform/fault.ts'
import { foldName } from '../platform/fold-name.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Scope, Store } from '../store/store.ts'
import { addressGroup } from './address.ts'
import { forgetBlock, recordBlock } from './blocks.ts'
import {
  accountRule,
  addressRule,
  attempt,
  forgottenAt,
  type LockoutRule,
  NO_FAILURES,
  type Track,
  undo,
} from './policy.ts'

/** The track of one address or account name of a tenant; names that nobody has are tracked like all others. */
interface StoredTrack extends Track {
  /** `address:<group>`, `user:<folded name>` or `confirm:<folded name>`. */
  readonly id: string
  /** When the track may be deleted, in milliseconds since 1970. */
  readonly forgotten_at: number
}

const TRACKS: Collection<StoredTrack> = { name: 'lockoutTracks', id: (t) => t.id, indexes: ['forgotten_at'] }
/** Each new track removes up to so many old ones, so that they never pile up. */
const SWEPT_PER_TRACK = 3

/** Who tries. `scope`: the tenant, or GLOBAL when the request names none. */
export interface Guess {
  readonly scope: Scope
  readonly config: BlockConfig
  readonly ip: string
  /** As sent; absent when the request names no account. */
  readonly username?: string
  /** The account of that name, for the listing of blocked accounts. */
  readonly userId?: string | undefined
  /** A blocked account still takes a passkey (notes, section 2) and a mailed reset code: its block neither stops nor counts the attempt. */
  readonly passesBlock?: true
  /** Guesses of what only confirms a login count apart: the factor that was right before would forget them. */
  readonly confirms?: true
}

interface Taken {
  readonly at: number
  readonly level: number | undefined
}

/** An attempt that was counted. */
export interface Attempt {
  /** Says that it succeeded: the address gets this one back, the account starts afresh. */
  succeed(): Promise<void>
}

const addressId = (ip: string): string => `address:${addressGroup(ip)}`
const accountId = (username: string): string => `user:${foldName(username)}`
const confirmationId = (username: string): string => `confirm:${foldName(username)}`

/**
 * Counts an attempt to guess a login secret, atomically and before it is verified, so that parallel guesses cannot pass the limit.
 * Throws a 429 Fault with `Retry-After` while the address or the account is blocked, with the same text for both and for unknown names.
 */
export async function takeAttempt(deps: Pick<Deps, 'store' | 'now' | 'metrics'>, guess: Guess): Promise<Attempt> {
  const { scope, config, ip, username } = guess
  const trackId = guess.confirms ? confirmationId : accountId
  const address = await count(deps, scope, addressId(ip), addressRule(config))
  if (!address.allowed) throw blocked(address.retryAfterSeconds)
  if (address.level !== undefined)
    await recordBlock(deps, scope, { id: addressId(ip), subject: addressGroup(ip), kind: 'address', ...address.track })
  const giveBack = () => takeBack(deps.store, scope, addressId(ip), address)
  if (username !== undefined) await takeForAccount(deps, guess, username, giveBack)
  return {
    succeed: async () => {
      await giveBack()
      if (address.level !== undefined) await forgetBlock(deps.store, scope, addressId(ip))
      if (username !== undefined) await forget(deps.store, scope, trackId(username))
    },
  }
}

/** A try during a block does not count, so the address gets its attempt back. */
async function takeForAccount(
  deps: Pick<Deps, 'store' | 'now' | 'metrics'>,
  { scope, config, userId, passesBlock, confirms }: Guess,
  username: string,
  giveBack: () => Promise<void>,
): Promise<void> {
  const id = confirms ? confirmationId(username) : accountId(username)
  const account = await count(deps, scope, id, accountRule(config))
  if (!account.allowed && !passesBlock) {
    await giveBack()
    throw blocked(account.retryAfterSeconds)
  }
  if (account.allowed && account.level !== undefined)
    await recordBlock(deps, scope, {
      id,
      subject: userId ?? username,
      kind: userId === undefined ? 'unknown' : 'user',
      ...account.track,
    })
}

/** Lifts the block of an account and forgets its failures. */
export const forgiveAccount = (store: Store, scope: Scope, username: string): Promise<void> =>
  forget(store, scope, accountId(username))

/** The same for guesses of what confirms a login of the account. */
export const forgiveConfirmations = (store: Store, scope: Scope, username: string): Promise<void> =>
  forget(store, scope, confirmationId(username))

/** Lifts the block of an address (or its group) and forgets its failures. */
export const forgiveAddress = (store: Store, scope: Scope, ip: string): Promise<void> =>
  forget(store, scope, addressId(ip))

async function forget(store: Store, scope: Scope, id: string): Promise<void> {
  await store.delete(TRACKS, scope, id)
  await forgetBlock(store, scope, id)
}

const blocked = (retryAfterSeconds: number) =>
  new Fault(429, 'There were too many attempts; try again later.', {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })

async function count({ store, now }: Pick<Deps, 'store' | 'now'>, scope: Scope, id: string, rule: LockoutRule) {
  const at = now().getTime()
  let verdict = attempt(rule, NO_FAILURES, at)
  const next = (old: Track): StoredTrack => {
    verdict = attempt(rule, old, at)
    return { ...verdict.track, id, forgotten_at: forgottenAt(rule, verdict.track) }
  }
  while (!(await updated(store, scope, id, next))) {
    if (await created(store, scope, next(NO_FAILURES))) {
      await sweep(store, scope, at)
      break
    }
  }
  return verdict
}

async function updated(store: Store, scope: Scope, id: string, next: (old: Track) => StoredTrack): Promise<boolean> {
  return succeeds(store.update(TRACKS, scope, id, next), 'NOT_FOUND')
}

async function created(store: Store, scope: Scope, track: StoredTrack): Promise<boolean> {
  return succeeds(store.create(TRACKS, scope, track), 'CONFLICT')
}

async function takeBack(store: Store, scope: Scope, id: string, taken: Taken): Promise<void> {
  await succeeds(
    store.update(TRACKS, scope, id, (old) => ({ ...old, ...undo(old, taken) })),
    'NOT_FOUND',
  )
}

/** A track that counted again in the meantime is put back. */
async function sweep(store: Store, scope: Scope, now: number): Promise<void> {
  const { items } = await store.find(TRACKS, scope, { orderBy: 'forgotten_at', limit: SWEPT_PER_TRACK })
  for (const { id } of items.filter((track) => track.forgotten_at <= now)) {
    const taken = await store.take(TRACKS, scope, id)
    if (taken !== undefined && taken.forgotten_at > now) await created(store, scope, taken)
  }
}
