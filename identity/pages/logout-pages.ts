import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { type FederatedLogin, federatedLogins, returnAddress } from '../federation/methods.ts'
import { protocolOf } from '../federation/protocols.ts'
import { stateIn } from '../federation/trips.ts'
import { passesLogoutOn } from '../federation/types.ts'
import { asPage, tenantIn } from '../frame/page-scope.ts'
import { endLinkedSessions } from '../login/linked-sessions.ts'
import { endPassedOnLogout, passedOnLogout } from '../login/passed-on-logouts.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { mountOf } from '../oidc/issuer.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { asked, refusal } from './form-parts.ts'
import { goTo } from './provider-way.ts'

export interface MethodPath {
  Params: TenantPath & { readonly method: string }
}

/** A page that a provider loads in a frame, to end what a browser may not even have a cookie for. */
const FRAMED = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'",
  'cache-control': 'no-store',
}

/** Logouts that go on at another provider, and those of which one tells. */
export async function logoutPages(app: FastifyInstance, deps: Deps): Promise<void> {
  const protocol = protocolOf(deps)
  const options = { config: PUBLIC_RATE, errorHandler: asPage(deps) }
  const at = '/:tenant_id/login/with/:method'

  app.get<MethodPath>(`${at}/logout`, options, async (request, reply) => {
    const [tenant, state, login] = [tenantIn(request), asked(request, 'state'), await methodOfPath(deps, request)]
    const passedOn = await passedOnLogout(deps, tenant, login.id, state)
    if (passedOn === undefined) return afterLogout(deps, request, reply, state)
    const trip = { returnAddress: returnAddress(publicUrlOf(deps), tenant, login.id), state }
    // A provider that is not there keeps nobody from the application.
    const way = await protocol.logout(login, passedOn.logout, trip).catch(() => undefined)
    return way === undefined ? afterLogout(deps, request, reply, state) : goTo(reply, way)
  })

  app.get<MethodPath>(`${at}/logged-out`, options, (request, reply) =>
    afterLogout(deps, request, reply, stateIn(new URLSearchParams(request.url.split('?')[1]))),
  )

  // OpenID Connect Front-Channel Logout 1.0, section 3. Who knows the `sid` is the provider, or the person.
  app.get<MethodPath>(`${at}/front-channel-logout`, options, async (request, reply) => {
    const login = await methodOfPath(deps, request)
    if (!passesLogoutOn(login)) throw refusal(404, 'error.not_found')
    const [issuer, sid] = [asked(request, 'iss'), asked(request, 'sid')]
    if (issuer === '' || sid === '') throw refusal(400, 'error.not_found')
    await endLinkedSessions(deps, tenantIn(request), { method_id: login.id, issuer, sid })
    return reply.headers(FRAMED).send('<!doctype html><title>Signed out</title>')
  })
}

/** The login method of an address. Throws Fault 404. */
export async function methodOfPath(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest<MethodPath>,
): Promise<FederatedLogin> {
  const login = (await federatedLogins(deps, tenantIn(request))).find(({ id }) => id === request.params.method)
  if (login === undefined) throw refusal(404, 'error.not_found')
  return login
}

/** To where the logout leads that the state names, or to the page that says that it is done. */
export async function afterLogout(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest<MethodPath>,
  reply: FastifyReply,
  state: string,
): Promise<FastifyReply> {
  const tenant = tenantIn(request)
  const passedOn = await endPassedOnLogout(deps, tenant, request.params.method, state)
  return reply.redirect(passedOn?.goOn ?? `${mountOf(tenant)}/logout/success`, 303)
}
