import type { Deps } from '../deps.ts'
import { USERS } from '../directory/users.ts'
import { endSessionsOf, revokeGrantsOf } from '../oidc/artifacts.ts'
import { type Payloads, surely } from '../platform/jobs/jobs.ts'

/** Runs a change that disables a user, and ends what the user is signed in to. */
export async function disabling<T>(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  userId: string,
  change: () => Promise<T>,
): Promise<T> {
  const payload = { tenant, userId }
  return surely(deps, 'login-ending', payload, async () => {
    const result = await change()
    await endLoginsOfDisabled(deps, payload)
    return result
  })
}

/** Ends the sessions and tokens of a user who is disabled; applications that want to know are told. */
export async function endLoginsOfDisabled(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  { tenant, userId }: Payloads['login-ending'],
): Promise<void> {
  if (!(await deps.store.get(USERS, tenant, userId))?.is_disabled) return
  await endSessionsOf(deps, tenant, userId)
  await revokeGrantsOf(deps, tenant, userId)
}
