import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, forCallers } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { authenticatorOf } from '../../directory/authenticators.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { requireUser, type StoredUser } from '../../directory/users.ts'
import { beginAuthenticator, confirmAuthenticator } from '../../factors/totp/enrolment.ts'
import { removeOwnAuthenticator, renewRecoveryCodes } from '../../factors/totp/own-authenticator.ts'
import { confirmWithAuthenticator } from '../../factors/totp/sign-in.ts'
import { requireFirstFactor } from '../../login/factors.ts'
import { requirePending } from '../../login/pending-login.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { HANDLE, type HandleQuery, operations } from './operation.ts'
import { CODE, closedBody } from './password-schemas.ts'

const CONFIRM = closedBody(['code'], { code: CODE })
const LOGIN = closedBody(['nonce', 'code'], { nonce: { type: 'string', minLength: 1, maxLength: 128 }, code: CODE })

/** The operations of the additions around authenticator apps. */
export async function authenticatorRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await operations(app, '/v1/users/me/authenticator', (scope) => forCallers(scope, deps, () => ownRoutes(scope, deps)))

  const login = { schema: { querystring: HANDLE, body: LOGIN } }
  await operations(app, '/v1/login/authenticator', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: { nonce: string; code: string } }>('', login, async (request) => {
      const pending = await requirePending(deps, request.query.auth_req_id)
      const first = await requireFirstFactor(deps, pending, request.body.nonce)
      return confirmWithAuthenticator(deps, pending, request, first, request.body.code)
    })
  })
}

/** getMyAuthenticator, beginAuthenticator, confirmAuthenticator, renewRecoveryCodes, deleteMyAuthenticator. */
function ownRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): void {
  const write = { own: 'keys:write', action: 'setUpMethods' } as const

  scope.get('', { config: { own: 'keys:read', action: 'dashboard' } }, async (request) => {
    const own = await authenticatorOf(deps.store, (await ownerOf(deps, request)).user)
    return { created_at: own?.created_at ?? null, recovery_codes_left: own?.recovery.length ?? 0 }
  })

  scope.post('', { config: { ...write, ...PUBLIC_RATE } }, async (request) =>
    beginAuthenticator(deps, await ownerOf(deps, request)),
  )

  const confirm = { config: write, schema: { body: CONFIRM } }
  scope.post<{ Body: { code: string } }>('/confirm', confirm, async (request) => ({
    recovery_codes: await confirmAuthenticator(deps, await ownerOf(deps, request), request.body.code),
  }))

  scope.post('/recovery-codes', { config: write }, async (request) => ({
    recovery_codes: await renewRecoveryCodes(deps, (await ownerOf(deps, request)).user),
  }))

  scope.delete('', { config: write }, async (request, reply) => {
    const { tenant, user } = await ownerOf(deps, request)
    await removeOwnAuthenticator(deps, tenant, user)
    return reply.code(204).send()
  })
}

async function ownerOf(
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest,
): Promise<{ readonly tenant: Tenant; readonly user: StoredUser; readonly place: string }> {
  const { tenant, userId, sessionId } = callerOf(request)
  const user = await requireUser(deps, tenant, userId)
  // Who comes with an API key has no session.
  return { tenant: await requireTenant(deps, tenant), user, place: sessionId || `user ${userId}` }
}
