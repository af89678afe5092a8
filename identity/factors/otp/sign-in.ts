import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Tenant } from '../../directory/tenants.ts'
import { type StoredUser, USERS, userByName } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { codePolicyOf, takesCodes } from '../../login/code-policy.ts'
import type { LoginDeps } from '../../login/deps.ts'
import { issueDigits, spendDigits } from '../../login/digits.ts'
import { afterFactor, type LoginResult, type PendingLogin } from '../../login/factors.ts'
import { recordEvent, recorded } from '../../login/record.ts'
import { refused } from '../../login/refusal.ts'
import { titleOf } from '../../login/title.ts'
import { TEXTS } from '../../platform/mail/texts.ts'
import { foldName } from '../../platform/names.ts'
import { succeeds } from '../../platform/outcome.ts'
import { values } from '../../policy/decision.ts'
import type { Collection } from '../../store/store.ts'

/** One login code per account and minute, whoever asks. */
const SENT: Collection<{ readonly username_key: string }> = {
  name: 'loginCodesSent',
  id: (sent) => sent.username_key,
  indexes: [],
}
const PAUSE_SECONDS = 60

/**
 * Mails a code to the verified address of a user, once a minute and account; a newer code voids the older. Names that nobody has get
 * the same answer and the same work. Throws FORBIDDEN where the tenant takes no mailed codes.
 */
export async function sendCode(deps: LoginDeps, { tenant, pending }: PendingLogin, username: string): Promise<void> {
  const { tenant_id } = tenant
  const { offered, format } = await codePolicyOf(deps, tenant)
  if (!offered) throw notOffered()
  const first = deps.store.create(SENT, tenant_id, { username_key: foldName(username) }, PAUSE_SECONDS)
  if (!(await succeeds(first, 'CONFLICT'))) return
  const user = await receiverOf(deps, tenant, username)
  const userId = user?.user_id ?? ''
  const receiver = { userId, email: user?.email ?? '' }
  const code = await issueDigits(deps, { tenant: tenant_id, purpose: 'login', username }, receiver, format)
  await recordEvent(deps, tenant_id, { event: 'login.code-sent', userId, subject: { client_id: pending.clientId } })
  if (!user) return
  const facts = { to: user.email, site: titleOf(tenant), username: user.username, code, minutes: format.minutes }
  await deps.mailer.post(tenant_id, TEXTS.loginCode(facts))
}

async function receiverOf(deps: LoginDeps, tenant: Tenant, username: string): Promise<StoredUser | undefined> {
  const user = await userByName(deps.store, tenant.tenant_id, username)
  return user && !user.is_disabled && (await takesCodes(deps, tenant, user)) ? user : undefined
}

/** What a person enters. */
export interface CodeAnswer {
  readonly username: string
  readonly code: string
}

/**
 * Signs in with a mailed code, which is a possession factor. Throws FORBIDDEN where the tenant takes none, the uniform refusal
 * whatever is wrong with name or code, and 429 while blocked.
 */
export async function signInWithCode(
  deps: LoginDeps,
  login: PendingLogin,
  { ip }: Pick<FastifyRequest, 'ip'>,
  { username, code }: CodeAnswer,
): Promise<LoginResult> {
  const { tenant_id: scope } = login.tenant
  const config = values(login.policy.lockout)
  if (!(await codePolicyOf(deps, login.tenant)).offered) throw notOffered()
  const named = (await userByName(deps.store, scope, username))?.user_id
  const attempt = await takeAttempt(deps, { scope, config, ip, username, userId: named })
  const subject = { client_id: login.pending.clientId, method: 'otp' }
  return recorded(deps, scope, { event: 'login', userId: named ?? '', subject }, async () => {
    const spent = await spendDigits(deps, { tenant: scope, purpose: 'login', username }, code)
    const user = spent && (await deps.store.get(USERS, scope, spent.user_id))
    if (!user?.is_verified || user.is_disabled || user.username_key !== foldName(username)) throw refused()
    if (foldName(user.email) !== spent?.email_key) throw refused()
    await attempt.succeed()
    return afterFactor(deps, login, { kind: 'possession', userId: user.user_id, methods: ['otp'] })
  })
}

const notOffered = () => new PlumblineError('FORBIDDEN', 'nobody signs in with a mailed code here')
