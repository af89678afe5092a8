import type { Deps } from '../deps.ts'
import { removeActivation } from '../directory/activations.ts'
import { API_KEYS } from '../directory/api-keys.ts'
import { removeAuthenticator } from '../directory/authenticators.ts'
import { removeCustomAttributes } from '../directory/custom-attributes.ts'
import { removeIdentitiesOf } from '../directory/identities.ts'
import { removeSecret } from '../directory/login-secrets.ts'
import { removePasskeysOf } from '../directory/passkeys.ts'
import { removePassword } from '../directory/passwords.ts'
import { removePhone } from '../directory/phones.ts'
import { removePreference } from '../directory/preferred-methods.ts'
import { removePushBrowsersOf } from '../directory/push-browsers.ts'
import { leaveGroups } from '../directory/scim/groups.ts'
import { USERS } from '../directory/users.ts'
import { dropCodesOf } from '../login/codes.ts'
import { removeCodesOf } from '../login/mailed-digits.ts'
import { forgetSessionsOf } from '../login/sessions.ts'
import { endSessionsOf, revokeGrantsOf } from '../oidc/artifacts.ts'
import { removeFirstLogin } from '../people/extra-form.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { type Payloads, surely } from '../platform/jobs/jobs.ts'
import { forgetMailsOf } from '../platform/mail/budget.ts'
import { succeeds } from '../platform/succeeds.ts'
import { GLOBAL } from '../store/store.ts'

type Remover = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  userId: string,
) => Promise<unknown>

/** Everything that is there for a user alone. What opens the account goes first, what it left open last. */
const BELONGINGS: readonly Remover[] = [
  removeApiKeys,
  ({ store }, tenant, userId) => removeSecret(store, tenant, userId),
  ({ store }, tenant, userId) => removePassword(store, tenant, userId),
  removePasskeysOf,
  ({ store }, tenant, userId) => removePreference(store, tenant, userId),
  ({ store }, tenant, userId) => removeCustomAttributes(store, tenant, userId),
  ({ store }, tenant, userId) => removePhone(store, tenant, userId),
  ({ store }, tenant, userId) => removeAuthenticator(store, tenant, userId),
  ({ store }, tenant, userId) => removePushBrowsersOf(store, tenant, userId),
  ({ store }, tenant, userId) => removeIdentitiesOf(store, tenant, userId),
  ({ store }, tenant, userId) => removeActivation(store, tenant, userId),
  removeFirstLogin,
  dropCodesOf,
  removeCodesOf,
  ({ store, now }, tenant, userId) => leaveGroups(store, tenant, userId, now().toISOString()),
  endSessionsOf,
  revokeGrantsOf,
  forgetSessionsOf,
  forgetMailsOf,
]

/**
 * Deletes a user with everything that belongs to it; applications that want to know are told that its sessions ended. Begun, it is
 * finished, by the worker if this process dies. True when there was one.
 */
export async function removeUser(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  userId: string,
): Promise<boolean> {
  const user = await deps.store.get(USERS, tenant, userId)
  if (!user) return false
  const payload = { tenant, userId, createdAt: user.created_at }
  await surely(deps, 'user-removal', payload, () => finishRemoval(deps, payload))
  return true
}

/**
 * Removes, or goes on removing. The record is disabled first, so that nobody gets in meanwhile, and deleted last: until then its id is
 * taken, and no later user of it can lose anything.
 */
export async function finishRemoval(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  { tenant, userId, createdAt }: Payloads['user-removal'],
): Promise<void> {
  const { store } = deps
  const user = await store.get(USERS, tenant, userId)
  if (user?.created_at !== createdAt) return
  const disabled = store.update(USERS, tenant, userId, (old) => ({ ...old, is_disabled: true }))
  if (!(await succeeds(disabled, 'NOT_FOUND'))) return
  for (const remove of BELONGINGS) await remove(deps, tenant, userId)
  await store.delete(USERS, tenant, userId)
}

async function removeApiKeys({ store }: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  const keys = await collect(everyOne(store, API_KEYS, GLOBAL, { tenant_id: tenant, user_id: userId }))
  for (const key of keys) await store.delete(API_KEYS, GLOBAL, key.key_id)
}
