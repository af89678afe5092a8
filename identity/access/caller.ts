import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { USERS } from '../directory/users.ts'
import { touchSession } from '../login/sessions.ts'
import { requireStepUp } from '../login/step-up.ts'
import type { StepUpAction } from '../policy/rules/step-up.ts'
import { loginOfToken } from './access-token.ts'
import { authenticate } from './authenticate.ts'
import { credentialsOf } from './credentials.ts'
import type { Right } from './rights.ts'

/** A user who makes a request about what is theirs. */
export interface Caller {
  readonly tenant: string
  readonly userId: string
  /** Empty for an API key, which is no session. */
  readonly sessionId: string
  /** How the session began; empty for an API key. */
  readonly methods: readonly Method[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation is about the caller's own things; the right is what an API key needs for it. */
    own?: Right
    /** What the caller does; it may demand a level of the login. */
    action?: StepUpAction
  }
  interface FastifyRequest {
    /** The user who makes the request, on a route with `own`. */
    caller?: Caller
  }
}

/** Who makes the request. Only for routes with `own` in a scope of `forCallers`. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw new PlumblineError('INTERNAL', 'the operation is not about the own things of a caller')
  return caller
}

/** Registers routes that a user calls about the own things; credentials are checked before a body is read. Requests throw as `requireCaller`. */
export function forCallers(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  register: () => void,
): void {
  if (!app.hasRequestDecorator('caller')) app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    const { own, action } = request.routeOptions.config
    if (own === undefined) return
    const caller = await requireCaller(deps, request, own)
    if (action !== undefined) await requireStepUp(deps, caller, action)
    request.caller = caller
  })
  register()
}

/**
 * The user behind an access token or an API key with the right. Throws UNAUTHENTICATED, and FORBIDDEN for credentials of no user,
 * without the right, or of a disabled account.
 */
export async function requireCaller(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  right: Right,
): Promise<Caller> {
  const credentials = credentialsOf(request)
  if (credentials.form === 'login') {
    const { tenant, userId, sessionId, methods } = await loginOfToken(deps, credentials)
    await touchSession(deps, tenant, sessionId, request)
    return { tenant, userId, sessionId, methods }
  }
  const principal = await authenticate(deps, request)
  if (principal.kind === 'admin' || principal.userId === '') throw forbidden('the credentials belong to no user')
  if (!principal.scopes.includes(right)) throw forbidden(`the credentials do not carry the right '${right}'`)
  const user = await deps.store.get(USERS, principal.tenant, principal.userId)
  if (!user || user.is_disabled) throw forbidden('the account of this API key is disabled')
  return { tenant: principal.tenant, userId: principal.userId, sessionId: '', methods: [] }
}

/** True when there is something to tell the caller by. */
export const hasCredentials = ({ headers }: FastifyRequest): boolean =>
  headers['x-api-key'] !== undefined || headers.authorization !== undefined

const forbidden = (message: string) => new PlumblineError('FORBIDDEN', message)
