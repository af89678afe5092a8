import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { addressGroup } from '../lockout/address.ts'

/** Requests per minute and address to an operation that anybody may call and that counts for no lockout. */
const REQUESTS_PER_MINUTE = 60
const ADDRESSES = 10_000

/** Of a route with the plain rate limit. */
export const PUBLIC_RATE = { rateLimit: { max: REQUESTS_PER_MINUTE, timeWindow: '1 minute' } } as const

/** Makes `PUBLIC_RATE` work in a scope. Each process counts for itself; what protects accounts is the lockout in the store. */
export async function usePublicRate(scope: FastifyInstance): Promise<void> {
  await scope.register(rateLimit, {
    global: false,
    cache: ADDRESSES,
    keyGenerator: (request) => addressGroup(request.ip),
  })
}
