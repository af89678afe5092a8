import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { preferredMethod } from '../directory/preferred-methods.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { enrollable } from '../policy/assurance.ts'
import { completingMethods } from '../policy/completing.ts'
import { inputsFor } from '../policy/load.ts'
import { effectivePolicy } from '../policy/policy.ts'
import type { Factor } from './factors.ts'
import type { PendingLogin } from './pending-login.ts'
import { refused } from './refusal.ts'

/** What completes a login in which something was shown. */
export interface SecondStep {
  readonly user: StoredUser
  /** Enrolled methods each of which does, the first one to be asked for first. */
  readonly candidates: readonly Method[]
  /** What the person may set up now, since nothing that is enrolled does. */
  readonly enrollable: ReturnType<typeof enrollable>
}

/** Throws the uniform refusal when the user is gone. */
export async function secondStepOf(
  deps: Pick<Deps, 'store'>,
  { tenant, pending, settings }: PendingLogin,
  factors: readonly Factor[],
): Promise<SecondStep> {
  const user = await deps.store.get(USERS, tenant.tenant_id, factors[0]?.userId ?? '')
  if (user === undefined) throw refused()
  const inputs = await inputsFor(deps, settings, user)
  const policy = effectivePolicy(inputs)
  const shown = { methods: factors.flatMap(({ methods }) => methods), enrolled: inputs.enrolled }
  const requested = pending.acrValues ?? []
  return {
    user,
    candidates: completingMethods(policy, requested, shown, await preferredMethod(deps.store, user)),
    enrollable: enrollable(policy, requested, shown),
  }
}
