import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { AUTHENTICATORS, authenticatorOf, removeAuthenticator } from '../../directory/authenticators.ts'
import type { Tenant } from '../../directory/tenants.ts'
import type { StoredUser } from '../../directory/users.ts'
import { recordEvent } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { isLastWay } from '../own-devices.ts'
import { newRecoveryCodes } from './recovery-codes.ts'

/** New recovery codes in place of all that are left. Throws NOT_FOUND for who has no app. */
export async function renewRecoveryCodes(
  deps: Pick<Deps, 'store' | 'masterKey' | 'auditLog'>,
  user: StoredUser,
): Promise<readonly string[]> {
  const { tenant_id, user_id, created_at } = user
  if (!(await authenticatorOf(deps.store, user))) throw noApp()
  const { codes, hashes } = newRecoveryCodes(deps, user)
  await deps.store.update(AUTHENTICATORS, tenant_id, user_id, (old) =>
    old.user_created_at === created_at ? { ...old, recovery: hashes } : old,
  )
  await recordEvent(deps, tenant_id, { event: 'authenticator.codes-renewed', userId: user_id })
  return codes
}

/** Throws NOT_FOUND for who has no app, CONFLICT where the person could not sign in without it. */
export async function removeOwnAuthenticator(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>,
  tenant: Tenant,
  user: StoredUser,
): Promise<void> {
  if (!(await authenticatorOf(deps.store, user))) throw noApp()
  if (await isLastWay(deps, tenant, user, 'totp'))
    throw new PlumblineError('CONFLICT', 'you need the app to sign in; set up another second factor first')
  await removeAuthenticator(deps.store, tenant.tenant_id, user.user_id)
  await recordEvent(deps, tenant.tenant_id, { event: 'authenticator.removed', userId: user.user_id })
  await notify(deps, tenant, user, 'authenticatorRemoved')
}

const noApp = () => new PlumblineError('NOT_FOUND', 'you have no authenticator app')
