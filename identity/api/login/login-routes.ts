import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { JsonObject } from '../../../config/json.ts'
import { hasCredentials, requireCaller } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { methodsOf } from '../../directory/login-secrets.ts'
import { USERS, userByName } from '../../directory/users.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { afterFactor, type LoginResult } from '../../login/factors.ts'
import { recorded } from '../../login/login-record.ts'
import { type PendingLogin, requirePending } from '../../login/pending-login.ts'
import { proofDeps } from '../../login/proof-deps.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { foldName } from '../../platform/fold-name.ts'
import { values } from '../../policy/decision.ts'
import { authenticateProof, issueChallenge } from '../../proof/server.ts'
import { HANDLE, type HandleQuery, loginBody, operations } from './operation.ts'
import { type RegisterBody, signUp } from './sign-up.ts'

interface ChallengeBody {
  readonly username: string
  readonly cipherKey: string
}
interface AuthenticateBody extends ChallengeBody {
  readonly challenge_id: string
  readonly challenge_data: string
  readonly ber?: { readonly ber?: { readonly count_bits?: number; readonly error_bits?: number } } | null
}

const publicOperation = (body: string) => ({
  config: PUBLIC_RATE,
  schema: { querystring: HANDLE, body: loginBody(body) },
})

/** What an organization's form may ask for beside the contract. */
const withMore = (body: JsonObject): JsonObject => ({
  ...body,
  properties: { ...(body.properties as JsonObject), mobile_number: { type: 'string', maxLength: 32 } },
})
const REGISTER = {
  config: PUBLIC_RATE,
  schema: { querystring: HANDLE, body: withMore(loginBody('RegisterRequest')) },
}

/** registerUser, getChallenge, authenticate. */
export async function loginRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await operations(app, '/v1/login/register', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: RegisterBody }>('', REGISTER, async (request, reply) => {
      await signUp(deps, await requirePending(deps, request.query.auth_req_id), request.body)
      return answerNull(reply, 201)
    })
  })

  await operations(app, '/v1/login/challenge', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: ChallengeBody }>(
      '',
      publicOperation('ChallengeRequest'),
      async (request) => issueChallenge(proofDeps(deps), { ...request.body, ...(await occasionOf(deps, request)) }),
    )
  })

  await operations(app, '/v1/login/authenticate', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: AuthenticateBody }>(
      '',
      { schema: { querystring: HANDLE, body: loginBody('AuthenticateRequest') } },
      async (request) => {
        requirePlausible(request.body)
        return signIn(deps, await requirePending(deps, request.query.auth_req_id), request)
      },
    )
  })
}

/** A login by its handle, or the caller's own challenge for a change of address (notes 5.16). */
async function occasionOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest<{ Querystring: HandleQuery; Body: ChallengeBody }>,
) {
  const { auth_req_id: handle } = request.query
  if (handle !== undefined) {
    const { tenant } = await requirePending(deps, handle)
    return { tenantId: tenant.tenant_id, purpose: 'login' as const, handle }
  }
  if (!hasCredentials(request)) throw invalid('/auth_req_id', 'auth_req_id or the credentials of a user are needed')
  const caller = await requireCaller(deps, request, 'users:write')
  const user = await deps.store.get(USERS, caller.tenant, caller.userId)
  if (user?.username_key !== foldName(request.body.username))
    throw invalid('/username', 'is not the name of the caller')
  return { tenantId: caller.tenant, purpose: 'email' as const, handle: caller.sessionId }
}

/** The bit-error report is checked, never decided on and not kept (notes, section 2, `ber`). */
function requirePlausible({ ber }: AuthenticateBody): void {
  const { count_bits = 0, error_bits = 0 } = ber?.ber ?? {}
  if (error_bits > count_bits) throw invalid('/ber/ber/error_bits', 'is above count_bits')
}

async function signIn(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  login: PendingLogin,
  request: FastifyRequest<{ Body: AuthenticateBody }>,
): Promise<LoginResult> {
  const { username, cipherKey, challenge_id, challenge_data } = request.body
  const { tenant_id: scope } = login.tenant
  const config = values(login.policy.lockout)
  const userId = (await userByName(deps.store, scope, username))?.user_id
  const attempt = await takeAttempt(deps, { scope, config, ip: request.ip, username, userId })
  const subject = { client_id: login.pending.clientId, method: 'knowledge' }
  const result = await recorded(deps, scope, { event: 'login', userId: userId ?? '', subject }, async () => {
    const answer = { tenantId: scope, username, cipherKey, handle: login.authReqId }
    const proven = await authenticateProof(proofDeps(deps), {
      ...answer,
      challengeId: challenge_id,
      challengeData: challenge_data,
    })
    const methods = await methodsOf(deps, scope, proven.userId)
    return afterFactor(deps, login, { kind: 'knowledge', userId: proven.userId, methods })
  })
  await attempt.succeed()
  return result
}
