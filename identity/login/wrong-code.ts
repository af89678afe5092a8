import type { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { BlockConfig } from '../directory/tenants.ts'
import { takeAttempt } from '../lockout/attempts.ts'
import { defaultsOf } from '../platform/contract/vault-contract.ts'
import { GLOBAL } from '../store/store.ts'
import { refused } from './refusal.ts'

/**
 * The uniform refusal of a long code that nobody was given. It names no tenant, so it counts for the network address over all tenants,
 * under the contract's own limits. Throws 429 while that is blocked.
 */
export async function refusalOfCode(
  deps: Pick<Deps, 'store' | 'now' | 'metrics'>,
  ip: string,
): Promise<PlumblineError> {
  await takeAttempt(deps, { scope: GLOBAL, config: defaultsOf('BlockConfig') as unknown as BlockConfig, ip })
  return refused()
}
