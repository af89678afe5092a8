import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { ownersOf } from '../directory/phones.ts'
import type { Tenant } from '../directory/tenants.ts'
import { addressGroup } from '../lockout/address.ts'
import { noteOf } from '../platform/mail/texts.ts'
import { phoneNumberIn } from '../platform/messages/numbers.ts'
import { mayText } from '../platform/messages/pumping.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { recordEvent } from './login-record.ts'
import { titleOf } from './tenant-title.ts'
import { wordingFor } from './wording.ts'

/**
 * Sends the user names of a telephone number to it (CimFeatures, usernameReminderViaSmsEnabled). The answer is the same for numbers that nobody
 * has, and within the limits of text messages. Throws FORBIDDEN where there is no such reminder.
 */
export async function remindOfName(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'auditLog'>,
  tenant: Tenant,
  text: string,
  ip: string,
): Promise<void> {
  const { tenant_id } = tenant
  if (!(await loginPolicyOf(deps, { tenant })).reset.nameByText.value)
    throw new PlumblineError('FORBIDDEN', 'nobody is sent a user name here')
  const number = await phoneNumberIn(text)
  if (number === undefined || !(await mayText(deps, { tenant: tenant_id, number, source: addressGroup(ip) }))) return
  const owners = await ownersOf(deps.store, tenant_id, number.e164)
  const names = owners.map(({ username }) => username).join(', ')
  const wording = await wordingFor(deps, tenant_id, owners[0]?.locale ?? null)
  const note = noteOf('textName', wording, { to: number.e164, site: titleOf(tenant), username: names })
  const mail = { ...note, channel: 'text' } as const
  await (names === '' ? deps.mailer.pretend(mail) : deps.mailer.post(tenant_id, mail))
  for (const { user_id: userId } of owners) await recordEvent(deps, tenant_id, { event: 'user.name-reminded', userId })
}
