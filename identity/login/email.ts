import type { Tenant } from '../directory/tenants.ts'
import { indexed, type StoredUser, USERS } from '../directory/users.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { TEXTS } from '../platform/mail/texts.ts'
import { foldName } from '../platform/names.ts'
import { succeeds } from '../platform/outcome.ts'
import { values } from '../policy/decision.ts'
import { policyOf } from '../policy/load.ts'
import type { Collection } from '../store/store.ts'
import { issueCode, spendCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import { recordEvent } from './record.ts'
import { refused } from './refusal.ts'
import { titleOf } from './title.ts'

/** Mails a code with which the user shows that the address is theirs. False where the policy lets nobody show it. */
export async function sendVerification(deps: LoginDeps, tenant: Tenant, user: StoredUser): Promise<boolean> {
  const { verifiesAddresses, verificationSeconds } = values((await policyOf(deps, { tenant, user })).signUp)
  if (!verifiesAddresses) return false
  const { tenant_id } = tenant
  const { user_id, username, email } = user
  const facts = { purpose: 'verify', tenant_id, user_id, client_id: '', email_key: foldName(email) } as const
  const code = await issueCode(deps, facts, verificationSeconds)
  const link = pageAddress(deps, tenant_id, '/verify', { code })
  await deps.mailer.post(tenant_id, TEXTS.verifyAddress({ to: email, site: titleOf(tenant), username, code, link }))
  return true
}

/** One message per account and minute to somebody who signed in rightly and has yet to show the address. */
const REMINDED: Collection<{ readonly user_id: string }> = {
  name: 'loginVerificationReminders',
  id: (reminded) => reminded.user_id,
  indexes: [],
}
const PAUSE_SECONDS = 60

/** Mails another code to who cannot sign in before the address is shown: they have no session to ask for one. */
export async function remindToVerify(deps: LoginDeps, tenant: Tenant, user: StoredUser): Promise<void> {
  const first = deps.store.create(REMINDED, tenant.tenant_id, { user_id: user.user_id }, PAUSE_SECONDS)
  if (await succeeds(first, 'CONFLICT')) await sendVerification(deps, tenant, user)
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
