import { randomUUID } from 'node:crypto'
import { PlumblineError } from '../../../config/errors.ts'
import { sameHash } from '../../crypto/hash.ts'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import type { PendingLogin } from '../../login/pending-login.ts'
import type { Collection } from '../../store/store.ts'
import type { FederatedLogin } from '../methods.ts'
import type { Arrival } from '../protocol.ts'
import { standardClaims } from '../standard-claims.ts'
import {
  type AskedOrder,
  type BankIdParts,
  type BankIdPerson,
  type Collected,
  cancelOrder,
  collectOrder,
  type StartedOrder,
  startOrder,
} from './api.ts'
import { bankIdIssuer } from './settings.ts'

/** Where the app is: on another device, which scans a picture, or on the same one, which a link starts. */
export type Way = 'picture' | 'device'

/** An order of a login that waits, in the scope of the tenant. */
interface StoredOrder {
  /** `auth_req_id` of the login. */
  readonly id: string
  readonly method_id: string
  readonly way: Way
  /** The Started, sealed. */
  readonly sealed: string
  /** Milliseconds since 1970. */
  readonly started_at: number
  /** When BankID was asked last, and by whom. */
  readonly collected_at: number
  readonly collector: string
  readonly status: Collected['status']
  readonly hint: string
  /** The BankIdPerson of a complete order, sealed. */
  readonly person?: string
  /** The app has led back to the browser that began the login. */
  readonly returned: boolean
}

interface Started extends StartedOrder {
  /** Comes back with the browser. */
  readonly nonce: string
}

const ORDERS: Collection<StoredOrder> = { name: 'bankIdOrders', id: (order) => order.id, indexes: [] }
const SEAL = 'bankid order'
/** An order that nobody takes up ends after three minutes, and a complete one can be collected for three more. */
const SECONDS = 360
/** "RP should keep on calling collect every two seconds." */
const COLLECT_MILLISECONDS = 2000

type Parts = BankIdParts & Pick<Deps, 'now'>
type Login = Pick<PendingLogin, 'authReqId' | 'tenant'>

/** An order as a page shows it. */
export interface Order extends Pick<StoredOrder, 'way' | 'status' | 'hint' | 'returned'> {
  readonly started: Started
  readonly milliseconds: number
}

const opened = ({ masterKey, now }: Pick<Parts, 'masterKey' | 'now'>, stored: StoredOrder): Order => ({
  way: stored.way,
  status: stored.status,
  hint: stored.hint,
  returned: stored.returned,
  started: JSON.parse(unseal(masterKey, SEAL, stored.sealed)) as Started,
  milliseconds: now().getTime() - stored.started_at,
})

/** The order of a login as it was last heard of; `undefined` when there is none by this method. */
export async function orderOf(parts: Parts, { authReqId, tenant }: Login, { id }: FederatedLogin) {
  const stored = await parts.store.get(ORDERS, tenant.tenant_id, authReqId)
  return stored?.method_id === id ? opened(parts, stored) : undefined
}

/** Starts an order in place of an earlier one of the same login. `returnUrl`: of the nonce that comes back. Throws as `startOrder` does. */
export async function beginOrder(
  parts: Parts,
  login: Login,
  federated: FederatedLogin,
  { way, returnUrl, ...asked }: Omit<AskedOrder, 'returnUrl'> & { way: Way; returnUrl: (nonce: string) => string },
): Promise<Order> {
  await endOrder(parts, login, federated)
  const nonce = randomUUID()
  const request = way === 'device' ? { ...asked, returnUrl: returnUrl(nonce) } : asked
  const started: Started = { ...(await startOrder(parts, federated.organization, request)), nonce }
  const stored: StoredOrder = {
    id: login.authReqId,
    method_id: federated.id,
    way,
    sealed: seal(parts.masterKey, SEAL, JSON.stringify(started)),
    started_at: parts.now().getTime(),
    collected_at: 0,
    collector: '',
    status: 'pending',
    hint: 'outstandingTransaction',
    returned: false,
  }
  await parts.store.delete(ORDERS, login.tenant.tenant_id, login.authReqId)
  await parts.store.create(ORDERS, login.tenant.tenant_id, stored, SECONDS)
  return opened(parts, stored)
}

