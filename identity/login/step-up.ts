import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { requireTenant } from '../directory/tenants.ts'
import { requireUser } from '../directory/users.ts'
import { Fault } from '../platform/fault.ts'
import { acrOfLevel, levelOf, mayEnrolFirst } from '../policy/assurance.ts'
import { loadInputs } from '../policy/load.ts'
import { effectivePolicy } from '../policy/policy.ts'
import type { StepUpAction } from '../policy/rules/step-up.ts'

/** Who acts, and how they signed in; nothing for an API key. */
interface Actor {
  readonly tenant: string
  readonly userId: string
  readonly methods: readonly Method[]
}

/** The level that the action demands and the login lacks (CimStepUp). A person without any device may set up the first one where that is free. */
export async function lackingLevel(
  deps: Pick<Deps, 'store'>,
  { tenant, userId, methods }: Actor,
  action: StepUpAction,
): Promise<number | undefined> {
  const user = await requireUser(deps, tenant, userId)
  const inputs = await loadInputs(deps, { tenant: await requireTenant(deps, tenant), user })
  const policy = effectivePolicy(inputs)
  const demanded = policy.demands[action].value
  if (levelOf(policy, methods) >= demanded) return undefined
  return action === 'setUpMethods' && mayEnrolFirst(policy, inputs.enrolled) ? undefined : demanded
}

/**
 * Throws a 401 Fault unless the login has the level that the action demands. It names the `acr_values` with which the client gets such a
 * login (RFC 9470, section 3).
 */
export async function requireStepUp(deps: Pick<Deps, 'store'>, actor: Actor, action: StepUpAction): Promise<void> {
  const demanded = await lackingLevel(deps, actor, action)
  if (demanded === undefined) return
  const challenge = `Bearer error="insufficient_user_authentication", error_description="a stronger login is needed", acr_values="${acrOfLevel(demanded)}"`
  throw new Fault(
    401,
    `this takes a login of level ${demanded}; sign in again with the acr_values ${acrOfLevel(demanded)}`,
    {
      headers: { 'www-authenticate': challenge },
    },
  )
}
