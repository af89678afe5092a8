import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { artifactHash } from './artifacts.ts'
import {
  type Continuation,
  endPending,
  newHandle,
  noLogin,
  type Pending,
  pendingHere,
  pendingOf,
} from './pending-login.ts'

interface Ticket {
  /** Keyed hash of the ticket. */
  readonly id: string
  readonly authReqId: string
  readonly userId: string
  readonly methods: readonly Method[]
  readonly complete: boolean
}

const TICKETS: Collection<Ticket> = { name: 'oidcTickets', id: (t) => t.id, indexes: [] }
const TICKET_SECONDS = 60

/** Who proved to be whom, and how. `complete` false: another factor is missing, and the ticket cannot be redeemed. */
export interface Login {
  readonly userId: string
  readonly methods: readonly Method[]
  readonly complete: boolean
}

/**
 * A ticket (256 random bits, single use, 60 seconds) that completes the login of an `auth_req_id` in the browser that began it.
 * Throws UNAUTHENTICATED when no such login is pending, or it is not the one that is demanded.
 */
export async function issueTicket(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  authReqId: string,
  login: Login,
): Promise<string> {
  const pending = await pendingOf(deps, authReqId)
  if (!pending || !meetsDemand(pending, login)) throw noLogin()
  const ticket = newHandle()
  const { userId, methods, complete } = login
  const stored: Ticket = { id: artifactHash(deps, ticket), authReqId, userId, methods, complete }
  await deps.store.create(TICKETS, GLOBAL, stored, TICKET_SECONDS)
  return ticket
}

/** Whether a login may be of this user by these methods. */
export const meetsDemand = (
  { demand }: Pick<Pending, 'demand'>,
  { userId, methods }: Pick<Login, 'userId' | 'methods'>,
): boolean => demand === undefined || (userId === demand.userId && methods.join() === demand.method)

/** Who holds a ticket that completes the login; it stays good. `undefined` for another one. */
export async function readTicket(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  authReqId: string,
  ticket: string,
): Promise<Login | undefined> {
  const found = await deps.store.get(TICKETS, GLOBAL, artifactHash(deps, ticket))
  return found?.complete && found.authReqId === authReqId ? found : undefined
}

/** Spends a ticket. Throws UNAUTHENTICATED for one that does not complete the login. */
export async function takeTicket(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  authReqId: string,
  ticket: string,
): Promise<Login> {
  const spent = await deps.store.take(TICKETS, GLOBAL, artifactHash(deps, ticket))
  if (!spent?.complete || spent.authReqId !== authReqId) throw noLogin()
  return spent
}

/** A redeemed ticket: how it goes on, and with whom. */
export interface Redeemed {
  readonly continuation: Continuation
  readonly userId: string
  readonly methods: readonly Method[]
}

/**
 * Spends a ticket, and with it the pending login. Throws the same UNAUTHENTICATED whatever is wrong: the ticket, its `auth_req_id`,
 * the tenant or the browser.
 */
export async function redeemTicket(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  request: FastifyRequest,
  { tenant, authReqId, ticket }: { readonly tenant: string; readonly authReqId: string; readonly ticket: string },
): Promise<Redeemed> {
  const pending = await pendingHere(deps, request, { tenant, authReqId })
  const { userId, methods } = await takeTicket(deps, authReqId, ticket)
  return { continuation: await endPending(deps, pending), userId, methods }
}
