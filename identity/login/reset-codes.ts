import { type Attempt, takeAttempt } from '../lockout/attempts.ts'
import { succeeds } from '../lockout/outcome.ts'
import { TEXTS } from '../mail/texts.ts'
import { foldName } from '../names.ts'
import { isDigits, issueDigits, spendDigits } from '../otp/digits.ts'
import { digitTokenOf } from '../otp/policy.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { CLIENTS } from '../vault/clients.ts'
import { defaultsOf } from '../vault/contract.ts'
import { type BlockConfig, TENANTS, type Tenant } from '../vault/tenants.ts'
import { type StoredUser, USERS } from '../vault/users.ts'
import { issueCode, RESET_MINUTES, spendCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import { recordEvent, recorded } from './record.ts'
import { refused } from './refusal.ts'
import { userByName } from './secrets.ts'
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
  const first = deps.store.create(REQUESTED, tenant_id, { username_key: foldName(username) }, PAUSE_SECONDS)
  if (!(await succeeds(first, 'CONFLICT'))) return
  const user = await userByName(deps.store, tenant_id, username)
  const client = await deps.store.get(CLIENTS, tenant_id, client_id)
  const isTheirs = user?.is_verified && !user.is_disabled && foldName(user.email) === foldName(email)
  const receiver = isTheirs && client && !client.is_lock ? user : undefined
  const facts = await issued(deps, tenant_id, client_id, { username, email }, receiver?.user_id ?? '')
  const userId = receiver?.user_id ?? ''
  await recordEvent(deps, tenant_id, { event: 'secret.reset-requested', userId, subject: { client_id } })
  if (!receiver) return
  const about = { to: receiver.email, site: titleOf(tenant), username: receiver.username }
  await deps.mailer.post(tenant_id, TEXTS.resetCode({ ...about, ...facts }))
}

async function issued(
  deps: LoginDeps,
  tenant_id: string,
  client_id: string,
  { username, email }: ResetRequest,
  user_id: string,
) {
  const format = await digitTokenOf(deps, tenant_id)
  if (format) {
    const account = { tenant: tenant_id, purpose: 'reset', username } as const
    return { code: await issueDigits(deps, account, user_id, format), minutes: format.minutes }
  }
  const code = await issueCode(deps, { purpose: 'reset', tenant_id, user_id, client_id, email_key: foldName(email) })
  return { code, minutes: RESET_MINUTES }
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

/** Numeric codes are out of use as soon as the organization switches them off (notes to the SailPoint contract). */
async function withDigits(deps: LoginDeps, brought: BroughtCode, work: Work): Promise<void> {
  const { tenantId = '', code, username } = brought
  const tenant = await deps.store.get(TENANTS, GLOBAL, tenantId)
  if (!tenant) throw refused()
  const named = await userByName(deps.store, tenantId, username)
  await attempted(deps, brought, tenant, named?.user_id ?? '', async () => {
    const inUse = (await digitTokenOf(deps, tenantId)) !== undefined
    const userId = await spendDigits(deps, { tenant: tenantId, purpose: 'reset', username }, code)
    const user = userId === undefined || !inUse ? undefined : await deps.store.get(USERS, tenantId, userId)
    await work(tenant, ownerOf(user, username))
  })
}

/** A wrong code names no tenant, so it counts for the address over all tenants, under the contract's own limits. */
async function withLongCode(deps: LoginDeps, brought: BroughtCode, work: Work): Promise<void> {
  const config = defaultsOf('BlockConfig') as unknown as BlockConfig
  const attempt = await takeAttempt(deps, { scope: GLOBAL, config, ip: brought.ip })
  const code = await spendCode(deps, 'reset', brought.code)
  const tenant = code && (await deps.store.get(TENANTS, GLOBAL, code.tenant_id))
  if (!code || !tenant) throw refused()
  await attempted(deps, brought, tenant, code.user_id, async () => {
    const user = await deps.store.get(USERS, code.tenant_id, code.user_id)
    await work(tenant, ownerOf(user, brought.username))
  })
  await attempt.succeed()
}

async function attempted(
  deps: LoginDeps,
  { username, ip, event }: BroughtCode,
  tenant: Tenant,
  userId: string,
  work: () => Promise<void>,
): Promise<void> {
  const { tenant_id: scope, block_config: config } = tenant
  const attempt: Attempt = await takeAttempt(deps, { scope, config, ip, username, userId: userId || undefined })
  await recorded(deps, scope, { event, userId }, work)
  await attempt.succeed()
}

function ownerOf(user: StoredUser | undefined, username: string): StoredUser {
  if (!user || user.is_disabled || user.username_key !== foldName(username)) throw refused()
  return user
}
