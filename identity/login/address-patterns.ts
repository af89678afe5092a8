import { runInNewContext } from 'node:vm'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { AddressPatterns } from '../policy/rules/sign-up.ts'

/** A pattern that takes longer is one that no address matches: somebody could stop the service with it. */
const MATCH_MILLISECONDS = 50

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

/** Whether a pattern of an administrator takes the whole text. In a context of its own, because only there a running pattern can be stopped. */
export function matchesWhole(pattern: string, text: string): boolean {
  try {
    const context = { pattern: `^(?:${pattern})$`, text }
    return runInNewContext('new RegExp(pattern, "u").test(text)', context, { timeout: MATCH_MILLISECONDS }) === true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  }
}
