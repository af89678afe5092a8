import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import type { Deps } from '../../deps.ts'
import { html } from '../../frame/html.ts'
import { sendPage } from '../../frame/page-scope.ts'
import { siteOf } from '../../frame/site.ts'
import { mountOf, tenantOfIssuer } from '../../oidc/issuer.ts'
import { putPosted } from '../../oidc/posted-form.ts'
import { Fault } from '../../platform/fault.ts'
import { boundOpen } from './open.ts'
import { bodyOf, readFormsAsText } from './routes.ts'

/**
 * logoutRedirect, logout: the issuer in the ID token hint says whose end-session endpoint the browser is sent to; that endpoint
 * checks the hint.
 */
export async function logoutRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
): Promise<void> {
  readFormsAsText(scope)
  const bound = await boundOpen(scope)
  scope.get('', (request, reply) => {
    const form = new URLSearchParams(request.url.split('?')[1])
    return passOn(deps, request, reply, form, async () => form.toString())
  })
  scope.post('', async (request, reply) => {
    await bound(request, bodyOf(request))
    const form = new URLSearchParams(bodyOf(request))
    const put = async (tenant: string) => `posted=${await putPosted(deps, tenant, form.toString())}`
    return passOn(deps, request, reply, form, put)
  })
}

async function passOn(
  deps: Pick<Deps, 'store' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
  queryFor: (tenant: string) => Promise<string>,
): Promise<FastifyReply> {
  const tenant = tenantOf(deps, form)
  if (tenant === undefined) return nothingNamed(deps, request, reply)
  return reply.redirect(`${mountOf(tenant)}/logout?${await queryFor(tenant)}`, 303)
}

/** Throws 422 when the hint is missing or none of ours; `undefined` when it is empty, which the contract allows. */
function tenantOf(deps: Pick<Deps, 'publicUrl'>, form: URLSearchParams): string | undefined {
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

async function nothingNamed(
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const site = await siteOf(deps, request, { tenantId: '' })
  const content = html`<p>${site.say('logout.unnamed')}</p>`
  return sendPage(reply, site, { title: site.say('logout.unnamed.title'), content })
}
