import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { addressGroup } from '../lockout/address.ts'
import { issueCode } from '../login/codes.ts'
import { type DigitFormat, issueDigits } from '../login/mailed-digits.ts'
import { titleOf } from '../login/tenant-title.ts'
import { wordingFor } from '../login/wording.ts'
import { mayWrite } from '../login/written-letters.ts'
import { foldName } from '../platform/fold-name.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { mailOf, noteOf } from '../platform/mail/texts.ts'
import { phoneNumberIn } from '../platform/messages/numbers.ts'
import { mayText } from '../platform/messages/pumping.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { Invitation } from './invitations.ts'

/** Codes that show that somebody is the one who was invited, each with its account in the store of codes. */
export const CHECK_CODES = {
  text: ({ tenant_id, invitation_id }: Invitation) =>
    ({ tenant: tenant_id, purpose: 'invited-text', username: invitation_id }) as const,
  letter: ({ tenant_id, invitation_id }: Invitation) =>
    ({ tenant: tenant_id, purpose: 'invited-letter', username: invitation_id }) as const,
} as const

const TEXT_FORMAT: DigitFormat = { digits: 6, minutes: 10 }
const LETTER_DIGITS = 8

/** Mails a fresh code to who is invited, and has one written where the tenant demands it. */
export async function sendInvitation(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>,
  tenant: Tenant,
  policy: EffectivePolicy,
  invitation: Invitation,
): Promise<void> {
  const { invitation_id: user_id, tenant_id, email, valid_hours, expires_at, locale } = invitation
  const facts = { purpose: 'invitation', tenant_id, user_id, client_id: '', email_key: foldName(email) } as const
  const code = await issueCode(deps, facts, valid_hours * 3600)
  const link = pageAddress(deps, tenant_id, '/invitation', { code })
  const until = `${expires_at.slice(0, 16).replace('T', ' ')} UTC`
  const wording = await wordingFor(deps, tenant_id, locale)
  const about = { to: email, site: titleOf(tenant), code, until, link }
  await deps.mailer.post(tenant_id, mailOf('invitation', wording, about))
  if (policy.invitations.externalCode.value) await writeCode(deps, tenant, policy, invitation)
}

async function writeCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  { letters }: EffectivePolicy,
  invitation: Invitation,
) {
  const { invitation_id: userId, tenant_id, username, locale } = invitation
  if (!(await mayWrite(deps, tenant_id, userId, letters.pause.value))) return
  const unavailableFor = letters.unavailableFor.value
  const format = { digits: LETTER_DIGITS, minutes: invitation.valid_hours * 60, unavailableFor }
  const code = await issueDigits(deps, CHECK_CODES.letter(invitation), { userId, email: username }, format)
  const wording = await wordingFor(deps, tenant_id, locale)
  const note = noteOf('letterInvitation', wording, { to: username, site: titleOf(tenant), code })
  await deps.mailer.post(tenant_id, { ...note, channel: 'letter' })
}

/** Sends a code to the telephone that the invitation names, within the limits of text messages. */
export async function textCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
  tenant: Tenant,
  invitation: Invitation,
  ip: string,
): Promise<void> {
  const { invitation_id: userId, tenant_id, mobile_number, locale } = invitation
  const number = mobile_number === null ? undefined : await phoneNumberIn(mobile_number)
  if (number === undefined || !(await mayText(deps, { tenant: tenant_id, number, source: addressGroup(ip) }))) return
  const code = await issueDigits(deps, CHECK_CODES.text(invitation), { userId, email: number.e164 }, TEXT_FORMAT)
  const wording = await wordingFor(deps, tenant_id, locale)
  const note = noteOf('textInvitation', wording, { to: number.e164, site: titleOf(tenant), code })
  await deps.mailer.post(tenant_id, { ...note, channel: 'text' })
}
