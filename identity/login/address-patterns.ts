import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { matchesWhole } from '../platform/patterns.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { AddressPatterns } from '../policy/rules/sign-up.ts'

/** Throws 422 for an address that the organization's patterns do not take (CimFeatures, customEmailValidation). */
export async function requireFitting(deps: Pick<Deps, 'store'>, tenant: Tenant, address: string): Promise<void> {
  const patterns = (await loginPolicyOf(deps, { tenant })).signUp.addressPatterns.value
  if (patterns !== null && !fits(patterns, address)) throw invalid('/email', 'is not an address that is taken here')
}

/** Both parts match whole (notes, features at run time). */
function fits({ before, after }: AddressPatterns, address: string): boolean {
  const at = address.lastIndexOf('@')
  return matchesWhole(before, address.slice(0, at)) && matchesWhole(after, address.slice(at + 1))
}
