import type { FastifyInstance, FastifyRequest } from 'fastify'
import { usePublicRate } from '../../login/public-rate.ts'
import { Fault } from '../../platform/fault.ts'

/** A minute and address; and how long address and body may be. */
const REQUESTS_PER_MINUTE = 120
const CHARACTERS = 8 * 1024

/** Refuses a request that anybody may make and that puts something down: 413 for a long one, 429 for one of too many. */
export type Bound = (request: FastifyRequest, body: string) => Promise<void>

/** What bounds such requests of a scope, all of them together. */
export async function boundOpen(scope: FastifyInstance): Promise<Bound> {
  await usePublicRate(scope)
  const isWithinRate = scope.createRateLimit({ max: REQUESTS_PER_MINUTE, timeWindow: '1 minute' })
  return async (request, body) => {
    if ([request.url, body].some((part) => part.length > CHARACTERS))
      throw new Fault(413, `a request of this kind has at most ${CHARACTERS} characters`)
    const rate = await isWithinRate(request)
    if (rate.isAllowed || !rate.isExceeded) return
    const headers = { 'retry-after': String(rate.ttlInSeconds) }
    throw new Fault(429, 'too many requests; wait a minute', { headers })
  }
}
