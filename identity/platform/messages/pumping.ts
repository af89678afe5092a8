import { hmacUnder } from '../../crypto/derived-keys.ts'
import type { Deps } from '../../deps.ts'
import type { Collection } from '../../store/store.ts'
import { succeeds } from '../succeeds.ts'
import type { PhoneNumber } from './numbers.ts'

const HOUR_SECONDS = 3600

/**
 * Text messages of one tenant in an hour, for what each is counted. Whoever makes a service send them to numbers that pay them a share is
 * stopped by one of these, however many accounts, numbers or addresses they have.
 */
const LIMITS = [
  { of: 'number', most: 5 },
  { of: 'source', most: 10 },
  { of: 'prefix', most: 100 },
  { of: 'tenant', most: 500 },
] as const

/** Prefix of what stands for the number of nobody. */
export const NOBODYS = 'none'

interface Counted {
  readonly id: string
  readonly count: number
}
const COUNTS: Collection<Counted> = { name: 'textCounts', id: (c) => c.id, indexes: [] }

/** Whom a message goes to, and who asked for it. */
export interface TextOccasion {
  readonly tenant: string
  readonly number: PhoneNumber
  /** Group of network addresses. */
  readonly source: string
}

/** Takes a message out of all limits. False when one of them is used up; nothing may be sent then. */
export async function mayText(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { tenant, number, source }: TextOccasion,
): Promise<boolean> {
  const keys = { number: number.e164, source, prefix: number.prefix, tenant: number.prefix === NOBODYS ? NOBODYS : '' }
  for (const { of, most } of LIMITS) if ((await counted(deps, tenant, `${of} ${keys[of]}`)) > most) return false
  return true
}

/** Which one of the hour since the first it is. Numbers stand in the id as a keyed hash. */
async function counted({ store, masterKey }: Pick<Deps, 'store' | 'masterKey'>, tenant: string, key: string) {
  const id = hmacUnder(masterKey, 'text count').update(`${tenant} ${key}`).digest('base64url')
  let count = 1
  const more = (old: Counted): Counted => {
    count = old.count + 1
    return { ...old, count }
  }
  while (!(await succeeds(store.update(COUNTS, tenant, id, more), 'NOT_FOUND'))) {
    count = 1
    if (await succeeds(store.create(COUNTS, tenant, { id, count }, HOUR_SECONDS), 'CONFLICT')) break
  }
  return count
}
