import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { authenticate } from '../http/auth.ts'

/** A user who makes a request. */
export interface Caller {
  readonly tenant: string
  readonly userId: string
  /** Empty for an API key, which is no session. */
  readonly sessionId: string
  /** When the person signed in; absent for an API key. */
  readonly authenticatedAt?: Date
}

/** The user behind a request; `undefined` when it carries no credentials of a user. Throws UNAUTHENTICATED for bad ones. */
export async function signedInOrKey(deps: Deps, request: FastifyRequest): Promise<Caller | undefined> {
  if (request.headers['x-api-key'] === undefined) return undefined
  const principal = await authenticate(deps, request)
  if (principal.kind === 'admin' || principal.userId === '') return undefined
  return { tenant: principal.tenant, userId: principal.userId, sessionId: '' }
}
