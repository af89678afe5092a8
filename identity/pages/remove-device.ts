import type { FastifyReply } from 'fastify'
import { attempted } from './attempt.ts'
import type { OwnPage } from './signed-in.ts'

interface Removal {
  readonly remove: () => Promise<void>
  /** What the account page then says. */
  readonly notice: string
  /** The page again, with why it was not removed. */
  readonly again: (reply: FastifyReply, problem: string) => FastifyReply | Promise<FastifyReply>
}

/** Removes something that a person signs in with; the last way in stays. */
export async function removeDevice(
  reply: FastifyReply,
  { site: { say }, to }: OwnPage,
  { remove, notice, again }: Removal,
): Promise<FastifyReply> {
  const { problem, fault } = await attempted(say, remove)
  if (fault === undefined) return reply.redirect(to('/account', { notice }), 303)
  return again(reply.code(fault.status), fault.status === 409 ? say('error.last_factor') : problem)
}
