import type { FastifyInstance, FastifyRequest } from 'fastify'
import { forgiveAccount, takeAttempt } from '../lockout/attempts.ts'
import { succeeds } from '../lockout/outcome.ts'
import { TEXTS } from '../mail/texts.ts'
import { endSessionsOf } from '../oidc/artifacts.ts'
import { requireRecentLogin } from '../oidc/bearer.ts'
import { change, reset } from '../proof/enrolment.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { answerNull } from '../vault/answers.ts'
import { CLIENTS } from '../vault/clients.ts'
import { defaultsOf } from '../vault/contract.ts'
import { type BlockConfig, requireTenant, TENANTS, type Tenant } from '../vault/tenants.ts'
import { foldName, requireUser, type StoredUser, USERS } from '../vault/users.ts'
import { issueCode, spendCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import { loginBody, operations } from './operation.ts'
import { PUBLIC_RATE } from './rate.ts'
import { recordEvent, recorded } from './record.ts'
import { refused } from './refusal.ts'
import { proofDeps, putSecret, userByName } from './secrets.ts'
import { titleOf } from './title.ts'

interface ResetQuery {
  readonly client_id: string
  readonly tenant_id: string
}
interface ResetRequest {
  readonly username: string
  readonly email: string
}
interface NewSecret {
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

/** One reset message per account and minute, whoever asks. */
const REQUESTED: Collection<{ readonly username_key: string }> = {
  name: 'loginResetRequests',
  id: (r) => r.username_key,
  indexes: [],
}
const PAUSE_SECONDS = 60

/** requestPasswordReset, resetPasswordWithCode, changePassword. */
export async function passwordRoutes(app: FastifyInstance, deps: LoginDeps): Promise<void> {
  const request = { config: PUBLIC_RATE, schema: { querystring: QUERY, body: loginBody('ResetPasswordRequest') } }
  await operations(app, '/v1/password/reset-request', (scope) => {
    scope.post<{ Querystring: ResetQuery; Body: ResetRequest }>('', request, async ({ query, body }, reply) => {
      const tenant = await deps.store.get(TENANTS, GLOBAL, query.tenant_id)
      if (tenant) await sendCode(deps, tenant, query.client_id, body)
      return answerNull(reply, 200)
    })
  })

  await operations(app, '/v1/password/reset', (scope) => {
    const schema = { body: loginBody('ResetPasswordWithCodeRequest') }
    scope.post<{ Body: ResetBody }>('', { schema }, async (request, reply) => {
      await resetWithCode(deps, request)
      return answerNull(reply, 200)
    })
  })

  await operations(app, '/v1/password/change', (scope) => {
    const schema = { body: loginBody('ChangePasswordRequest') }
    scope.post<{ Body: NewSecret }>('', { schema }, async (request, reply) => {
      await changeOwn(deps, request)
      return answerNull(reply, 200)
    })
  })
}

/** The same work whether there is such an account or not: a code for nobody is stored, too, and mail leaves behind the answer. */
async function sendCode(deps: LoginDeps, tenant: Tenant, client_id: string, body: ResetRequest): Promise<void> {
  const { tenant_id } = tenant
  const username_key = foldName(body.username)
  const first = deps.store.create(REQUESTED, tenant_id, { username_key }, PAUSE_SECONDS)
  if (!(await succeeds(first, 'CONFLICT'))) return
  const user = await userByName(deps.store, tenant_id, body.username)
  const client = await deps.store.get(CLIENTS, tenant_id, client_id)
  const email_key = foldName(body.email)
  const good = user?.is_verified && !user.is_disabled && foldName(user.email) === email_key && client && !client.is_lock
  const user_id = good ? user.user_id : ''
  const code = await issueCode(deps, { purpose: 'reset', tenant_id, user_id, client_id, email_key })
  await recordEvent(deps, tenant_id, { event: 'secret.reset-requested', userId: user_id, subject: { client_id } })
  if (!good) return
  const facts = { to: user.email, site: titleOf(tenant), username: user.username, code }
  await deps.mailer.post(tenant_id, TEXTS.resetCode(facts))
}

/** A wrong code names no tenant, so it counts for the address over all tenants, under the contract's own limits. */
async function resetWithCode(deps: LoginDeps, { body, ip }: FastifyRequest<{ Body: ResetBody }>): Promise<void> {
  const config = defaultsOf('BlockConfig') as unknown as BlockConfig
  const attempt = await takeAttempt(deps, { scope: GLOBAL, config, ip })
  const code = await spendCode(deps, 'reset', body.code)
  if (!code) throw refused()
  const { tenant_id, user_id } = code
  const tenant = await requireTenant(deps, tenant_id)
  const user = await deps.store.get(USERS, tenant_id, user_id)
  const guess = { scope: tenant_id, config: tenant.block_config, ip, username: body.username, userId: user?.user_id }
  const inTenant = await takeAttempt(deps, guess)
  await recorded(deps, tenant_id, { event: 'secret.reset', userId: user_id }, async () => {
    if (!user || user.is_disabled || user.username_key !== foldName(body.username)) throw refused()
    const commitment = await reset(proofDeps(deps), newCommitment(tenant, user_id, body.username, body, body.code))
    await replaceSecret(deps, tenant, user, commitment)
  })
  await inTenant.succeed()
  await attempt.succeed()
}

/** For a person who signed in within the last five minutes; an API key is no person. */
async function changeOwn(deps: LoginDeps, request: FastifyRequest<{ Body: NewSecret }>): Promise<void> {
  const { tenant: tenantId, userId, sessionId, authTime } = await requireRecentLogin(deps, request)
  const tenant = await requireTenant(deps, tenantId)
  const user = await requireUser(deps, tenantId, userId)
  const message = newCommitment(tenant, userId, user.username, request.body, sessionId)
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

/** Whoever knew the old secret is out: all sessions end. */
async function replaceSecret(deps: LoginDeps, tenant: Tenant, user: StoredUser, commitment: string): Promise<void> {
  const { tenant_id } = tenant
  await putSecret(deps, tenant, user, commitment)
  await endSessionsOf(deps, tenant_id, user.user_id)
  await forgiveAccount(deps.store, tenant_id, user.username)
  const facts = { to: user.email, site: titleOf(tenant), username: user.username }
  await deps.mailer.post(tenant_id, TEXTS.secretChanged(facts))
}
