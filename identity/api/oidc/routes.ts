import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors } from 'oidc-provider'
import type { Deps } from '../../deps.ts'
import { assuranceOf } from '../../directory/methods.ts'
import { asPage } from '../../frame/page-scope.ts'
import { accountOf } from '../../oidc/account.ts'
import { mountOf } from '../../oidc/issuer.ts'
import { redeemTicket } from '../../oidc/login-ticket.ts'
import { askingAboutToken } from '../../oidc/machine-token.ts'
import { answerRefused, answerSignedIn } from '../../oidc/microsoft/answer.ts'
import { microsoftClient } from '../../oidc/microsoft/request.ts'
import { endPending, pendingHere } from '../../oidc/pending-login.ts'
import { postedForm, putPosted } from '../../oidc/posted-form.ts'
import { ENDPOINTS } from '../../oidc/provider.ts'
import { resumeDenied, resumeLogin } from '../../oidc/resume-login.ts'
import { serve } from '../../oidc/serve-request.ts'
import { waitsForExtraForm } from '../../people/extra-form.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'
import { acceptFormAsText } from '../../platform/http/body.ts'
import { acceptMicrosoft, microsoftRoutes } from './microsoft-routes.ts'
import { boundOpen } from './open.ts'

const BODY_BYTES = 64 * 1024
/** Requests that anybody may make and that put something down. */
const OPEN: ReadonlySet<string> = new Set(['authorize', 'par', 'device_authorization', 'device', 'logout'])
/** Where a token may be one of a program, which the library does not know. */
const ABOUT_TOKENS: ReadonlySet<string> = new Set(['introspect', 'revoke'])

/**
 * Endpoints that take the same parameters by GET and POST. A POST from another site comes without our cookies (SameSite=Lax); the GET
 * that follows it brings them, and a handle of the form.
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
export async function issuerRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'providers' | 'entraKeys'>,
): Promise<void> {
  readFormsAsText(scope)
  const bound = await boundOpen(scope)

  const errorHandler = asPage(deps)
  const complete = { schema: required(['auth_req_id', 'nonce']), errorHandler }
  scope.get<{ Params: TenantPath; Querystring: Completion }>('/complete', complete, async (request, reply) => {
    const { auth_req_id: authReqId, nonce: ticket } = request.query
    const { tenant_id: tenant } = request.params
    const { demand } = await pendingHere(deps, request, { tenant, authReqId })
    if (demand === undefined && (await waitsForExtraForm(deps, request, { tenant, authReqId, ticket })))
      return reply.redirect(`/${tenant}/login/extra?${new URLSearchParams({ auth_req_id: authReqId })}`, 303)
    const { continuation, userId, methods } = await redeemTicket(deps, request, { tenant, authReqId, ticket })
    if ('microsoft' in continuation) return answerSignedIn(deps, reply, tenant, continuation.microsoft)
    if (!(await accountOf(deps, tenant, userId))) throw new Fault(401, 'the account cannot be used')
    const login = { accountId: userId, ...assuranceOf(methods), via: authReqId }
    return reply.redirect(await resumeLogin(deps, tenant, continuation.interaction, login), 303)
  })

  const cancel = { schema: required(['auth_req_id']), errorHandler }
  scope.get<{ Params: TenantPath; Querystring: Completion }>('/cancel', cancel, async (request, reply) => {
    const { tenant_id: tenant } = request.params
    const { auth_req_id: authReqId } = request.query
    const continuation = await endPending(deps, await pendingHere(deps, request, { tenant, authReqId }))
    if ('microsoft' in continuation) return answerRefused(reply, continuation.microsoft, new errors.AccessDenied())
    return reply.redirect(await resumeDenied(deps, tenant, continuation.interaction), 303)
  })

  microsoftRoutes(scope, deps)

  const below = { bodyLimit: BODY_BYTES, config: { known: ENDPOINTS } }
  scope.all<Below>('/*', below, async (request, reply) => {
    const { tenant_id: tenant, '*': endpoint } = request.params
    const body = bodyOf(request)
    if (OPEN.has(endpoint)) await bound(request, body)
    const form = new URLSearchParams(body)
    const client = endpoint === 'authorize' ? await microsoftClient(deps, tenant, form) : undefined
    if (client) return acceptMicrosoft(deps, reply, { tenant, client, form })
    if (request.method === 'POST' && FORM_OR_QUERY.has(endpoint)) return sendBack(deps, request, reply, body)
    const path = await pathOf(deps, request)
    const answer = (text: string) => serve(deps, request, reply, { tenant, path, body: text })
    await (ABOUT_TOKENS.has(endpoint) ? askingAboutToken(deps, tenant, body, answer) : answer(body))
    return reply
  })

  metadataRoute(scope, deps, '/.well-known/oauth-authorization-server')
}

/** The discovery document where RFC 8414 looks for it. */
export const metadataRoute = (
  scope: FastifyInstance,
  deps: Pick<Deps, 'publicUrl' | 'providers'>,
  url: string,
): FastifyInstance =>
  scope.get<{ Params: TenantPath }>(url, async (request, reply) => {
    const { tenant_id: tenant } = request.params
    await serve(deps, request, reply, { tenant, path: '/.well-known/openid-configuration', body: '' })
    return reply
  })

interface Below {
  Params: TenantPath & { readonly '*': string }
  Querystring: { readonly posted?: string }
}

/** Lets the browser come back by itself, with its cookies, to what it posted. */
async function sendBack(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest<Below>,
  reply: FastifyReply,
  body: string,
): Promise<FastifyReply> {
  const { tenant_id: tenant, '*': endpoint } = request.params
  const posted = await putPosted(deps, tenant, body)
  return reply.redirect(`${mountOf(encodeURIComponent(tenant))}/${endpoint}?posted=${posted}`, 303)
}

/** Path and query for the provider: as they were sent, or with the parameters of the form that was posted. */
async function pathOf(deps: Pick<Deps, 'store' | 'masterKey'>, request: FastifyRequest<Below>): Promise<string> {
  const { tenant_id: tenant, '*': endpoint } = request.params
  const { posted } = request.query
  if (typeof posted !== 'string' || !FORM_OR_QUERY.has(endpoint)) return pathBelow(request)
  const form = await postedForm(deps, tenant, posted)
  if (form === undefined) throw new Fault(400, 'the request took too long; go back and start again')
  return `/${endpoint}?${form}`
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
