import { createHash } from 'node:crypto'
import { sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { USERS } from '../directory/users.ts'
import { LIFETIMES } from '../oidc/lifetimes.ts'
import { issueTicket, meetsDemand } from '../oidc/login-ticket.ts'
import { canBeEnough, isEnough } from '../policy/assurance.ts'
import { inputsFor } from '../policy/load.ts'
import { policyOnDemand } from '../policy/policy.ts'
import { refusalOf } from '../policy/reasons.ts'
import type { Collection } from '../store/store.ts'
import { remindToActivate } from './activation.ts'
import { connectProven } from './coupling.ts'
import type { PendingLogin } from './pending-login.ts'
import { refused } from './refusal.ts'

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

/** What was shown so far in a login that needs more, in the scope of the tenant, as long as the login can be pending. */
interface ShownFactors {
  readonly id: string
  /** One of each kind at most, all of the same user. */
  readonly factors: readonly Factor[]
  /** SHA-256 of the ticket that the last answer held. */
  readonly ticket_hash: string
}
const SHOWN: Collection<ShownFactors> = { name: 'loginShownFactors', id: (s) => s.id, indexes: [] }

/**
 * The answer to a factor that passed. The policy of the user says whether it is accepted and whether it is enough; until it is, the
 * ticket cannot be redeemed. Factors come in any order; coming again, the same kind replaces what was there, so it never counts twice.
 * Where one method is demanded, it alone counts. Throws the uniform refusal for a method that is not accepted, for factors of different
 * users, and for what is not the demanded login.
 */
export async function afterFactor(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer' | 'auditLog'>,
  login: PendingLogin,
  factor: Factor,
): Promise<LoginResult> {
  const { authReqId, tenant, pending, settings } = login
  if (!meetsDemand(pending, factor)) throw refused()
  const user = await deps.store.get(USERS, tenant.tenant_id, factor.userId)
  const inputs = await inputsFor(deps, settings, user)
  const policy = policyOnDemand(inputs)
  const reason = refusalOf(policy, factor.methods)
  if (user) await remindToActivate(deps, tenant, policy, user)
  if (reason !== undefined) throw refused(reason)
  if (pending.demand) return ticket(deps, authReqId, factor, true)

  const earlier = await deps.store.get(SHOWN, tenant.tenant_id, authReqId)
  const others = earlier?.factors.filter(({ kind }) => kind !== factor.kind) ?? []
  if (others.some(({ userId }) => userId !== factor.userId)) throw refused()
  const factors = [...others, factor]
  const shown = { methods: factors.flatMap(({ methods }) => methods), enrolled: inputs.enrolled }
  const requested = pending.acrValues ?? []
  if (!canBeEnough(policy, requested, shown)) throw refused('nothing that the user has could complete this login')
  if (!isEnough(policy, requested, shown)) return keep(deps, login, factors)
  if (earlier && !(await deps.store.take(SHOWN, tenant.tenant_id, authReqId))) throw refused()
  if (user) await connectProven(deps, login, policy, user)
  return ticket(deps, authReqId, { userId: factor.userId, methods: shown.methods }, true)
}

async function keep(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { authReqId, tenant }: PendingLogin,
  factors: readonly Factor[],
): Promise<LoginResult> {
  const { userId = '' } = factors[0] ?? {}
  const methods = factors.flatMap((factor) => factor.methods)
  const result = await ticket(deps, authReqId, { userId, methods }, false)
  const shown: ShownFactors = { id: authReqId, factors, ticket_hash: ticketHash(result.nonce) }
  await deps.store.delete(SHOWN, tenant.tenant_id, authReqId)
  await deps.store.create(SHOWN, tenant.tenant_id, shown, LIFETIMES.Interaction)
  return result
}

async function ticket(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  authReqId: string,
  { userId, methods }: Omit<Factor, 'kind'>,
  complete: boolean,
): Promise<LoginResult> {
  return { nonce: await issueTicket(deps, authReqId, { userId, methods, complete }), need_verify: !complete }
}

/** What was shown so far in a login that lacks a factor, the first one first, for the pages that ask for another. */
export async function factorsOf(
  { store }: Pick<Deps, 'store'>,
  { authReqId, tenant }: Pick<PendingLogin, 'authReqId' | 'tenant'>,
): Promise<readonly Factor[]> {
  return (await store.get(SHOWN, tenant.tenant_id, authReqId))?.factors ?? []
}

/** Remembers a factor that was shown by setting it up; `goOn` goes on with it, once the person has read what there is to read. */
export async function noteFactor(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  login: PendingLogin,
  factor: Factor,
): Promise<void> {
  const others = (await factorsOf(deps, login)).filter(({ kind }) => kind !== factor.kind)
  await keep(deps, login, [...others, factor])
}

/** Goes on with what was shown last. Throws as `afterFactor`, and the uniform refusal when nothing was shown. */
export async function goOn(deps: Parameters<typeof afterFactor>[0], login: PendingLogin): Promise<LoginResult> {
  const last = (await factorsOf(deps, login)).at(-1)
  if (last === undefined) throw refused()
  return afterFactor(deps, login, last)
}

/**
 * What was shown first in this login, to who holds the ticket that it was answered with: handles stand in addresses, tickets do not.
 * Throws the uniform refusal.
 */
export async function requireFirstFactor(
  { store }: Pick<Deps, 'store'>,
  { authReqId, tenant }: PendingLogin,
  nonce: string,
): Promise<Factor> {
  const shown = await store.get(SHOWN, tenant.tenant_id, authReqId)
  const first = shown?.factors[0]
  if (!shown || !first || !sameHash(shown.ticket_hash, ticketHash(nonce))) throw refused()
  return first
}

const ticketHash = (nonce: string): string => createHash('sha256').update(nonce).digest('base64url')
