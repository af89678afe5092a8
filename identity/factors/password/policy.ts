import type { Deps } from '../../deps.ts'
import type { Tenant } from '../../directory/tenants.ts'
import { loginPolicyOf } from '../../policy/load.ts'
import { offeredMethods, passwordRules } from '../../policy/offers.ts'
import type { PasswordRules } from '../../policy/rules/password.ts'

/** What the effective policy of a tenant says about text passwords. */
export interface PasswordPolicy {
  /** Whether people sign in with them. */
  readonly offered: boolean
  readonly rules: PasswordRules
}

export async function passwordPolicyOf(deps: Pick<Deps, 'store'>, tenant: Tenant): Promise<PasswordPolicy> {
  const policy = await loginPolicyOf(deps, { tenant })
  return { offered: offeredMethods(policy).includes('password'), rules: passwordRules(policy) }
}
