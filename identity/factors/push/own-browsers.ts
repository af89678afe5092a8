import { randomUUID } from 'node:crypto'
import { PlumblineError } from '../../../config/errors.ts'
import { seal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { PUSH_BROWSERS, pushBrowsersOf, pushPurpose } from '../../directory/push-browsers.ts'
import type { Tenant } from '../../directory/tenants.ts'
import type { StoredUser } from '../../directory/users.ts'
import { takesMethod } from '../../login/code-policy.ts'
import { recordEvent } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { isSubscription, type WebPushDevice } from '../../platform/messages/web-push.ts'
import { isLastWay } from '../own-devices.ts'

const MOST_BROWSERS = 5

type Parts = Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>

/** Whose browser. */
export interface PushOwner {
  readonly tenant: Tenant
  readonly user: StoredUser
}

/**
 * Lets a browser approve logins from now on. Throws FORBIDDEN where nobody approves so, 422 for what is no subscription, CONFLICT for one too
 * many.
 */
export async function addPushBrowser(
  deps: Parts,
  { tenant, user }: PushOwner,
  device: WebPushDevice,
  name: string,
): Promise<void> {
  if (!(await takesMethod(deps, tenant, user, 'push')))
    throw new PlumblineError('FORBIDDEN', 'nobody approves logins in a browser here')
  if (!isSubscription(device)) throw invalid('/endpoint', 'is no subscription of a browser')
  if ((await pushBrowsersOf(deps.store, user)).length >= MOST_BROWSERS)
    throw new PlumblineError('CONFLICT', `there are ${MOST_BROWSERS} browsers already; remove one first`)
  const { tenant_id, user_id, created_at: user_created_at } = user
  const id = randomUUID()
  const sealed = seal(deps.masterKey, pushPurpose(tenant_id, id), JSON.stringify(device))
  const created_at = deps.now().toISOString()
  await deps.store.create(PUSH_BROWSERS, tenant_id, { id, user_id, user_created_at, name, sealed, created_at })
  await recordEvent(deps, tenant_id, { event: 'push.registered', userId: user_id })
  await notify(deps, tenant, user, 'browserAdded')
}

/** Throws NOT_FOUND for one that is not theirs, CONFLICT where the person could not sign in without it. */
export async function removePushBrowser(deps: Parts, { tenant, user }: PushOwner, id: string): Promise<void> {
  const own = await pushBrowsersOf(deps.store, user)
  if (!own.some((browser) => browser.id === id)) throw new PlumblineError('NOT_FOUND', 'you have no such browser here')
  if (own.length === 1 && (await isLastWay(deps, tenant, user, 'push')))
    throw new PlumblineError('CONFLICT', 'you need the browser to sign in; set up another second factor first')
  await deps.store.delete(PUSH_BROWSERS, user.tenant_id, id)
  await recordEvent(deps, user.tenant_id, { event: 'push.removed', userId: user.user_id })
  await notify(deps, tenant, user, 'browserRemoved')
}
