import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { isBankId } from '../federation/bankid/settings.ts'
import { isDevicePairing } from '../federation/device-pairing.ts'
import { isDirectory, signInAtDirectory } from '../federation/directory-login.ts'
import { isIdin } from '../federation/idin/settings.ts'
import { isKerberos } from '../federation/kerberos/settings.ts'
import { meet } from '../federation/meet.ts'
import { returnAddress } from '../federation/methods.ts'
import type { Arrival, Protocol } from '../federation/protocol.ts'
import { protocolOf } from '../federation/protocols.ts'
import { beginTrip, endTrip, purposeOf, stateIn } from '../federation/trips.ts'
import { pageScope, tenantIn } from '../frame/page-scope.ts'
import { rememberArrival } from '../login/linked-sessions.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { refused } from '../login/refusal.ts'
import { postedForm } from '../oidc/posted-form.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { sendBanks } from './bank-page.ts'
import { connectPages, returnToConnect } from './connect-pages.ts'
import { sendDirectoryForm } from './directory-form.ts'
import { firstPage } from './first-page.ts'
import { asked, refusal, sent, sentAsIs } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { conclude, sendProblem, tried, visitOf } from './provider-visit.ts'
import { goAfterForm, goTo } from './provider-way.ts'
import { askForTicket } from './ticket-visit.ts'
import { waitingBy, waitingLogin } from './waiting-login.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}

/** Where methods have pages of their own. */
const OWN_PAGES = [
  [isDevicePairing, 'device'],
  [isBankId, 'bankid'],
] as const

/** Signing in at another provider: away and back. */
export async function providerPages(app: FastifyInstance, deps: Deps): Promise<void> {
  const protocol = protocolOf(deps)
  const rated = { config: PUBLIC_RATE }
  await connectPages(app, deps, protocol)
  await firstPage(app, deps)
  await pageScope(app, deps, '/login/with', (scope) => {
    scope.get<Path>('/:method', rated, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const visit = visitOf(deps, page, request.params.method, request.ip)
      return begin(deps, request, reply, protocol, visit)
    })

    scope.post<Path>('/:method', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const visit = visitOf(deps, page, request.params.method, request.ip)
      if (isIdin(visit.provider)) return goToBank(deps, request, reply, protocol, visit)
      if (!isDirectory(visit.provider)) throw refusal(404, 'error.not_found')
      const answer = { username: sent(request, 'username'), password: sentAsIs(request, 'password') }
      const outcome = await tried(deps, visit, () =>
        signInAtDirectory(deps, page.login, visit.provider, { ...answer, ip: request.ip }),
      )
      if (outcome.fault) return sendDirectoryForm(reply.code(outcome.fault.status), visit, { ...answer, outcome })
      return conclude(reply, deps, visit, ({ provider }) => meet(deps, page.login, provider, outcome.result))
    })

    scope.get<Path>('/:method/callback', rated, async (request, reply) => {
      const query = await parametersOf(deps, request)
      const purpose = await purposeOf(deps, tenantIn(request), stateIn(query))
      if (purpose?.method_id !== request.params.method) throw refusal(401, 'error.expired')
      if ('user_id' in purpose) return returnToConnect(deps, protocol, request, reply, { purpose, query })
      const page = await waitingBy(deps, request, reply, purpose.auth_req_id)
      const visit = visitOf(deps, page, purpose.method_id, request.ip)
      const trip = await endTrip(deps, page.tenant.tenant_id, stateIn(query))
      if (trip === undefined) throw refusal(401, 'error.expired')
      const outcome = await tried(deps, visit, () => protocol.finish(visit.provider, trip, query))
      if (outcome.fault) return sendProblem(reply, visit, outcome)
      await noteSession(deps, visit, outcome.result)
      return conclude(reply, deps, visit, ({ page, provider }) => meet(deps, page.login, provider, outcome.result))
    })
  })
}

/** What the button of a method leads to. */
async function begin(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'tickets' | 'jobBell' | 'auditLog' | 'mailer' | 'passwordHashing'>,
  request: FastifyRequest,
  reply: FastifyReply,
  protocol: Protocol,
  visit: Visit,
): Promise<FastifyReply> {
  const { page, provider } = visit
  if (isDirectory(provider)) return sendDirectoryForm(reply, visit, {})
  if (isKerberos(provider)) return askForTicket(deps, request, reply, visit)
  if (isIdin(provider)) return askBank(deps, reply, protocol, visit)
  const [, own] = OWN_PAGES.find(([takes]) => takes(provider)) ?? []
  if (own !== undefined) return reply.redirect(page.to(`/login/${own}/${provider.id}`), 303)
  const outcome = await tried(deps, visit, () => away(deps, protocol, visit))
  return outcome.fault ? sendProblem(reply, visit, outcome) : goTo(reply, outcome.result)
}

/** Asks at which bank. */
async function askBank(
  deps: Pick<Deps, 'metrics' | 'auditLog'>,
  reply: FastifyReply,
  protocol: Protocol,
  visit: Visit,
): Promise<FastifyReply> {
  const outcome = await tried(deps, visit, async () => (await protocol.choices?.(visit.provider)) ?? [])
  return outcome.fault ? sendProblem(reply, visit, outcome) : sendBanks(reply, visit, outcome.result)
}

/** Sends the browser to the bank that was chosen, one of those that there are. */
async function goToBank(
  deps: Pick<Deps, 'store' | 'masterKey' | 'auditLog'>,
  request: FastifyRequest,
  reply: FastifyReply,
  protocol: Protocol,
  visit: Visit,
): Promise<FastifyReply> {
  const chosen = sent(request, 'bank')
  const outcome = await tried(deps, visit, async () => {
    const banks = (await protocol.choices?.(visit.provider)) ?? []
    if (!banks.some(({ id }) => id === chosen)) throw refused('there is no such bank')
    return away(deps, protocol, visit, chosen)
  })
  return outcome.fault ? sendProblem(reply, visit, outcome) : goAfterForm(reply, visit.page.site, outcome.result)
}

/** Begins a trip and says where it leads. */
async function away(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  protocol: Protocol,
  { page, provider }: Visit,
  choice?: string,
): ReturnType<Protocol['start']> {
  const { tenant_id: tenant } = page.tenant
  const redirectUri = returnAddress(publicUrlOf(deps), tenant, provider.id)
  const purpose = { method_id: provider.id, auth_req_id: page.handle }
  const trip = await beginTrip(deps, tenant, purpose, redirectUri, choice)
  return protocol.start(provider, trip)
}

/** With what the browser came back: in the address, or in a form that it posted on the way (see `providerReturn`). */
async function parametersOf(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest,
): Promise<URLSearchParams> {
  const posted = asked(request, 'posted')
  const form = posted === '' ? undefined : await postedForm(deps, tenantIn(request), posted)
  return new URLSearchParams(form ?? request.url.split('?')[1])
}

/** Remembers which session there the one here will come from. */
async function noteSession(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { page, provider }: Visit,
  { issuer, subject, session }: Arrival,
): Promise<void> {
  if (session) await rememberArrival(deps, page.login, { method_id: provider.id, issuer, subject, ...session })
}
