import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import type { meet } from '../federation/meet.ts'
import type { Arrival } from '../federation/protocol.ts'
import { signInAs, withRefusals } from '../federation/sign-in.ts'
import { sendPage } from '../frame/page-scope.ts'
import type { LoginResult } from '../login/factors.ts'
import { type AttemptOutcome, attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { link, links, refusal } from './form-parts.ts'
import { offeredProviders, type Visit } from './provider-buttons.ts'
import { cancelLink, type WaitingPage } from './waiting-login.ts'

/** Throws Fault 403 for a method that this login does not take. */
export function visitOf(deps: Pick<Deps, 'masterKey'>, page: WaitingPage, method: string, ip: string): Visit {
  const provider = offeredProviders(deps, page, ip).find(({ id }) => id === method)
  if (provider === undefined) throw refusal(403, 'error.forbidden')
  return { page, provider }
}

/** Runs a step at the provider; what goes wrong is told, and written to the audit log. */
export const tried = <T>(
  deps: Pick<Deps, 'auditLog' | 'metrics'>,
  { page, provider }: Visit,
  work: () => Promise<T>,
): Promise<AttemptOutcome<T>> => attempted(page.site.say, () => withRefusals(deps, page.login, provider, work))

type Find = (visit: Visit) => ReturnType<typeof meet>

/** That the sign-in page signs nobody in unasked. */
export const MANUALLY = { manual: '1' } as const

/**
 * Ends with the login of whoever was found, with the question who it is, or with what stands in the way. `proof`: headers for who is in or
 * asked.
 */
export async function conclude(
  reply: FastifyReply,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  visit: Visit,
  find: Find,
  proof: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> {
  const { page, provider } = visit
  const found = await tried(deps, visit, () => find(visit))
  if (found.fault) return sendProblem(reply, visit, found)
  const { result: user } = found
  if (user === undefined) return reply.headers(proof).redirect(page.to('/login/with/first'), 303)
  const outcome = await attempted(page.site.say, () => signInAs(deps, page.login, provider, user))
  return outcome.fault ? sendProblem(reply, visit, outcome) : finishLogin(reply.headers(proof), page, outcome.result)
}

/** What went wrong, with the ways on. */
export function sendProblem(reply: FastifyReply, { page, provider }: Visit, failed: Failed): FastifyReply {
  const { site, to } = page
  const names = { provider: provider.name }
  const words: Readonly<Record<number, string>> = {
    401: site.say('provider.refused', names),
    503: site.say('provider.unreachable', names),
  }
  const problem = words[failed.fault.status] ?? failed.problem
  const content = links(link(to('/login', MANUALLY), site.say('provider.other_way')), cancelLink(page))
  return sendPage(reply.code(failed.fault.status), site, { title: site.say('provider.title', names), problem, content })
}
type Failed = Extract<AttemptOutcome<Arrival | LoginResult>, { readonly problem: string }>
