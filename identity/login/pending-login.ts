import type { Deps } from '../deps.ts'
import { requireTenant, type Tenant } from '../directory/tenants.ts'
import { type Pending, pendingOf } from '../oidc/pending-login.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { refused } from './refusal.ts'

/** A login that waits for its factors. */
export interface PendingLogin {
  readonly authReqId: string
  readonly pending: Pending
  readonly tenant: Tenant
  /** As long as nobody has said who they are. */
  readonly policy: EffectivePolicy
}

/** Throws the uniform refusal when no login of this handle is pending. */
export async function requirePending(deps: Pick<Deps, 'store'>, authReqId: string | undefined): Promise<PendingLogin> {
  const pending = authReqId === undefined ? undefined : await pendingOf(deps, authReqId)
  if (authReqId === undefined || pending === undefined) throw refused()
  const tenant = await requireTenant(deps, pending.tenant)
  return { authReqId, pending, tenant, policy: await loginPolicyOf(deps, { tenant, clientId: pending.clientId }) }
}
