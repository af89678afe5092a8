import type { Collection, Store } from '../store/store.ts'
import type { StoredUser } from './users.ts'

/** The authenticator app of a user (RFC 6238), one at most, in the scope of the tenant. */
export interface Authenticator {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** The shared secret, sealed. */
  readonly sealed: string
  /** Time step of the last code that was accepted: that one and earlier ones are used up. */
  readonly last_step: number
  /** Keyed hashes of the recovery codes that are left. */
  readonly recovery: readonly string[]
  readonly created_at: string
}

export const AUTHENTICATORS: Collection<Authenticator> = { name: 'authenticators', id: (a) => a.user_id, indexes: [] }

export async function authenticatorOf(store: Store, user: StoredUser): Promise<Authenticator | undefined> {
  const found = await store.get(AUTHENTICATORS, user.tenant_id, user.user_id)
  return found?.user_created_at === user.created_at ? found : undefined
}

/** True when there was one. */
export const removeAuthenticator = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(AUTHENTICATORS, tenant, userId)
