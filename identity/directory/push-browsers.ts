import { collect, everyOne } from '../platform/contract/paging.ts'
import type { Collection, Store } from '../store/store.ts'
import type { StoredUser } from './users.ts'

/** A browser or an app that a user approves logins with, in the scope of the tenant. */
export interface PushBrowser {
  readonly id: string
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** What people know it by; empty when nobody knows. */
  readonly name: string
  /** How it is reached: a `PushDevice`, sealed. */
  readonly sealed: string
  readonly created_at: string
}

export const PUSH_BROWSERS: Collection<PushBrowser> = { name: 'pushBrowsers', id: (b) => b.id, indexes: ['user_id'] }

/** Those of a user, the oldest first. */
export async function pushBrowsersOf(store: Store, user: StoredUser): Promise<readonly PushBrowser[]> {
  const all = await collect(everyOne(store, PUSH_BROWSERS, user.tenant_id, { user_id: user.user_id }))
  const own = all.filter(({ user_created_at }) => user_created_at === user.created_at)
  return own.toSorted((a, b) => a.created_at.localeCompare(b.created_at))
}

/** What the address of a browser is sealed for: copied to another one it does not open there. */
export const pushPurpose = (tenant: string, id: string): string => `push browser ${JSON.stringify([tenant, id])}`

export async function removePushBrowsersOf(store: Store, tenant: string, userId: string): Promise<void> {
  for (const { id } of await collect(everyOne(store, PUSH_BROWSERS, tenant, { user_id: userId })))
    await store.delete(PUSH_BROWSERS, tenant, id)
}
