import { PlumblineError } from '../../config/errors.ts'
import { CLIENTS } from '../directory/clients.ts'
import { type BlockConfig, TENANTS, type Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS, userByName } from '../directory/users.ts'
import { takeAttempt } from '../lockout/attempts.ts'
import { defaultsOf } from '../platform/contract/vault-contract.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { TEXTS } from '../platform/mail/texts.ts'
import { foldName } from '../platform/names.ts'
import { succeeds } from '../platform/outcome.ts'
import { lockoutOf } from '../policy/load.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { resetCodePolicyOf } from './code-policy.ts'
import { issueCode, RESET_MINUTES, spendCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import { type DigitFormat, isDigits, issueDigits, spendDigits } from './digits.ts'
import { recordEvent, recorded } from './record.ts'
import { refused } from './refusal.ts'
import { titleOf } from './title.ts'

/** Contract schema ResetPasswordRequest. */
export interface ResetRequest {
  readonly username: string
  readonly email: string
}

/** One reset message per account and minute, whoever asks. */
const REQUESTED: Collection<{ readonly username_key: string }> = {
  name: 'loginResetRequests',
  id: (r) => r.username_key,
  indexes: [],
}
const PAUSE_SECONDS = 60

/**
 * Mails a code to a verified address. The same work whether there is such an account or not: a code for nobody is stored, too, and
 * mail leaves behind the answer. The code is numeric where the organization of the tenant has enabled SailPoint's digit token.
 */
export async function sendResetCode(
  deps: LoginDeps,
  tenant: Tenant,
  client_id: string,
  { username, email }: ResetRequest,
): Promise<void> {
  const { tenant_id } = tenant
  const { open, format } = await resetCodePolicyOf(deps, tenant)
  if (!open) throw new PlumblineError('FORBIDDEN', 'nobody resets a login secret here; ask the administrator')
  const first = deps.store.create(REQUESTED, tenant_id, { username_key: foldName(username) }, PAUSE_SECONDS)
  if (!(await succeeds(first, 'CONFLICT'))) return
  const user = await userByName(deps.store, tenant_id, username)
  const client = await deps.store.get(CLIENTS, tenant_id, client_id)
  const isTheirs = user?.is_verified && !user.is_disabled && foldName(user.email) === foldName(email)
  const receiver = isTheirs && client && !client.is_lock ? user : undefined
  const userId = receiver?.user_id ?? ''
  const code = await issued(deps, { tenant_id, client_id, username, email, userId }, format)
  await recordEvent(deps, tenant_id, { event: 'secret.reset-requested', userId, subject: { client_id } })
  if (!receiver) return
  const link = pageAddress(deps, tenant_id, '/reset/code', { code, client_id })
  const about = { to: receiver.email, site: titleOf(tenant), username: receiver.username, link }
  await deps.mailer.post(tenant_id, TEXTS.resetCode({ ...about, code, minutes: format?.minutes ?? RESET_MINUTES }))
}

interface Receiver extends ResetRequest {
  readonly tenant_id: string
  readonly client_id: string
  readonly userId: string
}

function issued(deps: LoginDeps, receiver: Receiver, format: DigitFormat | undefined): Promise<string> {
  const { tenant_id, client_id, username, email, userId } = receiver
  if (format) return issueDigits(deps, { tenant: tenant_id, purpose: 'reset', username }, { userId, email }, format)
  const email_key = foldName(email)
  return issueCode(deps, { purpose: 'reset', tenant_id, user_id: userId, client_id, email_key })
}

/** The query of the operations that take a code: a numeric one needs to be told whose it is. */
export const CODE_QUERY = {
  type: 'object',
  properties: { tenant_id: { type: 'string', minLength: 1, maxLength: 128 } },
} as const
export interface CodeQuery {
  readonly tenant_id?: string
}

/** A code as it comes back. */
export interface BroughtCode {
  readonly code: string
  readonly username: string
  readonly ip: string
  /** Demanded by a numeric code; a long one knows its tenant. */
  readonly tenantId: string | undefined
  /** What the audit log calls it. */
  readonly event: string
}

type Work = (tenant: Tenant, user: StoredUser) => Promise<void>

/** Spends a reset code and does the work for its owner. Throws the uniform refusal whatever is wrong with it, and 429 while blocked. */
export const withResetCode = (deps: LoginDeps, brought: BroughtCode, work: Work): Promise<void> =>
  isDigits(brought.code) ? withDigits(deps, brought, work) : withLongCode(deps, brought, work)

async function withDigits(deps: LoginDeps, brought: BroughtCode, work: Work): Promise<void> {
  const { tenantId = '', code, username } = brought
  const tenant = await deps.store.get(TENANTS, GLOBAL, tenantId)
  if (!tenant) throw refused()
  const named = await userByName(deps.store, tenantId, username)
  await attempted(deps, brought, tenant, named?.user_id ?? '', async () => {
    const spent = await spendDigits(deps, { tenant: tenantId, purpose: 'reset', username }, code)
    // Numeric codes are out of use as soon as the organization switches them off (notes to the SailPoint contract).
    if ((await resetCodePolicyOf(deps, tenant)).format === undefined) throw refused()
    await work(tenant, await ownerOf(deps, tenantId, spent, username))
  })
}

/** A wrong code names no tenant, so it counts for the address over all tenants, under the contract's own limits. */
async function withLongCode(deps: LoginDeps, brought: BroughtCode, work: Work): Promise<void> {
  const config = defaultsOf('BlockConfig') as unknown as BlockConfig
  const attempt = await takeAttempt(deps, { scope: GLOBAL, config, ip: brought.ip })
  const code = await spendCode(deps, 'reset', brought.code)
  const tenant = code && (await deps.store.get(TENANTS, GLOBAL, code.tenant_id))
  if (!code || !tenant) throw refused()
  await attempted(deps, brought, tenant, code.user_id, async () =>
    work(tenant, await ownerOf(deps, code.tenant_id, code, brought.username)),
  )
  await attempt.succeed()
}

async function attempted(
  deps: LoginDeps,
  { username, ip, event }: BroughtCode,
  tenant: Tenant,
  userId: string,
  work: () => Promise<void>,
): Promise<void> {
  const scope = tenant.tenant_id
  const config = await lockoutOf(deps, tenant)
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId: userId || undefined })
  await recorded(deps, scope, { event, userId }, async () => {
    if (!(await resetCodePolicyOf(deps, tenant)).open) throw refused()
    await work()
  })
  await attempt.succeed()
}

/** Who was mailed the code. Another address since then voids it: the mailbox may be somebody else's now. */
async function ownerOf(
  deps: LoginDeps,
  tenant: string,
  code: { readonly user_id: string; readonly email_key: string } | undefined,
  username: string,
): Promise<StoredUser> {
  const user = code && (await deps.store.get(USERS, tenant, code.user_id))
  if (!user || user.is_disabled || user.username_key !== foldName(username)) throw refused()
  if (foldName(user.email) !== code.email_key) throw refused()
  return user
}
