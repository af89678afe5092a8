import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { offeredMethods, resetCode } from '../policy/offers.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { DigitFormat } from './mailed-digits.ts'

/** How the codes that people get to reset a login secret look. */
export interface ResetCodePolicy {
  readonly open: boolean
  /** Of numeric codes; `undefined` where the codes are long ones. */
  readonly format: DigitFormat | undefined
}

export async function resetCodePolicyOf(deps: Pick<Deps, 'store'>, tenant: Tenant): Promise<ResetCodePolicy> {
  return resetCodePolicy(await loginPolicyOf(deps, { tenant }))
}

/** What a policy of a tenant says about them. */
export const resetCodePolicy = (policy: EffectivePolicy): ResetCodePolicy => ({
  open: resetCode(policy).open,
  format: numericFormatOf(policy),
})

/** SailPoint's digit token, where the organization has enabled it. */
export function numericFormatOf(policy: EffectivePolicy): DigitFormat | undefined {
  const { digitsOnly, length, minutes } = resetCode(policy)
  return digitsOnly ? { digits: length, minutes } : undefined
}

/** Whether a method may be asked of this user: the policy knows whether the address is verified, and more. */
export const takesMethod = async (
  deps: Pick<Deps, 'store'>,
  tenant: Tenant,
  user: StoredUser,
  method: Method,
): Promise<boolean> => offeredMethods(await loginPolicyOf(deps, { tenant, user })).includes(method)
