import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { indexed, type StoredUser, USERS } from '../directory/users.ts'
import { foldName } from '../platform/fold-name.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { takeMail } from '../platform/mail/budget.ts'
import type { Mail } from '../platform/mail/outbox.ts'
import { type MessageWording, mailOf } from '../platform/mail/texts.ts'
import { values } from '../policy/decision.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { findCode, issueCode, takeCode } from './codes.ts'
import { recordEvent } from './login-record.ts'
import { refused } from './refusal.ts'
import { titleOf } from './tenant-title.ts'
import { wordingFor } from './wording.ts'
import { refusalOfCode } from './wrong-code.ts'

/** Whether a code was mailed: `waits` when the account or the address got several lately, `closed` where the policy lets nobody show it. */
export type Sending = 'sent' | 'waits' | 'closed'

/** Mails a code with which the user shows that the address is theirs. */
export async function sendVerification(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>,
  tenant: Tenant,
  user: StoredUser,
): Promise<Sending> {
  const { verifiesAddresses, verificationSeconds } = values((await loginPolicyOf(deps, { tenant, user })).signUp)
  if (!verifiesAddresses) return 'closed'
  const { tenant_id } = tenant
  const { user_id, email } = user
  const email_key = foldName(email)
  const isDue = (await takeMail(deps, tenant_id, 'verify', { userId: user_id, address: email_key })) > 0
  if (!isDue || !(await mayReach(deps, user))) return 'waits'
  const facts = { purpose: 'verify', tenant_id, user_id, client_id: '', email_key } as const
  const code = await issueCode(deps, facts, verificationSeconds)
  const wording = await wordingFor(deps, tenant_id, user.locale)
  await deps.mailer.post(tenant_id, verificationMail(deps, tenant, user, code, wording))
  return 'sent'
}

/** The message with such a code. */
export function verificationMail(
  deps: Pick<Deps, 'publicUrl'>,
  tenant: Tenant,
  { username, email }: StoredUser,
  code: string,
  wording: MessageWording,
): Mail {
  const link = pageAddress(deps, tenant.tenant_id, '/verify', { code })
  return mailOf('verifyAddress', wording, { to: email, site: titleOf(tenant), username, code, link })
}

/** An address that nobody has confirmed may be a stranger's: whoever's accounts name it, it gets a bounded number of messages. */
export const mayReach = async (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  { tenant_id, email, is_verified }: StoredUser,
): Promise<boolean> => is_verified || (await takeMail(deps, tenant_id, 'address', { address: foldName(email) })) > 0

/** Mails another code to who cannot sign in before the address is shown: they have no session to ask for one. */
export async function remindToVerify(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>,
  tenant: Tenant,
  user: StoredUser,
): Promise<void> {
  if ((await takeMail(deps, tenant.tenant_id, 'reminder', { userId: user.user_id })) > 0)
    await sendVerification(deps, tenant, user)
}

/**
 * Spends a code and marks the address as shown. A good code works whatever else the network address tried: it cannot be guessed, and wrong
 * ones count for that address over all tenants. Throws the uniform refusal, also when the address changed since.
 */
export async function verifyAddress(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'auditLog'>,
  ip: string,
  text: string,
): Promise<void> {
  const code = await findCode(deps, 'verify', text)
  if (!code) throw await refusalOfCode(deps, ip)
  const user = await deps.store.get(USERS, code.tenant_id, code.user_id)
  if (!user || foldName(user.email) !== code.email_key || !(await takeCode(deps, code))) throw refused()
  const updated_at = deps.now().toISOString()
  await deps.store.update(USERS, code.tenant_id, code.user_id, (old) =>
    // Checked again inside the swap: the address may have changed in between.
    foldName(old.email) === code.email_key ? { ...old, is_verified: true, updated_at, version: old.version + 1 } : old,
  )
  await recordEvent(deps, code.tenant_id, { event: 'user.address-verified', userId: user.user_id })
}

/** The user with another, unverified address. */
export function withAddress(old: StoredUser, value: string, updated_at: string): StoredUser {
  const [first, ...others] = old.emails
  const emails = [{ ...first, value }, ...others]
  return indexed({ ...old, emails, is_verified: false, updated_at, version: old.version + 1 })
}
