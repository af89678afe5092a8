import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { isDevicePairing } from '../federation/device-pairing.ts'
import { isDirectory, signInAtDirectory } from '../federation/directory-login.ts'
import { meet, welcome } from '../federation/meet.ts'
import { returnAddress } from '../federation/methods.ts'
import type { Arrival, Protocol } from '../federation/protocol.ts'
import { protocolOf } from '../federation/protocols.ts'
import { signInAs, withRefusals } from '../federation/sign-in.ts'
import { beginTrip, endTrip, purposeOf, stateIn } from '../federation/trips.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import { type Stranger, strangerOf, takeStranger } from '../login/coupling.ts'
import type { LoginResult } from '../login/factors.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { postedForm } from '../oidc/posted-form.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { type AttemptOutcome, attempted } from './attempt.ts'
import { connectPages, returnToConnect } from './connect-pages.ts'
import { sendDirectoryForm } from './directory-form.ts'
import { finishLogin } from './finish-login.ts'
import { asked, form, link, links, refusal, sent, sentAsIs, submit } from './form-parts.ts'
import { cancelLink } from './login-pages.ts'
import { offeredProviders, type Visit } from './provider-buttons.ts'
import { goTo } from './provider-way.ts'
import { type WaitingPage, waitingBy, waitingLogin } from './waiting-login.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}

/** Signing in at another provider: away, back, and the question who a newcomer is here. */
export async function providerPages(app: FastifyInstance, deps: Deps): Promise<void> {
  const protocol = protocolOf(deps)
  const rated = { config: PUBLIC_RATE }
  await connectPages(app, deps, protocol)
  await pageScope(app, deps, '/login/with', (scope) => {
    scope.get('/first', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const stranger = await strangerOf(deps.store, page.login)
      if (stranger === undefined) return reply.redirect(page.to('/login'), 303)
      return sendFirst(reply, await visitOf(deps, page, stranger.method_id, request.ip), stranger)
    })

    scope.post('/first', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const stranger = await takeStranger(deps.store, page.login)
      if (!stranger || sent(request, 'decision') !== 'create') return reply.redirect(page.to('/login'), 303)
      return conclude(reply, deps, await visitOf(deps, page, stranger.method_id, request.ip), ({ provider }) =>
        welcome(deps, page.login, provider, stranger),
      )
    })

    scope.get<Path>('/:method', rated, async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const visit = await visitOf(deps, page, request.params.method, request.ip)
      if (isDirectory(visit.provider)) return sendDirectoryForm(reply, visit, {})
      if (isDevicePairing(visit.provider)) return reply.redirect(page.to(`/login/device/${visit.provider.id}`), 303)
      const outcome = await tried(deps, visit, () => away(deps, protocol, visit))
      return outcome.fault ? sendProblem(reply, visit, outcome) : goTo(reply, outcome.result)
    })

    scope.post<Path>('/:method', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const visit = await visitOf(deps, page, request.params.method, request.ip)
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
      const visit = await visitOf(deps, page, purpose.method_id, request.ip)
      const trip = await endTrip(deps, page.tenant.tenant_id, stateIn(query))
      if (trip === undefined) throw refusal(401, 'error.expired')
      const outcome = await tried(deps, visit, () => protocol.finish(visit.provider, trip, query))
      if (outcome.fault) return sendProblem(reply, visit, outcome)
      return conclude(reply, deps, visit, ({ page, provider }) => meet(deps, page.login, provider, outcome.result))
    })
  })
}

/** Throws Fault 403 for a method that this login does not take. */
async function visitOf(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  page: WaitingPage,
  method: string,
  ip: string,
): Promise<Visit> {
  const provider = (await offeredProviders(deps, page, ip)).find(({ id }) => id === method)
  if (provider === undefined) throw refusal(403, 'error.forbidden')
  return { page, provider }
}

/** Begins a trip and says where it leads. */
async function away(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  protocol: Protocol,
  { page, provider }: Visit,
): ReturnType<Protocol['start']> {
  const { tenant_id: tenant } = page.tenant
  const redirectUri = returnAddress(publicUrlOf(deps), tenant, provider.id)
  const trip = await beginTrip(deps, tenant, { method_id: provider.id, auth_req_id: page.handle }, redirectUri)
  return protocol.start(provider, trip)
}

/** With what the browser came back: in the address, or in a form that it posted on the way (see `providerReturn`). */
async function parametersOf(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest,
): Promise<URLSearchParams> {
  const form = await postedForm(deps, tenantIn(request), asked(request, 'posted'))
  return new URLSearchParams(form ?? request.url.split('?')[1])
}

/** Runs a step at the provider; what goes wrong is told, and written to the audit log. */
const tried = <T>(
  deps: Pick<Deps, 'auditLog' | 'metrics'>,
  { page, provider }: Visit,
  work: () => Promise<T>,
): Promise<AttemptOutcome<T>> => attempted(page.site.say, () => withRefusals(deps, page.login, provider, work))

type Find = (visit: Visit) => ReturnType<typeof meet>

/** Ends with the login of whoever was found, with the question who it is, or with what stands in the way. */
async function conclude(
  reply: FastifyReply,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog' | 'metrics'>,
  visit: Visit,
  find: Find,
): Promise<FastifyReply> {
  const { page, provider } = visit
  const found = await tried(deps, visit, () => find(visit))
  if (found.fault) return sendProblem(reply, visit, found)
  const { result: user } = found
  if (user === undefined) return reply.redirect(page.to('/login/with/first'), 303)
  const outcome = await attempted(page.site.say, () => signInAs(deps, page.login, provider, user))
  return outcome.fault ? sendProblem(reply, visit, outcome) : finishLogin(reply, page, outcome.result)
}

/** What went wrong, with the ways on. */
function sendProblem(reply: FastifyReply, { page, provider }: Visit, failed: Failed): FastifyReply {
  const { site, to } = page
  const names = { provider: provider.name }
  const words: Readonly<Record<number, string>> = {
    401: site.say('provider.refused', names),
    503: site.say('provider.unreachable', names),
  }
  const problem = words[failed.fault.status] ?? failed.problem
  const content = links(link(to('/login'), site.say('provider.other_way')), cancelLink(page))
  return sendPage(reply.code(failed.fault.status), site, { title: site.say('provider.title', names), problem, content })
}
type Failed = Extract<AttemptOutcome<Arrival | LoginResult>, { readonly problem: string }>

/** Asks who somebody is here: the owner of the account with the same address, of any account, or new. */
function sendFirst(reply: FastifyReply, { page, provider }: Visit, { label, candidates }: Stranger): FastifyReply {
  const { site, to, csrf } = page
  const { say } = site
  const names = { provider: provider.name, label }
  const mayCreate = candidates === null && site.policy?.signUp.open.value === true
  const decide = (decision: string, text: string) =>
    form(to('/login/with/first'), csrf, html`<input type="hidden" name="decision" value="${decision}">${submit(text)}`)
  const content = html`
<p>${say(candidates === null ? 'provider.match_unknown' : 'provider.match', names)}</p>
<div class="stack"><a class="button main" href="${to('/login')}">${say('provider.connect')}</a>
${mayCreate && decide('create', say('provider.create'))}</div>
${links(cancelLink(page))}`
  return sendPage(reply, site, { title: say('provider.first', names), content })
}
