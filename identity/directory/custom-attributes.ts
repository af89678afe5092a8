import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Store } from '../store/store.ts'
import type { StoredUser } from './users.ts'

/** Attributes of a person that no schema knows, under the names that login methods give them. */
export type CustomAttributes = Readonly<Record<string, string | number | boolean>>

/** In the scope of the tenant. */
interface StoredCustom {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  readonly attributes: CustomAttributes
}
const CUSTOM: Collection<StoredCustom> = { name: 'customAttributes', id: (c) => c.user_id, indexes: [] }

type Owner = Pick<StoredUser, 'tenant_id' | 'user_id' | 'created_at'>

export async function customAttributesOf(store: Store, user: Owner): Promise<CustomAttributes> {
  const found = await store.get(CUSTOM, user.tenant_id, user.user_id)
  return found?.user_created_at === user.created_at ? found.attributes : {}
}

/** Lays attributes over those that the person has. */
export async function addCustomAttributes(store: Store, user: Owner, more: CustomAttributes): Promise<void> {
  const { tenant_id, user_id, created_at: user_created_at } = user
  if (Object.keys(more).length === 0) return
  const added = (old?: StoredCustom): StoredCustom => {
    const own = old?.user_created_at === user_created_at ? old.attributes : {}
    return { user_id, user_created_at, attributes: { ...own, ...more } }
  }
  if (await succeeds(store.update(CUSTOM, tenant_id, user_id, added), 'NOT_FOUND')) return
  if (!(await succeeds(store.create(CUSTOM, tenant_id, added()), 'CONFLICT')))
    await store.update(CUSTOM, tenant_id, user_id, added)
}

/** True when there were some. */
export const removeCustomAttributes = (store: Store, tenant: string, userId: string): Promise<boolean> =>
  store.delete(CUSTOM, tenant, userId)
