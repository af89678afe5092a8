import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { connectionsOf, connectOwn } from '../federation/connections.ts'
import { type FederatedLogin, federatedLogins, returnAddress } from '../federation/methods.ts'
import { personOf } from '../federation/person.ts'
import type { Protocol } from '../federation/protocol.ts'
import { beginTrip, endTrip, stateIn, type TripPurpose } from '../federation/trips.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { type AttemptOutcome, attempted } from './attempt.ts'
import { link, links, refusal } from './form-parts.ts'
import { goAfterForm } from './provider-way.ts'
import { type OwnPage, requireOwnPage } from './signed-in.ts'

interface Path {
  Params: TenantPath & { readonly method: string }
}

/** The way out to connect an account elsewhere. A form of ours begins it: another site could else connect an account of its own. */
export async function connectPages(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  protocol: Protocol,
): Promise<void> {
  await pageScope(app, deps, '/account/with', (scope) => {
    scope.post<Path>('/:method', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const { possible } = await connectionsOf(deps, page.tenant, page.person.user)
      const provider = possible.find(({ id }) => id === request.params.method)
      if (provider === undefined) throw refusal(403, 'error.forbidden')
      const { tenant_id } = page.tenant
      const purpose = { method_id: provider.id, user_id: page.person.user.user_id, session_id: page.person.sessionId }
      const outcome = await attempted(page.site.say, async () => {
        const address = returnAddress(publicUrlOf(deps), tenant_id, provider.id)
        return protocol.start(provider, await beginTrip(deps, tenant_id, purpose, address))
      })
      return outcome.fault ? sendProblem(reply, page, provider, outcome) : goAfterForm(reply, page.site, outcome.result)
    })
  })
}

type Connecting = Extract<TripPurpose, { readonly user_id: string }>

/** The way back, in the session that began it. Throws Fault 401 in any other one. */
export async function returnToConnect(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer' | 'providers'>,
  protocol: Protocol,
  request: FastifyRequest,
  reply: FastifyReply,
  { purpose, query }: { readonly purpose: Connecting; readonly query: URLSearchParams },
): Promise<FastifyReply> {
  const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
  const { tenant, person, site } = page
  const isOwn = person.user.user_id === purpose.user_id && person.sessionId === purpose.session_id
  const trip = isOwn ? await endTrip(deps, tenant.tenant_id, stateIn(query)) : undefined
  const provider = (await federatedLogins(deps, tenant.tenant_id)).find(({ id }) => id === purpose.method_id)
  if (trip === undefined || provider === undefined) throw refusal(401, 'error.signed_out')
  const outcome = await attempted(site.say, async () => {
    const { issuer, subject, claims } = await protocol.finish(provider, trip, query)
    const { label } = personOf(provider.spec, claims, subject)
    await connectOwn(deps, tenant, person.user, { method_id: provider.id, issuer, subject }, label)
  })
  if (outcome.fault) return sendProblem(reply, page, provider, outcome)
  return reply.redirect(page.to('/account', { notice: 'connected' }), 303)
}

type Failed = Extract<AttemptOutcome<unknown>, { readonly problem: string }>

function sendProblem(reply: FastifyReply, { site, to }: OwnPage, { name }: FederatedLogin, failed: Failed) {
  const { say } = site
  const words: Readonly<Record<number, string>> = {
    401: say('provider.refused', { provider: name }),
    409: say('error.connected'),
    503: say('provider.unreachable', { provider: name }),
  }
  const problem = words[failed.fault.status] ?? failed.problem
  const content = links(link(to('/account'), say('common.back')))
  const title = say('account.connections.connect', { provider: name })
  return sendPage(reply.code(failed.fault.status), site, { title, problem, content })
}
