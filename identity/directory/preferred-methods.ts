import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Store } from '../store/store.ts'
import type { LocalMethod } from './methods.ts'
import type { StoredUser } from './users.ts'

/** The method that a person wants to be asked for after the first factor, in the scope of the tenant. */
interface Preference {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  readonly method: LocalMethod
}
const PREFERENCES: Collection<Preference> = { name: 'preferredMethods', id: (p) => p.user_id, indexes: [] }

export async function preferredMethod(store: Store, user: StoredUser): Promise<LocalMethod | undefined> {
  const found = await store.get(PREFERENCES, user.tenant_id, user.user_id)
  return found?.user_created_at === user.created_at ? found.method : undefined
}

export async function preferMethod(store: Store, user: StoredUser, method: LocalMethod): Promise<void> {
  const { tenant_id, user_id, created_at: user_created_at } = user
  const preference = { user_id, user_created_at, method }
  const replaced = store.update(PREFERENCES, tenant_id, user_id, () => preference)
  if (!(await succeeds(replaced, 'NOT_FOUND')))
    await succeeds(store.create(PREFERENCES, tenant_id, preference), 'CONFLICT')
}

/** True when there was one. */
export const removePreference = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(PREFERENCES, tenant, userId)
