import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import type { Mail } from '../platform/mail/outbox.ts'
import { mayReach } from './email.ts'
import { titleOf } from './tenant-title.ts'

/** Tells a person by mail what was changed in the account. Addresses that nobody has confirmed get a bounded number of messages. */
export async function notify(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  user: StoredUser,
  text: (facts: { readonly to: string; readonly site: string; readonly username: string }) => Mail,
): Promise<void> {
  if (!(await mayReach(deps, user))) return
  const { email: to, username } = user
  await deps.mailer.post(tenant.tenant_id, text({ to, site: titleOf(tenant), username }))
}
