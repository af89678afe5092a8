import { TEXTS } from '../mail/texts.ts'
import { foldName } from '../names.ts'
import type { Tenant } from '../vault/tenants.ts'
import { indexed, type StoredUser, USERS } from '../vault/users.ts'
import { issueCode, spendCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import { recordEvent } from './record.ts'
import { refused } from './refusal.ts'
import { titleOf } from './title.ts'

/** Mails a code with which the user shows that the address is theirs. */
export async function sendVerification(deps: LoginDeps, tenant: Tenant, user: StoredUser): Promise<void> {
  const { tenant_id } = tenant
  const { user_id, username, email } = user
  const email_key = foldName(email)
  const code = await issueCode(deps, { purpose: 'verify', tenant_id, user_id, client_id: '', email_key })
  await deps.mailer.post(tenant_id, TEXTS.verifyAddress({ to: email, site: titleOf(tenant), username, code }))
}

/** Spends a code and marks the address as shown. Throws the uniform refusal, also when the address changed since. */
export async function verifyAddress(deps: LoginDeps, text: string): Promise<void> {
  const code = await spendCode(deps, 'verify', text)
  const user = code && (await deps.store.get(USERS, code.tenant_id, code.user_id))
  if (!user || foldName(user.email) !== code.email_key) throw refused()
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
