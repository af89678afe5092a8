import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireRecentLogin, type SignedIn } from '../../access/access-token.ts'
import type { Deps } from '../../deps.ts'
import { putSecret } from '../../directory/login-secrets.ts'
import { requireTenant, TENANTS, type Tenant } from '../../directory/tenants.ts'
import { requireUser, type StoredUser } from '../../directory/users.ts'
import { afterReplacement } from '../../login/after-replacement.ts'
import { recordEvent } from '../../login/login-record.ts'
import { notify } from '../../login/notices.ts'
import { proofDeps } from '../../login/proof-deps.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { CODE_QUERY, type CodeQuery, type ResetRequest, sendResetCode, withResetCode } from '../../login/reset-codes.ts'
import { requireStepUp } from '../../login/step-up.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { change, reset } from '../../proof/enrolment.ts'
import { GLOBAL } from '../../store/store.ts'
import { loginBody, operations } from './operation.ts'

interface ResetQuery {
  readonly client_id: string
  readonly tenant_id: string
}
export interface NewSecret {
  readonly encrypted_commitment: string
  readonly proto_version: string
}
interface ResetBody extends NewSecret {
  readonly code: string
  readonly username: string
}

const TEXT = { type: 'string', minLength: 1, maxLength: 128 }
const QUERY = {
  type: 'object',
  required: ['client_id', 'tenant_id'],
  properties: { client_id: TEXT, tenant_id: TEXT },
}

/** requestPasswordReset, resetPasswordWithCode, changePassword. */
export async function passwordRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const request = { config: PUBLIC_RATE, schema: { querystring: QUERY, body: loginBody('ResetPasswordRequest') } }
  await operations(app, '/v1/password/reset-request', (scope) => {
    scope.post<{ Querystring: ResetQuery; Body: ResetRequest }>('', request, async ({ query, body }, reply) => {
      const tenant = await deps.store.get(TENANTS, GLOBAL, query.tenant_id)
      if (tenant) await sendResetCode(deps, tenant, query.client_id, body)
      return answerNull(reply, 200)
    })
  })

  await operations(app, '/v1/password/reset', (scope) => {
    const schema = { querystring: CODE_QUERY, body: loginBody('ResetPasswordWithCodeRequest') }
    scope.post<{ Querystring: CodeQuery; Body: ResetBody }>('', { schema }, async (request, reply) => {
      await resetWithCode(deps, request)
      return answerNull(reply, 200)
    })
  })

  await operations(app, '/v1/password/change', (scope) => {
    const schema = { body: loginBody('ChangePasswordRequest') }
    scope.post<{ Body: NewSecret }>('', { schema }, async (request, reply) => {
      await changeSecret(deps, await requireRecentLogin(deps, request), request.body)
      return answerNull(reply, 200)
    })
  })
}

/** Sets another login secret for who brings the code. */
const resetWithCode = (
  deps: Deps,
  { body, query, ip }: FastifyRequest<{ Querystring: CodeQuery; Body: ResetBody }>,
): Promise<void> =>
  withResetCode(deps, { ...body, tenantId: query.tenant_id, ip, event: 'secret.reset' }, async (tenant, user) => {
    const message = newCommitment(tenant, user.user_id, body.username, body, body.code)
    const commitment = await reset(proofDeps(deps), message)
    return () => replaceSecret(deps, tenant, user, commitment)
  })

/**
 * Sets another login secret for a person who signed in within the last five minutes, as strongly as the policy demands. Throws FORBIDDEN
 * when that is longer ago, and as `requireStepUp`.
 */
export async function changeSecret(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'auditLog' | 'mailer'>,
  login: Pick<SignedIn, 'tenant' | 'userId' | 'sessionId' | 'authTime' | 'methods'>,
  body: NewSecret,
): Promise<void> {
  await requireStepUp(deps, login, 'changePassword')
  const { tenant: tenantId, userId, sessionId, authTime } = login
  const tenant = await requireTenant(deps, tenantId)
  const user = await requireUser(deps, tenantId, userId)
  const message = newCommitment(tenant, userId, user.username, body, sessionId)
  const commitment = await change(proofDeps(deps), message, new Date(authTime * 1000))
  await replaceSecret(deps, tenant, user, commitment)
  await recordEvent(deps, tenantId, { event: 'secret.changed', userId, subject: { session_id: sessionId } })
}

const newCommitment = (tenant: Tenant, userId: string, username: string, body: NewSecret, handle: string) => ({
  tenantId: tenant.tenant_id,
  userId,
  username,
  handle,
  encryptedCommitment: body.encrypted_commitment,
  protoVersion: body.proto_version as 'sv-schnorr-r255-1',
})

async function replaceSecret(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell' | 'mailer'>,
  tenant: Tenant,
  user: StoredUser,
  commitment: string,
): Promise<void> {
  await putSecret(deps, tenant, user, commitment)
  await afterReplacement(deps, user)
  await notify(deps, tenant, user, 'secretChanged')
}
