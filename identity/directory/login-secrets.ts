import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Store } from '../store/store.ts'
import type { Method } from './methods.ts'
import type { Tenant } from './tenants.ts'
import type { StoredUser } from './users.ts'

/** The login secret of a user, in the scope of the tenant. */
export interface StoredLoginSecret {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** Sealed commitment (identity/proof/commitment.ts). */
  readonly commitment: string
  /** What the person enters. */
  readonly methods: readonly Method[]
}

export const LOGIN_SECRETS: Collection<StoredLoginSecret> = { name: 'loginSecrets', id: (s) => s.user_id, indexes: [] }

/** How many digits and nodes a tenant demands, of the steps that it has. */
export const stepsOf = ({ use_pin, pin_size, use_pattern, patter_size }: Tenant) => ({
  ...(use_pin ? { pin: pin_size } : {}),
  ...(use_pattern ? { pattern: patter_size } : {}),
})

/** Stores or replaces the login secret of a user. `commitment` fits the tenant's policy, as identity/proof has checked. */
export async function putSecret(
  deps: Pick<Deps, 'store'>,
  tenant: Tenant,
  user: StoredUser,
  commitment: string,
): Promise<void> {
  const { user_id, created_at } = user
  const methods = Object.keys(stepsOf(tenant)) as Method[]
  const secret: StoredLoginSecret = { user_id, user_created_at: created_at, commitment, methods }
  const replaced = deps.store.update(LOGIN_SECRETS, tenant.tenant_id, user_id, () => secret)
  if (!(await succeeds(replaced, 'NOT_FOUND'))) await deps.store.create(LOGIN_SECRETS, tenant.tenant_id, secret)
}

export async function removeSecret(store: Store, tenant: string, userId: string): Promise<void> {
  await store.delete(LOGIN_SECRETS, tenant, userId)
}

/** What the user enters to sign in; empty without a login secret. */
export async function methodsOf(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
): Promise<readonly Method[]> {
  return (await store.get(LOGIN_SECRETS, tenant, userId))?.methods ?? []
}
