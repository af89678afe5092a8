import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, forCallers, requireCaller } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { passkeysOf, shownPasskey } from '../../directory/passkeys.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { userByName } from '../../directory/users.ts'
import {
  type AssertionBody,
  beginAuthentication,
  claimedBy,
  rememberUse,
  verifyAssertion,
} from '../../factors/webauthn/authentication.ts'
import { deleteOwn, registerOwn, renameOwn } from '../../factors/webauthn/own-passkeys.ts'
import { beginRegistration, type RegistrationBody } from '../../factors/webauthn/registration.ts'
import { takeAttempt } from '../../lockout/attempts.ts'
import { USER_AGENT_CHARACTERS } from '../../login/device.ts'
import { afterFactor, type LoginResult, requireFirstFactor } from '../../login/factors.ts'
import { recorded } from '../../login/login-record.ts'
import { requirePending } from '../../login/pending-login.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { refused } from '../../login/refusal.ts'
import { secondStepOf } from '../../login/second-step.ts'
import { requireStepUp } from '../../login/step-up.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { invalid } from '../../platform/contract/vault-errors.ts'
import { values } from '../../policy/decision.ts'
import { HANDLE, type HandleQuery, loginBody, operations } from '../login/operation.ts'

interface KeyPath {
  readonly key_id: string
}
interface OptionsQuery {
  readonly tenant_id: string
}

const TENANT_QUERY = {
  type: 'object',
  required: ['tenant_id'],
  properties: { tenant_id: { type: 'string', minLength: 1, maxLength: 128 } },
}
/** A discoverable credential knows its user. */
const NO_NAME_NEEDED = { username: { minLength: 0 } }

/** The passkeys and webauthn operations of the contract, and deleteMyPasskey of the additions. */
export async function webauthnRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await ownPasskeys(app, deps)
  await registration(app, deps)
  await authentication(app, deps)
}

async function ownPasskeys(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  const write = { config: { own: 'keys:write', action: 'setUpMethods' } } as const
  await operations(app, '/v1/users/me/passkeys', (scope) =>
    forCallers(scope, deps, () => {
      scope.get('', { config: { own: 'keys:read', action: 'dashboard' } }, async (request) => {
        const { tenant, userId } = callerOf(request)
        return { passkeys: (await passkeysOf(deps, tenant, userId)).map(shownPasskey) }
      })

      const rename = { ...write, schema: { body: loginBody('UpdatePasskeyRequest', { name: { minLength: 1 } }) } }
      scope.patch<{ Params: KeyPath; Body: { name: string } }>('/:key_id', rename, async (request, reply) => {
        const { tenant, userId } = callerOf(request)
        await renameOwn(deps, { tenant, userId }, request.params.key_id, request.body.name)
        return answerNull(reply, 200)
      })

      scope.delete<{ Params: KeyPath }>('/:key_id', write, async (request, reply) => {
        const { tenant, userId } = callerOf(request)
        await deleteOwn(deps, { tenant, userId }, request.params.key_id)
        return reply.code(204).send()
      })
    }),
  )
}

/** Beside the contract: the pending login and the ticket of its first factor, for the first passkey of a person. */
interface OwnerQuery extends HandleQuery {
  readonly nonce?: string
}
const OWNER = {
  type: 'object',
  properties: { ...HANDLE.properties, nonce: { type: 'string', minLength: 1, maxLength: 128 } },
}
type OwnerRequest = FastifyRequest<{ Querystring: OwnerQuery }>

async function registration(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  const options = { config: PUBLIC_RATE, schema: { querystring: OWNER } }
  await operations(app, '/v1/webauthn/registration/options', (scope) => {
    scope.post<{ Querystring: OwnerQuery }>('', options, async (request) => {
      const { tenant, userId } = await ownerOf(deps, request)
      return beginRegistration(deps, tenant, userId)
    })
  })

  const verify = { schema: { querystring: OWNER, body: loginBody('VerifyRegistrationRequest') } }
  await operations(app, '/v1/webauthn/registration/verify', (scope) => {
    scope.post<{ Querystring: OwnerQuery; Body: RegistrationBody }>('', verify, async (request, reply) => {
      const { tenant, userId } = await ownerOf(deps, request)
      await registerOwn(deps, tenant, userId, request.body)
      return answerNull(reply, 200)
    })
  })
}

/**
 * Who registers a passkey: the caller, or a person who has just shown a first factor and has nothing that would complete the login.
 * Throws as `requireCaller`.
 */
async function ownerOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: OwnerRequest,
): Promise<{ tenant: Tenant; userId: string }> {
  const { auth_req_id, nonce = '' } = request.query
  if (auth_req_id === undefined) {
    const caller = await requireCaller(deps, request, 'keys:write')
    await requireStepUp(deps, caller, 'setUpMethods')
    return { tenant: await requireTenant(deps, caller.tenant), userId: caller.userId }
  }
  const login = await requirePending(deps, auth_req_id)
  const { tenant } = login
  const first = await requireFirstFactor(deps, login, nonce)
  if (first.kind !== 'knowledge') throw refused()
  if (!(await secondStepOf(deps, login, [first])).enrollable.includes('passkey')) throw refused()
  return { tenant, userId: first.userId }
}

async function authentication(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  const options = {
    config: PUBLIC_RATE,
    schema: { querystring: TENANT_QUERY, body: loginBody('AuthOptionsRequest', NO_NAME_NEEDED) },
  }
  await operations(app, '/v1/webauthn/authentication/options', (scope) => {
    scope.post<{ Querystring: OptionsQuery; Body: OptionsQuery }>('', options, async ({ query, body }) => {
      if (body.tenant_id !== query.tenant_id) throw invalid('/tenant_id', 'has to equal the value in the query')
      return beginAuthentication(deps, await requireTenant(deps, query.tenant_id))
    })
  })

  const verify = { schema: { querystring: HANDLE, body: loginBody('VerifyAuthRequest', NO_NAME_NEEDED) } }
  await operations(app, '/v1/webauthn/authentication/verify', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: AssertionBody }>('', verify, (request) => signIn(deps, request))
  })
}

/** A block of the account does not stop a passkey, a block of the address does. */
async function signIn(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  request: FastifyRequest<{ Querystring: HandleQuery; Body: AssertionBody }>,
): Promise<LoginResult> {
  const { body, ip } = request
  const login = await requirePending(deps, request.query.auth_req_id)
  const { tenant_id: scope } = login.tenant
  const config = values(login.policy.lockout)
  if (body.tenant_id !== scope) throw refused()
  const claimed = await claimedBy(deps, scope, body)
  const username = claimed?.user.username ?? (body.username === '' ? undefined : body.username)
  const user = claimed?.user ?? (await userByName(deps.store, scope, body.username))
  const userId = user?.user_id
  const guess = { scope, config, ip, userId, passesBlock: true as const }
  const attempt = await takeAttempt(deps, username === undefined ? guess : { ...guess, username })
  const subject = { client_id: login.pending.clientId, method: 'passkey' }
  const result = await recorded(deps, scope, { event: 'login', userId: userId ?? '', subject }, async () => {
    await verifyAssertion(deps, login.tenant, claimed, body)
    return afterFactor(deps, login, { kind: 'possession', userId: userId ?? '', methods: ['passkey'] })
  })
  await attempt.succeed()
  const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null
  if (claimed) await rememberUse(deps, scope, claimed.passkey, { ip, userAgent })
  return result
}
