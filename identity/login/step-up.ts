import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { requireTenant } from '../directory/tenants.ts'
import { requireUser } from '../directory/users.ts'
import { Fault } from '../platform/fault.ts'
import { acrOfLevel, levelOf, mayEnrolFirst } from '../policy/assurance.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { StepUpAction } from '../policy/rules/step-up.ts'

/** Who acts, and how they signed in; nothing for an API key. */
interface Actor {
  readonly tenant: string
  readonly userId: string
  readonly methods: readonly Method[]
}

/**
 * Throws a 401 Fault unless the login has the level that the action demands (CimStepUp). It names the `acr_values` with which the
 * client gets such a login (RFC 9470, section 3). A person without a passkey may register the first one where that is free.
 */
export async function requireStepUp(
  deps: Pick<Deps, 'store'>,
  { tenant, userId, methods }: Actor,
  action: StepUpAction,
): Promise<void> {
  const user = await requireUser(deps, tenant, userId)
  const policy = await loginPolicyOf(deps, { tenant: await requireTenant(deps, tenant), user })
  const demanded = policy.demands[action].value
  if (levelOf(policy, methods) >= demanded) return
  if (action === 'setUpMethods' && mayEnrolFirst(policy) && (await passkeysOf(deps, tenant, userId)).length === 0)
    return
  const challenge = `Bearer error="insufficient_user_authentication", error_description="a stronger login is needed", acr_values="${acrOfLevel(demanded)}"`
  throw new Fault(
    401,
    `this takes a login of level ${demanded}; sign in again with the acr_values ${acrOfLevel(demanded)}`,
    {
      headers: { 'www-authenticate': challenge },
    },
  )
}
