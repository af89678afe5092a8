import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { type Caller, callerOf, forCallers } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser, USERS } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { requireFitting } from '../../login/address-patterns.ts'
import { type Sending, sendVerification, verifyAddress, withAddress } from '../../login/email.ts'
import { recordEvent, recorded } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { proofDeps } from '../../login/proof-deps.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { isAddress } from '../../platform/contract/validation.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { Fault } from '../../platform/fault.ts'
import { lockoutOf } from '../../policy/load.ts'
import { authorizeEmailChange } from '../../proof/server.ts'
import { loginBody, operations } from './operation.ts'

interface UserPath {
  readonly tenant_id: string
  readonly user_id: string
}
export interface EmailBody {
  readonly challenge_id: string
  readonly challenge_data: string
  readonly email: string
}

const CODE = {
  type: 'object',
  required: ['code'],
  properties: { code: { type: 'string', minLength: 1, maxLength: 128 } },
}

/** updateUserEmail, and verifyEmail and resendEmailVerification of the additions. */
export async function emailRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const update = {
    config: { own: 'users:write', action: 'changeEmail' },
    schema: { body: loginBody('UpdateEmailRequest') },
  } as const
  await operations(app, '/v1/tenants/:tenant_id/users/:user_id/email', (scope) =>
    forCallers(scope, deps, () => {
      scope.put<{ Params: UserPath; Body: EmailBody }>('', update, async (request, reply) => {
        const caller = callerOf(request)
        const { tenant_id, user_id } = request.params
        if (tenant_id !== caller.tenant || user_id !== caller.userId)
          throw new PlumblineError(
            'FORBIDDEN',
            'people change the own address only; an administrator can use updateUser',
          )
        await changeAddress(deps, caller, request, request.body)
        return answerNull(reply, 200)
      })
    }),
  )

  await operations(app, '/v1/users/email/verify', (scope) => {
    scope.post<{ Body: { code: string } }>('', { schema: { body: CODE } }, async ({ body, ip }, reply) => {
      await verifyAddress(deps, ip, body.code)
      return answerNull(reply, 200)
    })
  })

  await operations(app, '/v1/users/me/email/verification', (scope) =>
    forCallers(scope, deps, () => {
      scope.post('', { config: { own: 'users:write', ...PUBLIC_RATE } }, async (request, reply) => {
        const { tenant, userId } = callerOf(request)
        const user = await requireUser(deps, tenant, userId)
        const sending = await sendVerification(deps, await requireTenant(deps, tenant), user)
        if (sending === 'closed') throw new PlumblineError('FORBIDDEN', 'addresses are not verified here')
        if (sending === 'waits')
          throw new Fault(429, 'A code was mailed a moment ago. Try again later.', { headers: { 'retry-after': '60' } })
        return answerNull(reply, 200)
      })
    }),
  )
}

/** The caller's own address; returns whether a code to confirm it was mailed. By a challenge that the caller's own login secret solved (notes, section 3, and 5.17). */
export async function changeAddress(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  { tenant: scope, userId, sessionId }: Omit<Caller, 'methods'>,
  { ip }: Pick<FastifyRequest, 'ip'>,
  body: EmailBody,
): Promise<Sending> {
  const { challenge_id: challengeId, challenge_data: challengeData, email: newEmail } = body
  if (!isAddress(newEmail)) throw invalid('/email', 'is not an e-mail address')
  const tenant = await requireTenant(deps, scope)
  await requireFitting(deps, tenant, newEmail)
  const user = await requireUser(deps, scope, userId)
  const config = await lockoutOf(deps, tenant)
  const guess = { scope, config, ip, username: user.username, userId }
  const attempt = await takeAttempt(deps, guess)
  await recorded(deps, scope, { event: 'user.address-change', userId }, () =>
    authorizeEmailChange(proofDeps(deps), {
      tenantId: scope,
      userId,
      newEmail,
      handle: sessionId,
      challengeId,
      challengeData,
    }),
  )
  await attempt.succeed()
  const now = deps.now().toISOString()
  const changed = await deps.store.update(USERS, scope, userId, (old) => withAddress(old, newEmail, now))
  await notify(deps, tenant, user, 'addressChanged')
  const sending = await sendVerification(deps, tenant, changed)
  await recordEvent(deps, scope, { event: 'user.address-changed', userId })
  return sending
}
