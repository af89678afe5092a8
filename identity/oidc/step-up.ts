import { errors, interactionPolicy, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { type Method, methodsIn } from '../directory/methods.ts'
import { requireTenant } from '../directory/tenants.ts'
import { canBeEnough, satisfiedAcr, satisfies } from '../policy/assurance.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { valuesIn } from './pending-login.ts'

/**
 * Asks for another login when the session satisfies none of the `acr_values` (RFC 9470, section 5). Throws
 * `unmet_authentication_requirements` when nobody could satisfy one here.
 */
export function assuranceCheck(deps: Pick<Deps, 'store'>, tenant: string): interactionPolicy.Check {
  const { Check } = interactionPolicy
  return new Check('acr_values', 'the login satisfies none of the acr_values', async (ctx: KoaContextWithOIDC) => {
    const { params, client, session } = ctx.oidc
    const requested = valuesIn(String(params?.acr_values ?? ''))
    if (requested.length === 0) return Check.NO_NEED_TO_PROMPT
    const policy = await loginPolicyOf(deps, { tenant: await requireTenant(deps, tenant), clientId: client?.clientId })
    if (!isReachable(policy, requested))
      throw new errors.UnmetAuthenticationRequirements('no login here satisfies the acr_values')
    const methods = methodsIn(session?.amr ?? [])
    const acr = satisfiedAcr(policy, requested, methods)
    if (acr !== undefined) ctx.state.satisfiedAcr = acr
    return satisfies(policy, requested, methods) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
  })
}

/** Whether somebody who has everything could do it. */
const isReachable = (policy: EffectivePolicy, requested: readonly string[]): boolean =>
  canBeEnough(policy, requested, { methods: [], enrolled: Object.keys(policy.methods) as Method[] })

/** A client that asked for an `acr` is told the one that it got; else the session's own is told. */
export function tellSatisfiedAcr(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: KoaContextWithOIDC['oidc'] & { readonly ctx: KoaContextWithOIDC }) {
      return this.ctx.state.satisfiedAcr ?? this.session?.acr
    },
  })
}
