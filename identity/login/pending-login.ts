import type { Deps } from '../deps.ts'
import { requireTenant, type Tenant } from '../directory/tenants.ts'
import { type Pending, pendingOf } from '../oidc/pending-login.ts'
import { policyForAnybody } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { type LoginSettings, readLoginSettings } from '../policy/settings.ts'
import { refused } from './refusal.ts'

/** A login that waits for its factors. */
export interface PendingLogin {
  readonly authReqId: string
  readonly pending: Pending
  readonly tenant: Tenant
  /** As they are in this request. */
  readonly settings: LoginSettings
  /** As long as nobody has said who they are. */
  readonly policy: EffectivePolicy
}

/** Throws the uniform refusal when no login of this handle is pending. */
export async function requirePending(deps: Pick<Deps, 'store'>, authReqId: string | undefined): Promise<PendingLogin> {
  const pending = authReqId === undefined ? undefined : await pendingOf(deps, authReqId)
  if (authReqId === undefined || pending === undefined) throw refused()
  const tenant = await requireTenant(deps, pending.tenant)
  const settings = await readLoginSettings(deps, { tenant, clientId: pending.clientId })
  return { authReqId, pending, tenant, settings, policy: policyForAnybody(settings) }
}
