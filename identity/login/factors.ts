import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { sameHash } from '../http/auth.ts'
import { issueTicket, type Method, meetsDemand, type Pending, pendingOf } from '../oidc/interaction.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import type { Collection } from '../store/store.ts'
import { requireTenant, type Tenant } from '../vault/tenants.ts'
import { refused } from './refusal.ts'

/** A login that waits for its factors. */
export interface PendingLogin {
  readonly authReqId: string
  readonly pending: Pending
  readonly tenant: Tenant
}

/** Something that a person proved. */
export interface Factor {
  readonly kind: 'knowledge' | 'possession'
  readonly userId: string
  readonly methods: readonly Method[]
}

/** Contract schema LoginResult. */
export interface LoginResult {
  readonly nonce: string
  readonly need_verify: boolean
}

/** The first of two factors, in the scope of the tenant, as long as the login can be pending. */
interface FirstFactor extends Factor {
  readonly id: string
  /** SHA-256 of the ticket that its answer held. */
  readonly ticket_hash: string
}
const FIRST_FACTORS: Collection<FirstFactor> = { name: 'loginFirstFactors', id: (f) => f.id, indexes: [] }

/** Throws the uniform refusal when no login of this handle is pending. */
export async function requirePending(deps: Deps, authReqId: string | undefined): Promise<PendingLogin> {
  const pending = authReqId === undefined ? undefined : await pendingOf(deps, authReqId)
  if (authReqId === undefined || pending === undefined) throw refused()
  return { authReqId, pending, tenant: await requireTenant(deps, pending.tenant) }
}

/**
 * The answer to a factor that passed. A tenant with `is_2fa` demands one of each kind by the same user, in either order; until
 * then the ticket cannot be redeemed. Where one method is demanded, it alone counts. Throws the uniform refusal when the two factors are of
 * different users, or it is not the demanded login.
 */
export async function afterFactor(deps: Deps, login: PendingLogin, factor: Factor): Promise<LoginResult> {
  const { authReqId, tenant, pending } = login
  if (!meetsDemand(pending, factor)) throw refused()
  if (!tenant.is_2fa || pending.demand) return ticket(deps, authReqId, factor, true)
  const first = await deps.store.get(FIRST_FACTORS, tenant.tenant_id, authReqId)
  if (first === undefined || first.kind === factor.kind) return firstOfTwo(deps, login, factor)
  if (first.userId !== factor.userId) throw refused()
  const spent = await deps.store.take(FIRST_FACTORS, tenant.tenant_id, authReqId)
  if (spent === undefined) throw refused()
  return ticket(deps, authReqId, { ...factor, methods: [...first.methods, ...factor.methods] }, true)
}

/** Coming again, the same kind replaces what was there: the person may have started over. */
async function firstOfTwo(deps: Deps, { authReqId, tenant }: PendingLogin, factor: Factor): Promise<LoginResult> {
  const result = await ticket(deps, authReqId, factor, false)
  const first: FirstFactor = { id: authReqId, ...factor, ticket_hash: hashOf(result.nonce) }
  await deps.store.delete(FIRST_FACTORS, tenant.tenant_id, authReqId)
  await deps.store.create(FIRST_FACTORS, tenant.tenant_id, first, LIFETIMES.Interaction)
  return result
}

async function ticket(
  deps: Deps,
  authReqId: string,
  { userId, methods }: Factor,
  complete: boolean,
): Promise<LoginResult> {
  return { nonce: await issueTicket(deps, authReqId, { userId, methods, complete }), need_verify: !complete }
}

/** What was shown first in a login that waits for its second factor, for the page that asks for that one. */
export const firstFactorOf = (
  { store }: Deps,
  { authReqId, tenant }: Pick<PendingLogin, 'authReqId' | 'tenant'>,
): Promise<Factor | undefined> => store.get(FIRST_FACTORS, tenant.tenant_id, authReqId)

/**
 * What was shown first in this login, to who holds the ticket that it was answered with: handles stand in addresses, tickets do not.
 * Throws the uniform refusal.
 */
export async function requireFirstFactor(
  { store }: Deps,
  { authReqId, tenant }: PendingLogin,
  nonce: string,
): Promise<Factor> {
  const first = await store.get(FIRST_FACTORS, tenant.tenant_id, authReqId)
  if (first === undefined || !sameHash(first.ticket_hash, hashOf(nonce))) throw refused()
  return first
}

const hashOf = (nonce: string): string => createHash('sha256').update(nonce).digest('base64url')
