import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { NEGOTIATE, offeredToken, takesTickets } from '../federation/kerberos/negotiate.ts'
import { asksAtOnce } from '../federation/kerberos/settings.ts'
import { signInByTicket } from '../federation/kerberos/ticket-login.ts'
import { meet } from '../federation/meet.ts'
import type { FederatedLogin } from '../federation/methods.ts'
import type { NewcomerParts } from '../federation/newcomer.ts'
import { tokenInHint } from '../login/action-hint.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { asked } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { conclude, MANUALLY, tried } from './provider-visit.ts'
import { fromElsewhere, type StartView, sendStart } from './start-page.ts'
import type { WaitingPage } from './waiting-login.ts'

export type TicketParts = NewcomerParts & Pick<Deps, 'metrics' | 'tickets'>

const CHALLENGE = 'www-authenticate'

/**
 * The login method by which the sign-in page signs people in unasked. None where the person wants to choose, has to show anew who they are,
 * came with a token, or came from elsewhere and signs in to connect that account.
 */
export function unaskedProvider(
  request: FastifyRequest,
  { pending }: WaitingPage,
  { providers, stranger }: StartView,
): FederatedLogin | undefined {
  const isManual = Object.keys(MANUALLY).some((name) => asked(request, name) !== '')
  const isAsked = isManual || pending.askAnew === true || tokenInHint(pending.loginHint) !== undefined
  return isAsked || stranger !== undefined ? undefined : providers.find(asksAtOnce)
}

/**
 * Signs in by the ticket that the browser shows. One that shows none is asked for it, with the sign-in page for whoever cannot
 * (RFC 4559, section 4.1); after one that is not good it is not asked again.
 */
export async function negotiate(
  deps: TicketParts,
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit,
  start: StartView,
): Promise<FastifyReply> {
  const { page, provider } = visit
  const token = offeredToken(request.headers.authorization)
  if (token === undefined) return sendStart(asking(deps, reply), page, start)
  const outcome = await tried(deps, visit, () => signInByTicket(deps, provider, token))
  if (outcome.fault) {
    const refused = page.site.say('provider.refused', { provider: provider.name })
    const problem = outcome.fault.status === 401 ? refused : outcome.problem
    return sendStart(reply.code(outcome.fault.status), page, { ...start, problem })
  }
  const { arrival, answer } = outcome.result
  const proof = answer === undefined ? {} : { [CHALLENGE]: `${NEGOTIATE} ${answer}` }
  return conclude(reply, deps, visit, () => meet(deps, page.login, provider, arrival), proof)
}

const asking = (deps: Pick<Deps, 'publicUrl'>, reply: FastifyReply): FastifyReply =>
  takesTickets(publicUrlOf(deps)) ? reply.code(401).header(CHALLENGE, NEGOTIATE) : reply

/** The same after the button, with a word to whoever has no ticket. */
export async function askForTicket(
  deps: TicketParts,
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit,
): Promise<FastifyReply> {
  const { page, provider } = visit
  const problem = page.site.say('ticket.none', { provider: provider.name })
  return negotiate(deps, request, reply, visit, { ...(await fromElsewhere(deps, page, request.ip)), problem })
}
