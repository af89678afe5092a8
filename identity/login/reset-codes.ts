import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { CLIENTS } from '../directory/clients.ts'
import { TENANTS, type Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS, userByName } from '../directory/users.ts'
import { takeAttempt } from '../lockout/attempts.ts'
import { foldName } from '../platform/fold-name.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { takeMail } from '../platform/mail/budget.ts'
import { mailOf } from '../platform/mail/texts.ts'
import { lockoutOf, loginPolicyOf } from '../policy/load.ts'
import { GLOBAL } from '../store/store.ts'
import { resetCodePolicy, resetCodePolicyOf } from './code-policy.ts'
import { findCode, issueCode, RESET_MINUTES, type StoredCode, takeCode } from './codes.ts'
import { recordEvent, recorded } from './login-record.ts'
import { nobody, send, someOf } from './mail-receiver.ts'
import { type DigitFormat, isDigits, issueDigits, matchDigits, takeDigits } from './mailed-digits.ts'
import { askInVain, migrateByAddress } from './migration.ts'
import { refused } from './refusal.ts'
import { titleOf } from './tenant-title.ts'
import { wordingFor } from './wording.ts'
import { refusalOfCode } from './wrong-code.ts'

/** Contract schema ResetPasswordRequest. */
export interface ResetRequest {
  readonly username: string
  readonly email: string
}

/** Numeric codes of a day that nobody used; then come long ones, which a stranger can neither guess nor wear out with wrong tries. */
const MOST_NUMERIC = 3

/**
 * Mails a code to a verified address, as often as the budget of the account says. A request with another address costs the owner nothing:
 * it is none for the account. The same work whether there is such an account or not: a code for nobody is stored, too, and mail leaves
 * behind the answer. The code is numeric where the organization of the tenant has enabled SailPoint's digit token.
 */
export async function sendResetCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'auditLog' | 'mailer'>,
  tenant: Tenant,
  client_id: string,
  { username, email }: ResetRequest,
): Promise<void> {
  const { tenant_id } = tenant
  const policy = await loginPolicyOf(deps, { tenant })
  const { open, format } = resetCodePolicy(policy)
  if (!open) throw new PlumblineError('FORBIDDEN', 'nobody resets a login secret here; ask the administrator')
  const here = await userByName(deps.store, tenant_id, username)
  if (here) await askInVain(deps, { tenant, policy }, username, 'address')
  const newcomer = here ? undefined : await migrateByAddress(deps, { tenant, policy }, { username, email })
  const user = here ?? newcomer ?? nobody(tenant, username, email)
  const client = await deps.store.get(CLIENTS, tenant_id, client_id)
  const isOpen = (await loginPolicyOf(deps, { tenant, user })).reset.open.value
  const isTheirs = isOpen && user.user_id !== '' && foldName(user.email) === foldName(email)
  const receiver = isTheirs && client && !client.is_lock ? user : undefined
  const ordinal = await takeMail(deps, tenant_id, 'reset', { userId: receiver?.user_id ?? someOf(username) })
  const userId = ordinal > 0 ? (receiver?.user_id ?? '') : ''
  const digits = receiver === undefined || ordinal <= MOST_NUMERIC ? format : undefined
  const code = await issued(deps, { tenant_id, client_id, username, email, userId }, digits)
  await recordEvent(deps, tenant_id, { event: 'secret.reset-requested', userId, subject: { client_id } })
  const link = pageAddress(deps, tenant_id, '/reset/code', { code, client_id })
  const about = { to: user.email, site: titleOf(tenant), username: user.username, link }
  await send(
    deps,
    tenant_id,
    userId,
    mailOf('resetCode', await wordingFor(deps, tenant_id, user.locale), {
      ...about,
      code,
      minutes: digits?.minutes ?? RESET_MINUTES,
    }),
  )
}

interface Receiver extends ResetRequest {
  readonly tenant_id: string
  readonly client_id: string
  readonly userId: string
}

function issued(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  receiver: Receiver,
  format: DigitFormat | undefined,
): Promise<string> {
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

/** Checks what else was sent, and returns what is done once the code is spent. */
type Work = (tenant: Tenant, user: StoredUser) => Promise<() => Promise<void>>

/**
 * Does the work for the owner of a reset code. The code is spent only for it: not by a wrong name, a block or a secret that is refused. A
 * block of the account does not stop it, since it is what lifts that. Throws the uniform refusal whatever is wrong with the code.
 */
export const withResetCode = (
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'auditLog'>,
  brought: BroughtCode,
  work: Work,
): Promise<void> => (isDigits(brought.code) ? withDigits(deps, brought, work) : withLongCode(deps, brought, work))

/** Digits can be guessed: tries count for the address, for the account, and for the code itself. */
async function withDigits(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'auditLog'>,
  brought: BroughtCode,
  work: Work,
): Promise<void> {
  const { tenantId: scope = '', code, username, ip } = brought
  const tenant = await deps.store.get(TENANTS, GLOBAL, scope)
  if (!tenant) throw refused()
  const userId = (await userByName(deps.store, scope, username))?.user_id
  const config = await lockoutOf(deps, tenant)
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId, passesBlock: true })
  await used(deps, brought, tenant, { user_id: userId ?? '' }, async () => {
    const account = { tenant: scope, purpose: 'reset', username } as const
    const matched = await matchDigits(deps, account, code, config.user_attempts_limit)
    // Numeric codes are out of use as soon as the organization switches them off (notes to the SailPoint contract).
    if (!matched || (await resetCodePolicyOf(deps, tenant)).format === undefined) throw refused()
    const done = await work(tenant, await ownerOf(deps, scope, matched, username))
    if (!(await takeDigits(deps, account, matched))) throw refused()
    await done()
  })
  await attempt.succeed()
}

/** A long code cannot be guessed: a good one is taken whatever else its network address tried. */
async function withLongCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'auditLog'>,
  brought: BroughtCode,
  work: Work,
): Promise<void> {
  const code = await findCode(deps, 'reset', brought.code)
  const tenant = code && (await deps.store.get(TENANTS, GLOBAL, code.tenant_id))
  if (!code || !tenant) throw await refusalOfCode(deps, brought.ip)
  await used(deps, brought, tenant, code, async () => {
    const done = await work(tenant, await ownerOf(deps, code.tenant_id, code, brought.username))
    if (!(await takeCode(deps, code))) throw refused()
    await done()
  })
}

async function used(
  deps: Pick<Deps, 'store' | 'metrics' | 'auditLog'>,
  { event }: BroughtCode,
  tenant: Tenant,
  { user_id: userId, first }: Pick<StoredCode, 'user_id' | 'first'>,
  use: () => Promise<void>,
): Promise<void> {
  await recorded(deps, tenant.tenant_id, { event, userId }, async () => {
    if (first !== true && !(await resetCodePolicyOf(deps, tenant)).open) throw refused()
    await use()
  })
}

/** Who was mailed the code. Another address since then voids it: the mailbox may be somebody else's now. */
async function ownerOf(
  deps: Pick<Deps, 'store'>,
  tenant: string,
  code: { readonly user_id: string; readonly email_key: string },
  username: string,
): Promise<StoredUser> {
  const user = await deps.store.get(USERS, tenant, code.user_id)
  if (!user || user.is_disabled || user.username_key !== foldName(username)) throw refused()
  if (foldName(user.email) !== code.email_key) throw refused()
  return user
}
