import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { succeeds } from '../lockout/outcome.ts'
import { foldName } from '../names.ts'
import type { Method } from '../oidc/interaction.ts'
import { encryptionKeysOf, signingKeyOf } from '../oidc/keys.ts'
import type { ProofDeps, ProofTenant } from '../proof/accounts.ts'
import { seal } from '../proof/sealing.ts'
import type { Collection, Store } from '../store/store.ts'
import { requireTenant, type Tenant } from '../vault/tenants.ts'
import { type StoredUser, USERS } from '../vault/users.ts'

/** The login secret of a user, in the scope of the tenant. */
interface LoginSecret {
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
  /** Sealed commitment (identity/proof/commitment.ts). */
  readonly commitment: string
  /** What the person enters. */
  readonly methods: readonly Method[]
}

const LOGIN_SECRETS: Collection<LoginSecret> = { name: 'loginSecrets', id: (s) => s.user_id, indexes: [] }

/** The user of a name, compared as names are; disabled ones included. */
export async function userByName(store: Store, tenant: string, username: string): Promise<StoredUser | undefined> {
  const where = { username_key: foldName(username) }
  return (await store.find(USERS, tenant, { where, limit: 1 })).items[0]
}

/** What the zero-knowledge protocol needs, over our tenants, users and keys. A disabled user has no account (notes, `is_disabled`). */
export const proofDeps = (deps: Deps): ProofDeps => ({
  ...deps,
  tenant: (tenant) => proofTenant(deps, tenant),
  account: async (tenant, username) => {
    const user = await userByName(deps.store, tenant, username)
    const secret = await deps.store.get(LOGIN_SECRETS, tenant, user?.user_id ?? '')
    const good = secret && !user?.is_disabled && secret.user_created_at === user?.created_at
    return good ? { userId: secret.user_id, commitment: secret.commitment } : undefined
  },
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  seal,
})

async function proofTenant(deps: Deps, tenantId: string): Promise<ProofTenant> {
  const tenant = await requireTenant(deps, tenantId)
  const [first, ...older] = await encryptionKeysOf(deps, tenantId)
  if (first === undefined) throw new PlumblineError('INTERNAL', 'the tenant has no encryption key')
  return { steps: stepsOf(tenant), sealing: [first, ...older], signing: await signingKeyOf(deps, tenantId) }
}

const stepsOf = ({ use_pin, pin_size, use_pattern, patter_size }: Tenant) => ({
  ...(use_pin ? { pin: pin_size } : {}),
  ...(use_pattern ? { pattern: patter_size } : {}),
})

/** Stores or replaces the login secret of a user. `commitment` fits the tenant's policy, as identity/proof has checked. */
export async function putSecret(deps: Deps, tenant: Tenant, user: StoredUser, commitment: string): Promise<void> {
  const { user_id, created_at } = user
  const methods = Object.keys(stepsOf(tenant)) as Method[]
  const secret: LoginSecret = { user_id, user_created_at: created_at, commitment, methods }
  const replaced = deps.store.update(LOGIN_SECRETS, tenant.tenant_id, user_id, () => secret)
  if (!(await succeeds(replaced, 'NOT_FOUND'))) await deps.store.create(LOGIN_SECRETS, tenant.tenant_id, secret)
}

export async function removeSecret(store: Store, tenant: string, userId: string): Promise<void> {
  await store.delete(LOGIN_SECRETS, tenant, userId)
}

/** What the user enters to sign in; empty without a login secret. */
export async function methodsOf({ store }: Deps, tenant: string, userId: string): Promise<readonly Method[]> {
  return (await store.get(LOGIN_SECRETS, tenant, userId))?.methods ?? []
}
