import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { USERS } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { afterFactor, type Factor, type LoginResult } from '../../login/factors.ts'
import { recorded } from '../../login/login-record.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import { refused } from '../../login/refusal.ts'
import { forgetMails } from '../../platform/mail/budget.ts'
import { values } from '../../policy/decision.ts'
import { takePushApproval } from './approvals.ts'

/**
 * Confirms a login that was approved in a browser of who has shown `first`. Throws the uniform refusal when it was not, and 429 while
 * blocked.
 */
export async function confirmWithPush(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog' | 'metrics'>,
  login: PendingLogin,
  { ip }: Pick<FastifyRequest, 'ip'>,
  { userId, kind }: Factor,
): Promise<LoginResult> {
  const { tenant_id: scope } = login.tenant
  const user = await deps.store.get(USERS, scope, userId)
  if (!user || user.is_disabled || kind !== 'knowledge') throw refused()
  const config = values(login.policy.lockout)
  const attempt = await takeAttempt(deps, { scope, config, ip, username: user.username, userId, confirms: true })
  const subject = { client_id: login.pending.clientId, method: 'push' }
  return recorded(deps, scope, { event: 'login', userId, subject }, async () => {
    const approval = await takePushApproval(deps, login)
    if (approval?.user_id !== userId) throw refused()
    await attempt.succeed()
    await forgetMails(deps, scope, 'push', userId)
    return afterFactor(deps, login, { kind: 'possession', userId, methods: ['push'] })
  })
}
