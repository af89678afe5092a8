import { hmacUnder } from '../../crypto/derived-keys.ts'
import type { Deps } from '../../deps.ts'
import type { Collection } from '../../store/store.ts'
import { collect, everyOne } from '../contract/paging.ts'
import { succeeds } from '../succeeds.ts'

/** How many messages of a kind one receiver gets. Seconds. */
interface Budget {
  /** So many come without a pause. */
  readonly free: number
  /** Pause after them; each further message doubles it. */
  readonly first: number
  readonly longest: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Messages that somebody else than their receiver can cause, each counted for its receiver. Codes to sign in or to reset come again while
 * the last one is good, or soon after: the pause must not keep the owner out.
 */
const BUDGETS = {
  /** Reset codes of an account. */
  reset: { free: 1, first: MINUTE, longest: 5 * MINUTE },
  /** Login codes of an account. */
  code: { free: 1, first: MINUTE, longest: 5 * MINUTE },
  /** Login codes to the telephone of an account. */
  text: { free: 1, first: MINUTE, longest: HOUR },
  /** Logins of an account that its browsers are asked about. */
  push: { free: 2, first: MINUTE, longest: HOUR },
  /** Codes of an account that are delivered outside the service. */
  letter: { free: 2, first: HOUR, longest: DAY },
  /** That somebody tried to sign up with the name of an account. */
  taken: { free: 1, first: HOUR, longest: DAY },
  /** Codes that confirm the address of an account. */
  verify: { free: 3, first: MINUTE, longest: HOUR },
  /** Those that come unasked, when an account whose address has yet to be confirmed is signed in to. */
  reminder: { free: 1, first: MINUTE, longest: HOUR },
  /** Delivered codes that make an account active. */
  activation: { free: 2, first: HOUR, longest: DAY },
  /** Messages of one invitation. */
  invitation: { free: 2, first: MINUTE, longest: HOUR },
  /** Everything to an address that nobody has confirmed, of whatever accounts. */
  address: { free: 10, first: MINUTE, longest: HOUR },
} as const satisfies Readonly<Record<string, Budget>>
export type MailCause = keyof typeof BUDGETS

/** Whom the messages of a cause are counted for: an account, one address of an account, or an address of whatever accounts. */
interface Receiver {
  readonly userId?: string
  /** Folded. */
  readonly address?: string
}

/** Messages of one cause to one receiver within a day of the first, in the scope of the tenant. */
interface Spent {
  readonly id: string
  readonly user_id: string | null
  readonly count: number
  /** From when on there may be another, in milliseconds since 1970. */
  readonly next_at: number
}
const SPENT: Collection<Spent> = { name: 'mailBudgets', id: (s) => s.id, indexes: ['user_id'] }

/** Takes a message out of the budget of a receiver: which one of the day it is, from 1; 0 when it has to wait. */
export async function takeMail(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  cause: MailCause,
  receiver: Receiver,
): Promise<number> {
  const unspent = { id: idOf(deps, tenant, cause, receiver), user_id: receiver.userId ?? null, count: 0, next_at: 0 }
  const { id } = unspent
  const { store } = deps
  const at = deps.now().getTime()
  let ordinal = 0
  const next = (old: Spent): Spent => {
    ordinal = at < old.next_at ? 0 : old.count + 1
    return ordinal === 0
      ? old
      : { ...unspent, count: ordinal, next_at: at + pauseAfter(BUDGETS[cause], ordinal) * 1000 }
  }
  while (!(await succeeds(store.update(SPENT, tenant, id, next), 'NOT_FOUND')))
    if (await succeeds(store.create(SPENT, tenant, next(unspent), DAY), 'CONFLICT')) break
  return ordinal
}

/** Forgets what an account got: a code of it was used, so it was asked for by its owner. */
export const forgetMails = async (
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: string,
  cause: MailCause,
  userId: string,
): Promise<void> => void (await deps.store.delete(SPENT, tenant, idOf(deps, tenant, cause, { userId })))

/** Forgets all that is counted for an account. What is counted for its address goes on: it bounds what a stranger gets. */
export async function forgetMailsOf({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  const budgets = await collect(everyOne(store, SPENT, tenant, { user_id: userId }))
  for (const { id } of budgets) await store.delete(SPENT, tenant, id)
}

/** An address stands in it as a keyed hash only: whoever reads the store does not learn whom strangers have named. */
function idOf(
  { masterKey }: Pick<Deps, 'masterKey'>,
  tenant: string,
  cause: MailCause,
  { userId, address }: Receiver,
): string {
  const hash = address && hmacUnder(masterKey, 'mail budget').update(`${tenant} ${address}`).digest('base64url')
  return `${cause}:${[userId, hash].filter((part) => part !== undefined).join(' ')}`
}

const pauseAfter = ({ free, first, longest }: Budget, ordinal: number): number =>
  ordinal < free ? 0 : Math.min(first * 2 ** (ordinal - free), longest)
