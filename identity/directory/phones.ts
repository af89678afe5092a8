import type { Collection, Store } from '../store/store.ts'
import type { StoredUser } from './users.ts'

/** The telephone of a user, one at most, in the scope of the tenant. The person has shown that it is theirs. */
export interface Phone {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** E.164. */
  readonly number: string
  readonly confirmed_at: string
}

export const PHONES: Collection<Phone> = { name: 'phones', id: (p) => p.user_id, indexes: [] }

export async function phoneOf(store: Store, user: StoredUser): Promise<Phone | undefined> {
  const found = await store.get(PHONES, user.tenant_id, user.user_id)
  return found?.user_created_at === user.created_at ? found : undefined
}

/** True when there was one. */
export const removePhone = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(PHONES, tenant, userId)
