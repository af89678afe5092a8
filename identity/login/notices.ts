import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { type MailName, mailOf } from '../platform/mail/texts.ts'
import { mayReach } from './email.ts'
import { titleOf } from './tenant-title.ts'
import { wordingFor } from './wording.ts'

/** What was changed. */
type Notice = Extract<MailName, `${string}${'Changed' | 'Added' | 'Removed' | 'Connected'}`>

/** Tells a person by mail what was changed in the account. Addresses that nobody has confirmed get a bounded number of messages. */
export async function notify(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  user: StoredUser,
  notice: Notice,
): Promise<void> {
  if (!(await mayReach(deps, user))) return
  const { email: to, username, locale } = user
  const wording = await wordingFor(deps, tenant.tenant_id, locale)
  await deps.mailer.post(tenant.tenant_id, mailOf(notice, wording, { to, site: titleOf(tenant), username }))
}
