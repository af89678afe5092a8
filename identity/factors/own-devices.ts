import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { signsIn } from '../policy/assurance.ts'
import { loadInputs } from '../policy/load.ts'
import { effectivePolicy } from '../policy/policy.ts'

/** Whether a person who can sign in now could not any more without the method. */
export async function isLastWay(
  deps: Pick<Deps, 'store'>,
  tenant: Tenant,
  user: StoredUser,
  method: Method,
): Promise<boolean> {
  const inputs = await loadInputs(deps, { tenant, user })
  const policy = effectivePolicy(inputs)
  const others = inputs.enrolled.filter((enrolled) => enrolled !== method)
  return signsIn(policy, inputs.enrolled) && !signsIn(policy, others)
}
