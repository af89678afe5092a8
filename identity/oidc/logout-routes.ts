import type { FastifyInstance, FastifyReply } from 'fastify'
import { decodeJwt } from 'jose'
import type { Deps } from '../deps.ts'
import { Fault } from '../http/fault.ts'
import { mountOf, tenantOfIssuer } from './issuer.ts'
import { PAGE_HEADERS, pageOf } from './pages.ts'
import { bodyOf, readFormsAsText } from './routes.ts'

/**
 * logoutRedirect, logout: the issuer in the ID token hint says whose end-session endpoint the browser is sent to; that endpoint
 * checks the hint.
 */
export function logoutRoutes(scope: FastifyInstance, deps: Deps): void {
  readFormsAsText(scope)
  scope.get('', (request, reply) => passOn(deps, reply, new URLSearchParams(request.url.split('?')[1])))
  scope.post('', (request, reply) => passOn(deps, reply, new URLSearchParams(bodyOf(request))))
}

function passOn(deps: Deps, reply: FastifyReply, form: URLSearchParams): FastifyReply {
  const tenant = tenantOf(deps, form)
  return tenant === undefined ? nothingNamed(reply) : reply.redirect(`${mountOf(tenant)}/logout?${form}`, 303)
}

/** Throws 422 when the hint is missing or none of ours; `undefined` when it is empty, which the contract allows. */
function tenantOf(deps: Deps, form: URLSearchParams): string | undefined {
  const hint = form.get('id_token_hint')
  if (hint === null) throw invalidHint('is required')
  if (hint === '' || hint === 'null') return undefined
  const tenant = tenantOfIssuer(deps, issuerIn(hint))
  if (tenant === undefined) throw invalidHint('is no ID token of a tenant here')
  return tenant
}

function issuerIn(hint: string): unknown {
  try {
    return decodeJwt(hint).iss
  } catch (cause) {
    throw invalidHint('is no ID token', cause)
  }
}

const invalidHint = (message: string, cause?: unknown) =>
  new Fault(422, message, { issues: [{ part: 'querystring', pointer: '/id_token_hint', message }], cause })

const nothingNamed = (reply: FastifyReply): FastifyReply =>
  reply
    .headers(PAGE_HEADERS)
    .send(
      pageOf(
        'Where do you want to sign out?',
        '<p>No session was named. Sign out in the application that you use.</p>',
      ),
    )
