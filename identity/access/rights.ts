import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { API_KEYS, actionOf } from '../directory/api-keys.ts'
import { USERS } from '../directory/users.ts'
import { GLOBAL } from '../store/store.ts'
import { authenticate, type Principal } from './authenticate.ts'

const USE_MILLISECONDS = 60_000

/** What an operation demands: a scope of an API key, or the administrator. */
export type Right = `${'users' | 'clients' | 'keys' | 'tenants' | 'scim'}:${'read' | 'write'}` | 'admin'

declare module 'fastify' {
  interface FastifyContextConfig {
    right?: Right
    /** Only answers a question, although its method does not say so. */
    reads?: true
  }
  interface FastifyRequest {
    /** Who makes the request, once a guarded route has let it in. */
    principal?: Principal
  }
}

/** Who makes the request. Only inside a plugin that is guarded. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (!principal) throw new PlumblineError('INTERNAL', 'the operation is not guarded')
  return principal
}

/** Id of the user for whom the request is made; empty for the administrator, who is no user of a tenant. */
export function callerId(request: FastifyRequest): string {
  const principal = principalOf(request)
  return principal.kind === 'admin' ? '' : principal.userId
}

/**
 * Registers routes that are guarded before a body is read: by credentials, the route's right, and the tenant in the path. A route
 * without a right stops the start. Requests throw UNAUTHENTICATED, FORBIDDEN.
 */
export function guardedRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  register: () => void,
): void {
  if (!app.hasRequestDecorator('principal')) app.decorateRequest('principal')
  app.addHook('onRequest', async (request) => {
    if (!request.is404) await admit(deps, request)
  })
  let registering = true
  app.addHook('onRoute', ({ config, method, url }) => {
    if (registering && !config?.right) throw new PlumblineError('INTERNAL', `${method} ${url} demands no right`)
  })
  register()
  registering = false
}

async function admit(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
): Promise<void> {
  const principal = await authenticate(deps, request)
  const { right } = request.routeOptions.config
  // Only the refusals of unsupported methods, which come after ours, demand no right.
  if (right !== undefined) demand(principal, right)
  const { tenant_id: tenant } = request.params as { readonly tenant_id?: string }
  if (tenant !== undefined) confine(principal, tenant)
  await refuseDisabled(deps, principal)
  await rememberUse(deps, request, principal)
  request.principal = principal
}

/** At most one write per key and minute. */
async function rememberUse(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  request: FastifyRequest,
  principal: Principal,
): Promise<void> {
  if (principal.kind === 'admin') return
  const key = await store.get(API_KEYS, GLOBAL, principal.keyId)
  const use = actionOf(request, now())
  if (!key || Date.parse(use.at) - Date.parse(key.last_use_at?.at ?? '1970-01-01') < USE_MILLISECONDS) return
  await store.update(API_KEYS, GLOBAL, principal.keyId, (old) => ({ ...old, last_use_at: use }))
}

/** The keys of a disabled user stop working (notes, section 2, is_disabled). */
async function refuseDisabled({ store }: Pick<Deps, 'store'>, principal: Principal): Promise<void> {
  if (principal.kind === 'admin' || principal.userId === '') return
  const user = await store.get(USERS, principal.tenant, principal.userId)
  if (!user || user.is_disabled) throw new PlumblineError('FORBIDDEN', 'the account of this API key is disabled')
}

function demand(principal: Principal, right: Right): void {
  if (principal.kind !== 'admin' && !principal.scopes.includes(right))
    throw new PlumblineError('FORBIDDEN', `the credentials do not carry the right '${right}'`)
}

/** An API key works in its own tenant only. Throws FORBIDDEN. */
export function confine(principal: Principal, tenant: string): void {
  if (principal.kind === 'key' && principal.tenant !== tenant)
    throw new PlumblineError('FORBIDDEN', 'the API key belongs to another tenant')
}

/** Nobody hands out more than they have. Throws FORBIDDEN. */
export function demandScopes(principal: Principal, scopes: readonly string[]): void {
  const missing = principal.kind === 'key' ? scopes.find((scope) => !principal.scopes.includes(scope)) : undefined
  if (missing !== undefined)
    throw new PlumblineError('FORBIDDEN', `the API key cannot give the scope '${missing}', which it lacks`)
}
