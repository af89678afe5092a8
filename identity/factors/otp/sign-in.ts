import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { USERS, userByName } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { codePolicyOf, takesCodes } from '../../login/code-policy.ts'
import { afterFactor, type LoginResult } from '../../login/factors.ts'
import { recordEvent, recorded } from '../../login/login-record.ts'
import { nobody, send, someOf } from '../../login/mail-receiver.ts'
import { issueDigits, matchDigits, takeDigits } from '../../login/mailed-digits.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { refused } from '../../login/refusal.ts'
import { titleOf } from '../../login/tenant-title.ts'
import { foldName } from '../../platform/fold-name.ts'
import { forgetMails, takeMail } from '../../platform/mail/budget.ts'
import { MAIL_TEXTS } from '../../platform/mail/texts.ts'
import { values } from '../../policy/decision.ts'

/**
 * Mails a code to the verified address of a user, as often as the budget of the account says; a newer code voids the older. Names that
 * nobody has get the same answer and the same work. Throws FORBIDDEN where the tenant takes no mailed codes.
 */
export async function sendCode(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  { tenant, pending }: PendingLogin,
  username: string,
): Promise<void> {
  const { tenant_id } = tenant
  const { offered, format } = await codePolicyOf(deps, tenant)
  if (!offered) throw notOffered()
  const named = (await userByName(deps.store, tenant_id, username)) ?? nobody(tenant, username)
  const isReceiver = (await takesCodes(deps, tenant, named)) && named.user_id !== '' && !named.is_disabled
  const counted = { userId: isReceiver ? named.user_id : someOf(username) }
  const isDue = (await takeMail(deps, tenant_id, 'code', counted)) > 0
  const userId = isReceiver && isDue ? named.user_id : ''
  const receiver = { userId, email: named.email }
  const code = await issueDigits(deps, { tenant: tenant_id, purpose: 'login', username }, receiver, format)
  await recordEvent(deps, tenant_id, { event: 'login.code-sent', userId, subject: { client_id: pending.clientId } })
  const facts = { to: named.email, site: titleOf(tenant), username: named.username, code, minutes: format.minutes }
  await send(deps, tenant_id, userId, MAIL_TEXTS.loginCode(facts))
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
  deps: Deps,
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
    const account = { tenant: scope, purpose: 'login', username } as const
    const matched = await matchDigits(deps, account, code)
    const user = matched && (await deps.store.get(USERS, scope, matched.user_id))
    if (!user?.is_verified || user.is_disabled || user.username_key !== foldName(username)) throw refused()
    if (foldName(user.email) !== matched?.email_key || !(await takeDigits(deps, account, matched))) throw refused()
    await attempt.succeed()
    await forgetMails(deps, scope, 'code', user.user_id)
    return afterFactor(deps, login, { kind: 'possession', userId: user.user_id, methods: ['otp'] })
  })
}

const notOffered = () => new PlumblineError('FORBIDDEN', 'nobody signs in with a mailed code here')
