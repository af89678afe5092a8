import { type CryptoKey, importJWK, type JWK } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { KEY_LEAD, KEY_REMAINS } from './lifetimes.ts'
import { type KeyAlg, makeKey, type OpenKey, opened, TENANT_KEYS, type TenantKey } from './tenant-key.ts'

/** Rotation at most every ten minutes and a month of publication stay far below it. */
const MAX_KEYS = 500

/** The published keys of a tenant at one moment. */
export interface KeyRing<Key extends TenantKey | OpenKey = OpenKey> {
  /** The first of each algorithm is the one in use; the others are published: before their use, or until their tokens ran out. */
  readonly keys: readonly Key[]
  /** Milliseconds since 1970 until which this is true. */
  readonly goodUntil: number
}

/** The keys of a tenant; missing ones of the demanded algorithms are made. */
export async function openKeyRing(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  demanded: readonly KeyAlg[],
): Promise<KeyRing> {
  const { keys, goodUntil } = await sealedKeyRing(deps, tenant, demanded)
  return { keys: keys.map((key) => opened(deps, tenant, key)), goodUntil }
}

/** The same with the private halves as they are stored. */
export async function sealedKeyRing(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  demanded: readonly KeyAlg[],
): Promise<KeyRing<TenantKey>> {
  const stored = await publishedKeys(deps, tenant)
  const missing = demanded.filter((alg) => !stored.some((key) => key.alg === alg))
  for (const alg of missing) await createFirst(deps, tenant, alg)
  const all = missing.length === 0 ? stored : await publishedKeys(deps, tenant)
  const now = deps.now().getTime()
  const changes = all.flatMap((key) => [key.activeFrom, key.publishedUntil ?? 0]).filter((time) => time > now)
  return { keys: all.toSorted(byPrecedence(now)), goodUntil: Math.min(...changes, Number.MAX_SAFE_INTEGER) }
}

/**
 * Administrator operation: makes a successor for each key in use. It is published at once and takes over `KEY_LEAD` later; the
 * old key stays published until nothing that it signed is of use. Throws CONFLICT while a successor waits for its turn.
 */
export async function rotateKeys(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
): Promise<{ readonly activeFrom: Date }> {
  const now = deps.now().getTime()
  const keys = await publishedKeys(deps, tenant)
  if (keys.some((key) => key.activeFrom > now))
    throw new PlumblineError('CONFLICT', 'a rotation is under way; the next key takes over within ten minutes')
  const activeFrom = now + KEY_LEAD * 1000
  for (const alg of new Set(keys.map((key) => key.alg)))
    await deps.store.create(TENANT_KEYS, tenant, await makeKey(deps, tenant, alg, { first: false, activeFrom }))
  for (const { kid } of keys)
    await deps.store.update(TENANT_KEYS, tenant, kid, (key) => ({
      ...key,
      publishedUntil: key.publishedUntil ?? activeFrom + KEY_REMAINS * 1000,
    }))
  return { activeFrom: new Date(activeFrom) }
}

/**
 * Administrator operation: takes a key out of the published set at once, so that nothing that it signed or opens is good any more. A
 * successor that waits for its turn takes over. Throws NOT_FOUND, and CONFLICT for the only key of its algorithm.
 */
export async function removeKey(deps: Pick<Deps, 'store' | 'now'>, tenant: string, kid: string): Promise<void> {
  const { store } = deps
  const now = deps.now().getTime()
  const keys = await publishedKeys(deps, tenant)
  const { alg } = keys.find((key) => key.kid === kid) ?? {}
  if (alg === undefined) throw new PlumblineError('NOT_FOUND', `the tenant publishes no key '${kid}'`)
  const others = keys.filter((key) => key.alg === alg && key.kid !== kid).toSorted(byPrecedence(now))
  const [next] = others
  if (next === undefined)
    throw new PlumblineError('CONFLICT', 'this is the only key of its algorithm; rotate the keys first, then remove it')
  // The successor first: a crash in between leaves a tenant that can sign.
  const replaced = others.some((key) => key.publishedUntil === null)
  await store.update(TENANT_KEYS, tenant, next.kid, (key) => ({
    ...key,
    activeFrom: Math.min(key.activeFrom, now),
    publishedUntil: replaced ? key.publishedUntil : null,
  }))
  await store.delete(TENANT_KEYS, tenant, kid)
}

/** Keys whose time is over are deleted on the way. */
async function publishedKeys(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  tenant: string,
): Promise<readonly TenantKey[]> {
  const { items } = await store.find(TENANT_KEYS, tenant, { limit: MAX_KEYS })
  const over = ({ publishedUntil }: TenantKey) => publishedUntil !== null && publishedUntil <= now().getTime()
  for (const key of items.filter(over)) await store.delete(TENANT_KEYS, tenant, key.kid)
  return items.filter((key) => !over(key))
}

/** Of several replicas that start at once one makes the key; the others use it. */
async function createFirst(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  alg: KeyAlg,
): Promise<void> {
  const key = await makeKey(deps, tenant, alg, { first: true, activeFrom: deps.now().getTime() })
  try {
    await deps.store.create(TENANT_KEYS, tenant, key)
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
  }
}

/** Active ones first, newest first. */
const byPrecedence = (now: number) => (a: TenantKey, b: TenantKey) =>
  Number(a.activeFrom > now) - Number(b.activeFrom > now) || b.activeFrom - a.activeFrom || (a.kid < b.kid ? -1 : 1)

/** A private key as `jose` takes it. */
export interface PrivateKey<Alg extends KeyAlg> {
  readonly kid: string
  readonly alg: Alg
  readonly publicJwk: JWK
  readonly privateKey: CryptoKey
}

/** The tenant's keys for the zero-knowledge protocol: the one to encrypt to first, then those that still open older messages. */
export async function encryptionKeysOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
): Promise<readonly PrivateKey<'ECDH-ES'>[]> {
  return privateKeys(await openKeyRing(deps, tenant, ['ECDH-ES']), 'ECDH-ES')
}

/** The P-256 key of the tenant (`use: enc` in its JWKS) to which clients encrypt now. */
export async function encryptionKeyOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
): Promise<PrivateKey<'ECDH-ES'>> {
  return first(await encryptionKeysOf(deps, tenant))
}

/** The Ed25519 key with which the tenant signs now. */
export async function signingKeyOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
): Promise<PrivateKey<'EdDSA'>> {
  return first(await privateKeys(await openKeyRing(deps, tenant, ['EdDSA']), 'EdDSA'))
}

const privateKeys = <Alg extends KeyAlg>(ring: KeyRing, alg: Alg): Promise<readonly PrivateKey<Alg>[]> =>
  Promise.all(
    ring.keys
      .filter((key) => key.alg === alg)
      .map(async ({ kid, publicJwk, privateJwk }) => ({
        kid,
        alg,
        publicJwk,
        privateKey: (await importJWK(privateJwk, alg)) as CryptoKey,
      })),
  )

function first<T>(keys: readonly T[]): T {
  const [key] = keys
  if (key === undefined) throw new PlumblineError('INTERNAL', 'the tenant has no key of this kind')
  return key
}
