import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { LOGIN_SECRETS, stepsOf } from '../directory/login-secrets.ts'
import { requireTenant } from '../directory/tenants.ts'
import { userByName } from '../directory/users.ts'
import { encryptionKeysOf, signingKeyOf } from '../oidc/keys.ts'
import type { ProofDeps, ProofTenant } from '../proof/accounts.ts'
import { sealForClient } from '../proof/sealing.ts'

/** What the zero-knowledge protocol needs, over our tenants, users and keys. A disabled user has no account (notes, `is_disabled`). */
export const proofDeps = (deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): ProofDeps => ({
  store: deps.store,
  now: deps.now,
  masterKey: deps.masterKey,
  tenant: (tenant) => proofTenant(deps, tenant),
  account: async (tenant, username) => {
    const user = await userByName(deps.store, tenant, username)
    const secret = await deps.store.get(LOGIN_SECRETS, tenant, user?.user_id ?? '')
    const good = secret && !user?.is_disabled && secret.user_created_at === user?.created_at
    return good ? { userId: secret.user_id, commitment: secret.commitment } : undefined
  },
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  seal: sealForClient,
})

async function proofTenant(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, tenantId: string): Promise<ProofTenant> {
  const tenant = await requireTenant(deps, tenantId)
  const [first, ...older] = await encryptionKeysOf(deps, tenantId)
  if (first === undefined) throw new PlumblineError('INTERNAL', 'the tenant has no encryption key')
  return { steps: stepsOf(tenant), sealing: [first, ...older], signing: await signingKeyOf(deps, tenantId) }
}
