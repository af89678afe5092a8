import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { returnAddress } from '../federation/methods.ts'
import { samlPartsOf } from '../federation/protocols.ts'
import { isSaml } from '../federation/saml/facts.ts'
import type { SentMessage } from '../federation/saml/logout.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { endLinkedSessions } from '../login/linked-sessions.ts'
import { recordRefusal } from '../login/login-record.ts'
import { hearOnce } from '../login/logout-requests.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { refused } from '../login/refusal.ts'
import { acceptFormAsText } from '../platform/http/body.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { refusal } from './form-parts.ts'
import { afterLogout, type MethodPath, methodOfPath } from './logout-pages.ts'
import { goTo } from './provider-way.ts'

const BODY_BYTES = 128 * 1024

/**
 * Single logout (SAML 2.0 Profiles, section 4.4): a provider asks for it, or answers. Who comes from it brings no cookies, and needs none:
 * requests are signed, and an answer only goes on where the logout here was to lead.
 */
export async function samlLogoutPages(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    acceptFormAsText(scope, BODY_BYTES)
    const options = { config: PUBLIC_RATE, bodyLimit: BODY_BYTES, errorHandler: asPage(deps) }
    const path = '/:tenant_id/login/with/:method/saml-logout'
    scope.get<MethodPath>(path, options, (request, reply) => {
      const query = request.url.split('?')[1] ?? ''
      return hear(deps, request, reply, new URLSearchParams(query), { query })
    })
    scope.post<MethodPath>(path, options, (request, reply) => {
      const form = new URLSearchParams(String(request.body ?? ''))
      return hear(deps, request, reply, form, { form })
    })
  })
}

async function hear(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'outsidePost' | 'jobBell' | 'auditLog'>,
  request: FastifyRequest<MethodPath>,
  reply: FastifyReply,
  values: URLSearchParams,
  sent: SentMessage,
): Promise<FastifyReply> {
  const login = await methodOfPath(deps, request)
  if (!isSaml(login)) throw refusal(404, 'error.not_found')
  if (values.has('SAMLResponse')) return afterLogout(deps, request, reply, values.get('RelayState') ?? '')
  const tenant = tenantIn(request)
  const record = { event: 'logout', userId: '', subject: { login_method: login.id } }
  const way = await ended().catch(async (error: unknown) => {
    await recordRefusal(deps, tenant, record, error)
    throw error
  })
  return goTo(reply, way)

  async function ended() {
    const { logoutAsked } = await import('../federation/saml/logout.ts')
    const address = returnAddress(publicUrlOf(deps), tenant, login.id)
    const { id, issuer, subject, sid, answer } = await logoutAsked(samlPartsOf(deps), login, address, sent)
    if (!(await hearOnce(deps.store, tenant, login.id, id))) throw refused('the request came before')
    const whose = { method_id: login.id, issuer }
    await endLinkedSessions(deps, tenant, sid === undefined ? { ...whose, subject } : { ...whose, sid })
    return answer()
  }
}
