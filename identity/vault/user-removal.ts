import type { Deps } from '../deps.ts'
import { leaveGroups } from '../scim/groups.ts'
import { GLOBAL } from '../store/store.ts'
import { API_KEYS } from './api-keys.ts'
import { collect, everyOne } from './paging.ts'
import { USERS } from './users.ts'

/** Deletes a user with the API keys and group memberships; keys go first, so that none outlives its user. True when there was one. */
export async function removeUser({ store, now }: Deps, tenant: string, userId: string): Promise<boolean> {
  if (!(await store.get(USERS, tenant, userId))) return false
  const keys = await collect(everyOne(store, API_KEYS, GLOBAL, { tenant_id: tenant, user_id: userId }))
  for (const key of keys) await store.delete(API_KEYS, GLOBAL, key.key_id)
  await leaveGroups(store, tenant, userId, now().toISOString())
  return store.delete(USERS, tenant, userId)
}
