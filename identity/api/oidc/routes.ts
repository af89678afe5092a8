import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errors } from 'oidc-provider'
import type { Deps } from '../../deps.ts'
import { assuranceOf } from '../../directory/methods.ts'
import { asPage } from '../../frame/scope.ts'
import { accountOf } from '../../oidc/account.ts'
import { endPending, redeemTicket } from '../../oidc/interaction.ts'
import { mountOf } from '../../oidc/issuer.ts'
import { answerRefused, answerSignedIn } from '../../oidc/microsoft/answer.ts'
import { microsoftClient } from '../../oidc/microsoft/request.ts'
import { ENDPOINTS } from '../../oidc/provider.ts'
import { resumeDenied, resumeLogin } from '../../oidc/resume.ts'
import { serve } from '../../oidc/serve.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { acceptFormAsText } from '../../platform/http/body.ts'
import { acceptMicrosoft, microsoftRoutes } from './microsoft-routes.ts'

const BODY_BYTES = 64 * 1024

/**
 * Endpoints that take the same parameters by GET and POST. A POST from another site comes without our cookies (SameSite=Lax); the GET
 * that it is turned into brings them.
 */
const FORM_OR_QUERY: ReadonlySet<string> = new Set(['authorize', 'logout'])

/** Errors in the form of RFC 6749, section 5.2. */
export const oauthErrors: ErrorForm = ({ status, message }) => ({
  status,
  body: { error: status >= 500 ? 'server_error' : 'invalid_request', error_description: message },
})

interface TenantPath {
  readonly tenant_id: string
}
interface Completion {
  readonly auth_req_id: string
  readonly nonce: string
}

const TEXT = { type: 'string', minLength: 1, maxLength: 256 }
const required = (names: readonly string[]) => ({
  querystring: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, TEXT])) },
})

/** The provider of every tenant at `/{tenant_id}/oidc`, with the way back from the login pages. */
export function issuerRoutes(scope: FastifyInstance, deps: Deps): void {
  readFormsAsText(scope)

  const errorHandler = asPage(deps)
  const complete = { schema: required(['auth_req_id', 'nonce']), errorHandler }
  scope.get<{ Params: TenantPath; Querystring: Completion }>('/complete', complete, async (request, reply) => {
    const { auth_req_id: authReqId, nonce: ticket } = request.query
    const { tenant_id: tenant } = request.params
    const { continuation, userId, methods } = await redeemTicket(deps, request, { tenant, authReqId, ticket })
    if ('microsoft' in continuation) return answerSignedIn(deps, reply, tenant, continuation.microsoft)
    if (!(await accountOf(deps, tenant, userId))) throw new Fault(401, 'the account cannot be used')
    const login = { accountId: userId, ...assuranceOf(methods) }
    return reply.redirect(await resumeLogin(deps, tenant, continuation.interaction, login), 303)
  })

  const cancel = { schema: required(['auth_req_id']), errorHandler }
  scope.get<{ Params: TenantPath; Querystring: Completion }>('/cancel', cancel, async (request, reply) => {
    const { tenant_id: tenant } = request.params
    const continuation = await endPending(deps, request, tenant, request.query.auth_req_id)
    if ('microsoft' in continuation) return answerRefused(reply, continuation.microsoft, new errors.AccessDenied())
    return reply.redirect(await resumeDenied(deps, tenant, continuation.interaction), 303)
  })

  microsoftRoutes(scope, deps)

  const below = { bodyLimit: BODY_BYTES, config: { known: ENDPOINTS } }
  scope.all<{ Params: TenantPath & { '*': string } }>('/*', below, async (request, reply) => {
    const { tenant_id: tenant, '*': endpoint } = request.params
    const body = bodyOf(request)
    const form = new URLSearchParams(body)
    const client = endpoint === 'authorize' ? await microsoftClient(deps, tenant, form) : undefined
    if (client) return acceptMicrosoft(deps, reply, { tenant, client, form })
    if (request.method === 'POST' && FORM_OR_QUERY.has(endpoint))
      return reply.redirect(`${mountOf(encodeURIComponent(tenant))}/${endpoint}?${form}`, 303)
    await serve(deps, request, reply, { tenant, path: pathBelow(request), body })
    return reply
  })
}

/** Form bodies stay text for the provider library, which has its own rules about repeated parameters. */
export function readFormsAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  acceptFormAsText(scope, BODY_BYTES)
}

export const bodyOf = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '')

/** Path and query behind `/{tenant_id}/oidc`, as they were sent. */
function pathBelow(request: FastifyRequest): string {
  const parts = request.url.split('/')
  return `/${parts.slice(3).join('/')}`
}
