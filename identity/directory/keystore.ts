import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type CryptoKey, importPKCS8, type JWK } from 'jose'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import type { Collection, Scope } from '../store/store.ts'
import { scopeOf } from './organizations.ts'

/** A private key of an organization that settings name, in its scope. */
interface StoredKey {
  readonly name: string
  readonly public_key: JWK
  /** PKCS #8 in PEM form, sealed. */
  readonly sealed: string
  readonly created_at: string
}

const KEYSTORE: Collection<StoredKey> = { name: 'keystore', id: (key) => key.name, indexes: [] }

const purposeOf = (scope: Scope, name: string): string => `keystore ${scope} ${name}`

/** Puts a key in, in place of one of that name. Throws 422 for what is no private key in PEM form without a password. */
export async function putKey(
  { store, masterKey, now }: Pick<Deps, 'store' | 'masterKey' | 'now'>,
  organization: string,
  name: string,
  pem: string,
): Promise<void> {
  const scope = scopeOf(organization)
  const key = privateKeyOf(pem)
  const sealed = seal(masterKey, purposeOf(scope, name), String(key.export({ type: 'pkcs8', format: 'pem' })))
  const public_key = createPublicKey(key).export({ format: 'jwk' }) as JWK
  await store.delete(KEYSTORE, scope, name)
  await store.create(KEYSTORE, scope, { name, public_key, sealed, created_at: now().toISOString() })
}

function privateKeyOf(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw Object.assign(invalid('/private_key', 'is no private key in PEM form without a password'), { cause })
  }
}

/** The key of a name in PEM form (PKCS #8); `undefined` when there is none. */
export async function pemNamed(
  { store, masterKey }: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
): Promise<string | undefined> {
  const scope = scopeOf(organization)
  const stored = await store.get(KEYSTORE, scope, name)
  return stored && unseal(masterKey, purposeOf(scope, name), stored.sealed)
}

/** The key of a name, for signing by an algorithm (RFC 7518); `undefined` when there is none. */
export async function keyNamed(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
  algorithm: string,
): Promise<CryptoKey | undefined> {
  const pem = await pemNamed(deps, organization, name)
  return pem === undefined ? undefined : importPKCS8(pem, algorithm)
}

/** Names and public halves. */
export async function keysOf({ store }: Pick<Deps, 'store'>, organization: string) {
  const keys = await collect(everyOne(store, KEYSTORE, scopeOf(organization)))
  return keys.map(({ name, public_key, created_at }) => ({ name, public_key, created_at }))
}

/** True when there was one. */
export const removeKeystoreEntry = (
  { store }: Pick<Deps, 'store'>,
  organization: string,
  name: string,
): Promise<boolean> => store.delete(KEYSTORE, scopeOf(organization), name)
