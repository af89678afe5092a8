import type { Deps } from '../deps.ts'
import type { StoredUser } from '../directory/users.ts'
import { forgiveAccount } from '../lockout/attempts.ts'
import { endSessionsOf } from '../oidc/artifacts.ts'
import { forgetMails } from '../platform/mail/budget.ts'
import { dropCodesOf } from './codes.ts'
import { voidDigits } from './mailed-digits.ts'

/**
 * After a login secret was replaced. Whoever knew the old one is out: all sessions end, reset codes that were mailed are void, and the
 * block of the account is lifted.
 */
export async function afterReplacement(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  { tenant_id, user_id, username }: StoredUser,
): Promise<void> {
  await dropCodesOf(deps, tenant_id, user_id, 'reset')
  await forgetMails(deps, tenant_id, 'reset', user_id)
  await voidDigits(deps, { tenant: tenant_id, purpose: 'reset', username })
  await endSessionsOf(deps, tenant_id, user_id)
  await forgiveAccount(deps.store, tenant_id, username)
}