/**
 * The order as BankID says it is now: of many that ask within two seconds one asks there. `undefined` when there is none. Throws as
 * `startOrder` does, which ends nothing.
 */
export async function lookAtOrder(parts: Parts, login: Login, federated: FederatedLogin): Promise<Order | undefined> {
  const [scope, id] = [login.tenant.tenant_id, login.authReqId]
  if ((await orderOf(parts, login, federated))?.status !== 'pending') return orderOf(parts, login, federated)
  const [collector, now] = [randomUUID(), parts.now().getTime()]
  const isDue = (old: StoredOrder) => old.status === 'pending' && now - old.collected_at >= COLLECT_MILLISECONDS
  const changed = (fn: (old: StoredOrder) => StoredOrder) => unlessGone(parts.store.update(ORDERS, scope, id, fn))
  const stored = await changed((old) => (isDue(old) ? { ...old, collector, collected_at: now } : old))
  if (stored?.collector !== collector) return stored && opened(parts, stored)
  const { orderRef } = opened(parts, stored).started
  const collected = outcomeOf(parts, await collectOrder(parts, federated.organization, orderRef))
  const known = await changed((old) => ({ ...old, ...collected }))
  return known && opened(parts, known)
}

/** An order that was ended meanwhile is none any more. */
const unlessGone = (update: Promise<StoredOrder>): Promise<StoredOrder | undefined> =>
  update.catch((error: unknown) => {
    if (error instanceof PlumblineError && error.code === 'NOT_FOUND') return undefined
    throw error
  })

function outcomeOf({ masterKey }: Pick<Parts, 'masterKey'>, collected: Collected): Partial<StoredOrder> {
  if (collected.status !== 'complete') return collected
  return { status: 'complete', hint: '', person: seal(masterKey, SEAL, JSON.stringify(collected.person)) }
}

/** Notes that the app has led the browser back. False for another nonce than that of the order, and when there is none. */
export async function noteReturn(
  parts: Parts,
  login: Login,
  federated: FederatedLogin,
  nonce: string,
): Promise<boolean> {
  const order = await orderOf(parts, login, federated)
  if (order?.way !== 'device' || !sameHash(order.started.nonce, nonce)) return false
  const { tenant_id } = login.tenant
  const noted = parts.store.update(ORDERS, tenant_id, login.authReqId, (old) => ({ ...old, returned: true }))
  return (await unlessGone(noted)) !== undefined
}

/**
 * Whether the person of an order is the one at the browser. A picture was scanned from its screen; who follows a link may have got it from
 * somebody else, and is believed when the app has led back to this browser.
 */
export const isShownHere = ({ way, returned }: Pick<Order, 'way' | 'returned'>): boolean =>
  way === 'picture' || returned

/** Who has shown who they are: of many that ask, one gets it. `undefined` before, and for a login by another method. */
export async function takeArrival(parts: Parts, login: Login, federated: FederatedLogin): Promise<Arrival | undefined> {
  const order = await orderOf(parts, login, federated)
  if (order?.status !== 'complete' || !isShownHere(order)) return undefined
  const taken = await parts.store.take(ORDERS, login.tenant.tenant_id, login.authReqId)
  if (taken?.person === undefined) return undefined
  const { personalNumber, name, givenName, surname } = JSON.parse(
    unseal(parts.masterKey, SEAL, taken.person),
  ) as BankIdPerson
  const values = { personalNumber, name, givenName, surname }
  return {
    issuer: bankIdIssuer(parts),
    subject: personalNumber,
    claims: standardClaims(federated.spec, CLAIMS, values),
  }
}

const CLAIMS = [
  ['name', 'name'],
  ['givenName', 'given_name'],
  ['surname', 'family_name'],
] as const

/** Ends the order of a login, here and there. That BankID cannot be reached keeps nobody from going on: the order ends by itself. */
export async function endOrder(parts: Parts, login: Login, federated: FederatedLogin): Promise<void> {
  const order = await orderOf(parts, login, federated)
  if (order === undefined) return
  await parts.store.delete(ORDERS, login.tenant.tenant_id, login.authReqId)
  if (order.status !== 'pending') return
  await cancelOrder(parts, federated.organization, order.started.orderRef).catch(() => undefined)
}
