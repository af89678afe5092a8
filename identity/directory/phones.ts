import type { Collection, Store } from '../store/store.ts'
import { type StoredUser, USERS } from './users.ts'

/** The telephone of a user, one at most, in the scope of the tenant. The person has shown that it is theirs. */
export interface Phone {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** E.164. */
  readonly number: string
  readonly confirmed_at: string
}

export const PHONES: Collection<Phone> = { name: 'phones', id: (p) => p.user_id, indexes: ['number'] }

export async function phoneOf(store: Store, user: StoredUser): Promise<Phone | undefined> {
  const found = await store.get(PHONES, user.tenant_id, user.user_id)
  return found?.user_created_at === user.created_at ? found : undefined
}

/** More people than share one telephone. */
const MOST_OWNERS = 10

/** The names of whoever has the number set up, and is the user still that it was set up for. */
export async function ownersOf(store: Store, tenant: string, number: string): Promise<readonly StoredUser[]> {
  const { items } = await store.find(PHONES, tenant, { where: { number }, limit: MOST_OWNERS })
  const users = await Promise.all(items.map(({ user_id }) => store.get(USERS, tenant, user_id)))
  return users.filter(
    (user, i) => user !== undefined && !user.is_disabled && user.created_at === items[i]?.user_created_at,
  ) as StoredUser[]
}

/** True when there was one. */
export const removePhone = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(PHONES, tenant, userId)
