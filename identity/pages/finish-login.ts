import type { FastifyReply } from 'fastify'
import type { LoginResult } from '../login/factors.ts'
import { mountOf } from '../oidc/issuer.ts'
import { handOver } from './hand-over.ts'
import type { WaitingPage } from './waiting-login.ts'

/** Takes the ticket of a login that a form brought on: to the end, or to the factor that is missing (see `browser/call.ts`). */
export function finishLogin(reply: FastifyReply, page: WaitingPage, { nonce, need_verify }: LoginResult): FastifyReply {
  if (need_verify) return reply.redirect(`${page.to('/login/second')}#${nonce}`, 303)
  const ticket = new URLSearchParams({ auth_req_id: page.handle, nonce })
  return handOver(reply, page.site, `${mountOf(page.tenant.tenant_id)}/complete?${ticket}`)
}
