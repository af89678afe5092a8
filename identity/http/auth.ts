import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { Fault } from './fault.ts'

/** Who makes a request. A key acts for one user of one tenant, within its scopes. */
export type Principal =
  | { readonly kind: 'admin' }
  | {
      readonly kind: 'key'
      readonly keyId: string
      readonly tenant: string
      readonly userId: string
      readonly scopes: readonly string[]
    }

/** What the check of an API key needs to know about it. */
export interface KeyRecord {
  readonly keyId: string
  readonly tenant: string
  readonly userId: string
  readonly scopes: readonly string[]
  /** `hashKey` of the whole key text. */
  readonly hash: string
}

/** Finds an API key that may be used now; `undefined` for an unknown, expired or disabled one. */
export type FindKey = (deps: Deps, keyId: string) => Promise<KeyRecord | undefined>

interface AdministratorKey {
  readonly id: 'administrator'
  readonly hash: string
}

/** The hash of the administrator key: one document for all replicas. */
export const administratorKeys: Collection<AdministratorKey> = {
  name: 'administratorKeys',
  id: (key) => key.id,
  indexes: [],
}

const RANDOM_BYTES = 32
const KEY_ID_BYTES = 9
const ADMIN_KEY = /^pla_[A-Za-z0-9_-]{43}$/
const API_KEY = /^plk_([A-Za-z0-9-]{12})_[A-Za-z0-9_-]{43}$/

/** A fresh administrator key, `pla_<256 random bits>`. */
export const newAdminKey = (): string => `pla_${randomBytes(RANDOM_BYTES).toString('base64url')}`

/** A fresh API key, `plk_<key_id>_<256 random bits>`. Store the id and `hashKey(text)`; show the text once. */
export function newApiKey(): { readonly keyId: string; readonly text: string } {
  const keyId = randomBytes(KEY_ID_BYTES).toString('base64url').replaceAll('_', '-')
  return { keyId, text: `plk_${keyId}_${randomBytes(RANDOM_BYTES).toString('base64url')}` }
}

/** SHA-256 in base64url: enough for a key of 256 random bits. */
export const hashKey = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Compares two hashes of equal kind in constant time. */
export function sameHash(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/**
 * Who sends the request, by `X-API-Key` (administrator key or API key). Throws Fault 401 when there is no key or it is not good.
 */
export async function authenticate(deps: Deps, request: FastifyRequest, findKey?: FindKey): Promise<Principal> {
  const text = request.headers['x-api-key']
  if (typeof text !== 'string' || text === '') throw new Fault(401, 'The header X-API-Key is missing.')
  const principal = ADMIN_KEY.test(text) ? await administrator(deps, text) : await keyHolder(deps, text, findKey)
  if (!principal) throw new Fault(401, 'The key in X-API-Key is not known here.')
  return principal
}

/** Lets only the administrator pass. Throws Fault 401 or 403. */
export async function requireAdmin(deps: Deps, request: FastifyRequest, findKey?: FindKey): Promise<void> {
  const { kind } = await authenticate(deps, request, findKey)
  if (kind !== 'admin') throw new Fault(403, 'Only the administrator key may do this.')
}

async function administrator({ store }: Deps, text: string): Promise<Principal | undefined> {
  const stored = await store.get(administratorKeys, GLOBAL, 'administrator')
  return stored && sameHash(stored.hash, hashKey(text)) ? { kind: 'admin' } : undefined
}

async function keyHolder(deps: Deps, text: string, findKey?: FindKey): Promise<Principal | undefined> {
  const keyId = API_KEY.exec(text)?.[1]
  const found = keyId === undefined ? undefined : await findKey?.(deps, keyId)
  if (!found || !sameHash(found.hash, hashKey(text))) return undefined
  const { tenant, userId, scopes } = found
  return { kind: 'key', keyId: found.keyId, tenant, userId, scopes }
}
