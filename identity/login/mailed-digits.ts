import { randomInt, randomUUID } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { hmacUnder } from '../crypto/derived-keys.ts'
import { sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { foldName } from '../platform/fold-name.ts'
import type { Collection } from '../store/store.ts'

/** What a code of digits is good for. */
type Purpose = 'login' | 'reset' | 'text' | 'number' | 'letter' | 'invited-text' | 'invited-letter' | 'activation'

/** Whose code it is. */
interface Account {
  readonly tenant: string
  readonly purpose: Purpose
  readonly username: string
}

/** Length and life of a code. */
export interface DigitFormat {
  readonly digits: number
  readonly minutes: number
  /** Seconds in which it is good for nothing yet. */
  readonly unavailableFor?: number
}

/**
 * A mailed code in the scope of the tenant: one per account and purpose, so that a newer one voids the older. One for nobody voids none
 * and is gone in a second.
 */
interface StoredDigits {
  readonly id: string
  /** Keyed hash of the code. */
  readonly hash: string
  /** Empty for a code that went to nobody. */
  readonly user_id: string
  /** Folded address or number that it was sent to. */
  readonly email_key: string
  /** Tries so far. */
  readonly tries: number
  /** From when on it is good, in milliseconds since 1970. */
  readonly not_before?: number
}

/** Whose code it is, and the folded address that it was mailed to. */
type MatchedCode = Pick<StoredDigits, 'id' | 'hash' | 'user_id' | 'email_key'>

const CODES: Collection<StoredDigits> = { name: 'mailedDigits', id: (code) => code.id, indexes: ['user_id'] }
/** Tries that one code bears; the lockout of the account counts them, too. */
const MOST_TRIES = 5
const DIGITS = /^\d{6,18}$/

const plain = (code: string): string => code.replace(/[\s-]/g, '')

/** Whether a code has the form of a code of digits: the long codes of identity/login/codes.ts have twenty characters. */
export const isDigits = (code: string): boolean => DIGITS.test(plain(code))

/** Who gets a code. An empty `userId`: nobody does, and the work is the same. */
export interface DigitsReceiver {
  readonly userId: string
  readonly email: string
}

/** A fresh code; only its keyed hash is stored. */
export async function issueDigits(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  account: Account,
  { userId, email }: DigitsReceiver,
  { digits, minutes, unavailableFor = 0 }: DigitFormat,
): Promise<string> {
  const isNobodys = userId === ''
  const id = isNobodys ? `nobody:${randomUUID()}` : idOf(account)
  const code = Array.from({ length: digits }, () => randomInt(10)).join('')
  const hash = digitsHash(deps, account, code)
  const not_before = deps.now().getTime() + unavailableFor * 1000
  const stored = { id, hash, user_id: userId, email_key: foldName(email), tries: 0, not_before }
  await deps.store.delete(CODES, account.tenant, id)
  await deps.store.create(CODES, account.tenant, stored, isNobodys ? 1 : minutes * 60)
  return code
}

/**
 * The code of an account, which stays; `undefined` for a wrong one, which counts against the stored one, and always after too many tries.
 * The try is counted before the code is looked at: parallel guesses get no further than one by one. `most`: tries that the account bears.
 */
export async function matchDigits(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  account: Account,
  code: string,
  most = MOST_TRIES,
): Promise<MatchedCode | undefined> {
  const stored = await tried(deps, account.tenant, idOf(account))
  if (!stored || !isGood(stored, deps.now()) || stored.tries > Math.min(MOST_TRIES, most)) return undefined
  return sameHash(stored.hash, digitsHash(deps, account, plain(code))) ? stored : undefined
}

/** Spends a code that matched: true for one of many callers. */
export const takeDigits = async (
  { store }: Pick<Deps, 'store'>,
  { tenant }: Account,
  matched: MatchedCode,
): Promise<boolean> => (await store.take(CODES, tenant, matched.id))?.hash === matched.hash

/** Whether the code that the account got last can still be entered, now or once it is good. */
export async function hasDigits({ store }: Pick<Deps, 'store'>, account: Account): Promise<boolean> {
  const stored = await store.get(CODES, account.tenant, idOf(account))
  return stored !== undefined && stored.tries < MOST_TRIES
}

const isGood = ({ not_before = 0 }: StoredDigits, now: Date): boolean => now.getTime() >= not_before

/** A try of a code that is not good yet does not count: nothing can be learned by it. */
async function tried(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  id: string,
): Promise<StoredDigits | undefined> {
  try {
    return await store.update(CODES, tenant, id, (old) => (isGood(old, now()) ? { ...old, tries: old.tries + 1 } : old))
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

const idOf = ({ purpose, username }: Account): string => `${purpose}:${foldName(username)}`

function digitsHash({ masterKey }: Pick<Deps, 'masterKey'>, account: Account, code: string): string {
  const about = JSON.stringify([account.tenant, idOf(account), code])
  return hmacUnder(masterKey, 'mailed digits').update(about).digest('base64url')
}

/** The code of an account is good for nothing any more. */
export const voidDigits = ({ store }: Pick<Deps, 'store'>, account: Account): Promise<void> =>
  store.delete(CODES, account.tenant, idOf(account)).then(() => undefined)

/** Forgets the codes of a user. */
export async function removeCodesOf({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  const codes = await collect(everyOne(store, CODES, tenant, { user_id: userId }))
  for (const { id } of codes) await store.delete(CODES, tenant, id)
}
