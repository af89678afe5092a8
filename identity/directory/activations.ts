import type { Collection, Store } from '../store/store.ts'
import type { PasswordOwner } from './passwords.ts'

/** What is known of the activation of a user by a delivered code, in the scope of the tenant. Most users have none. */
interface Activation {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** RFC 3339; null while it waits. */
  readonly activated_at: string | null
}

const ACTIVATIONS: Collection<Activation> = { name: 'activations', id: (a) => a.user_id, indexes: [] }

/** `waits`: nobody signs in to the account before the code was entered. `undefined`: nothing is known. */
export type ActivationState = 'waits' | 'done' | undefined

export async function activationOf(store: Store, user: PasswordOwner): Promise<ActivationState> {
  const found = await store.get(ACTIVATIONS, user.tenant_id, user.user_id)
  if (found?.user_created_at !== user.created_at) return undefined
  return found.activated_at === null ? 'waits' : 'done'
}

/** From now on the user waits (null), or is active since a moment. */
export async function putActivation(store: Store, user: PasswordOwner, activated_at: string | null): Promise<void> {
  const { tenant_id, user_id, created_at: user_created_at } = user
  await store.delete(ACTIVATIONS, tenant_id, user_id)
  await store.create(ACTIVATIONS, tenant_id, { user_id, user_created_at, activated_at })
}

export const removeActivation = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(ACTIVATIONS, tenant, userId)
