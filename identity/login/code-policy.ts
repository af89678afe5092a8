import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { offeredMethods, resetCode } from '../policy/offers.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { DigitFormat } from './mailed-digits.ts'

/** Length and life of a login code where the organization has not set any (notes to the Navixy contract). */
const DEFAULT_FORMAT: DigitFormat = { digits: 6, minutes: 10 }

/** How the codes that people get to reset a login secret look. */
export interface ResetCodePolicy {
  readonly open: boolean
  /** Of numeric codes; `undefined` where the codes are long ones. */
  readonly format: DigitFormat | undefined
}

export async function resetCodePolicyOf(deps: Pick<Deps, 'store'>, tenant: Tenant): Promise<ResetCodePolicy> {
  const policy = await loginPolicyOf(deps, { tenant })
  return { open: resetCode(policy).open, format: formatOf(policy) }
}

/** SailPoint's digit token, where the organization has enabled it. */
function formatOf(policy: EffectivePolicy): DigitFormat | undefined {
  const { digitsOnly, length, minutes } = resetCode(policy)
  return digitsOnly ? { digits: length, minutes } : undefined
}

/** What the effective policy of a tenant says about mailed codes as a way to sign in. */
export interface CodePolicy {
  readonly offered: boolean
  /** As numeric reset codes, where the organization has enabled those. */
  readonly format: DigitFormat
}

export async function codePolicyOf(deps: Pick<Deps, 'store'>, tenant: Tenant): Promise<CodePolicy> {
  const policy = await loginPolicyOf(deps, { tenant })
  return { offered: offeredMethods(policy).includes('otp'), format: formatOf(policy) ?? DEFAULT_FORMAT }
}

/** Whether a code may go to this user: the policy knows whether the address is verified, and more. */
export async function takesCodes(deps: Pick<Deps, 'store'>, tenant: Tenant, user: StoredUser): Promise<boolean> {
  return offeredMethods(await loginPolicyOf(deps, { tenant, user })).includes('otp')
}
