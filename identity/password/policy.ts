import type { Deps } from '../deps.ts'
import { ORGANIZATIONS, type Organization, scopeOf } from '../organizations/organizations.ts'
import { CIM, type CimState } from '../settings/cim/state.ts'
import { CONFIGURATIONS } from '../settings/pigello/configurations.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'
import { organizationOf } from '../vault/tenant-organizations.ts'
import type { PasswordRules } from './rules.ts'

/** What a tenant says about text passwords. */
export interface PasswordPolicy {
  /** Whether people sign in with them. */
  readonly offered: boolean
  readonly rules: PasswordRules
}

/** Where nobody has said otherwise: length alone (NIST SP 800-63B, section 3.1.1.2). */
const DEFAULT_RULES: PasswordRules = {
  minLength: 8,
  maxLength: null,
  lowerCase: false,
  upperCase: false,
  specialCharacter: false,
  notBreached: false,
  expiresAfterDays: null,
}
const NOT_OFFERED: PasswordPolicy = { offered: false, rules: DEFAULT_RULES }

/**
 * A tenant offers text passwords when it belongs to an organization whose CIM settings have the login switched on and the method
 * USERNAME_AND_PASSWORD enabled. Its rules: CIM's password policy and Pigello's expiration.
 */
export async function passwordPolicyOf(deps: Deps, tenantId: string): Promise<PasswordPolicy> {
  const id = await organizationOf(deps.store, tenantId)
  const organization = id === undefined ? undefined : await deps.store.get(ORGANIZATIONS, GLOBAL, id)
  if (!organization) return NOT_OFFERED
  const cim = await readSettings(deps, organization, CIM)
  const expiresAfterDays = await expirationOf(deps, organization)
  return { offered: isOffered(cim), rules: { ...cimRules(cim), expiresAfterDays } }
}

const isOffered = ({ features, login_methods }: CimState): boolean =>
  features.login_enabled === true &&
  login_methods.login_methods.some((method) => method.type === 'USERNAME_AND_PASSWORD' && method.enabled)

/** 0 is no bound (notes to the contract). */
function cimRules({ password_policy: policy }: CimState): PasswordRules {
  return {
    minLength: Math.max(Number(policy.min_length ?? 0), 1),
    maxLength: Number(policy.max_length ?? 0) || null,
    lowerCase: policy.lower_case_char_required === true,
    upperCase: policy.upper_case_char_required === true,
    specialCharacter: policy.special_char_required === true,
    notBreached: policy.breached_password_blocked === true,
    expiresAfterDays: null,
  }
}

/** The configuration of the organization itself goes before the account-wide one (notes to the Pigello contract). */
async function expirationOf({ store }: Deps, { organization_id }: Organization): Promise<number | null> {
  const { items } = await store.find(CONFIGURATIONS, scopeOf(organization_id), { limit: 2 })
  const chosen = items.find((c) => c.organization !== null) ?? items[0]
  return chosen?.password_expiration_days ?? null
}
