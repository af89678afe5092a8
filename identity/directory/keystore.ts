import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type CryptoKey, importPKCS8, type JWK } from 'jose'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import type { Collection, Scope } from '../store/store.ts'
import { scopeOf } from './organizations.ts'

/** A private key or a certificate of an organization that settings name, or both, in its scope. */
interface StoredKey {
  readonly name: string
  readonly public_key: JWK
  /** PKCS #8 in PEM form, sealed; absent for a certificate of somebody else. */
  readonly sealed?: string
  /** X.509 in PEM form. */
  readonly certificate?: string
  readonly created_at: string
}

const KEYSTORE: Collection<StoredKey> = { name: 'keystore', id: (key) => key.name, indexes: [] }

const purposeOf = (scope: Scope, name: string): string => `keystore ${scope} ${name}`

/** What is put in under a name: one of the two at least. */
export interface KeyMaterial {
  readonly private_key?: string
  readonly certificate?: string
}

/**
 * Puts a key in, in place of one of that name. Throws 422 for what is no private key in PEM form without a password, for what is no
 * certificate, and for a certificate of another key.
 */
export async function putKey(
  { store, masterKey, now }: Pick<Deps, 'store' | 'masterKey' | 'now'>,
  organization: string,
  name: string,
  material: KeyMaterial,
): Promise<void> {
  const scope = scopeOf(organization)
  const key = material.private_key === undefined ? undefined : privateKeyOf(material.private_key)
  const certificate = material.certificate === undefined ? undefined : certificateOf(material.certificate)
  if (key && certificate && !certificate.checkPrivateKey(key)) throw invalid('/certificate', 'is of another key')
  const publicKey = key ? createPublicKey(key) : certificate?.publicKey
  if (publicKey === undefined) throw invalid('', 'needs a private key or a certificate')
  const pem = key && String(key.export({ type: 'pkcs8', format: 'pem' }))
  await store.delete(KEYSTORE, scope, name)
  await store.create(KEYSTORE, scope, {
    name,
    public_key: jwkOf(publicKey),
    ...(pem === undefined ? {} : { sealed: seal(masterKey, purposeOf(scope, name), pem) }),
    ...(certificate === undefined ? {} : { certificate: certificate.toString() }),
    created_at: now().toISOString(),
  })
}

/** Node names no other curves than those that browsers have. */
function jwkOf(key: KeyObject): JWK {
  if (key.asymmetricKeyDetails?.namedCurve !== BRAINPOOL) return key.export({ format: 'jwk' }) as JWK
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-2 * COORDINATE)
  const [x, y] = [point.subarray(0, COORDINATE), point.subarray(COORDINATE)].map((part) => part.toString('base64url'))
  return { kty: 'EC', crv: BRAINPOOL, x: String(x), y: String(y) }
}
const [BRAINPOOL, COORDINATE] = ['brainpoolP320r1', 40]

/** What some issuers write above a key (`Recipient: …`); a key that is encrypted says so there, and stays as it is. */
const HEADERS = /^(-----BEGIN [^\n]+\n)((?!Proc-Type)[A-Za-z-]+:[^\n]*\n)+\n?/

function privateKeyOf(pem: string) {
  try {
    return createPrivateKey(pem.replaceAll('\r\n', '\n').replace(HEADERS, '$1'))
  } catch (cause) {
    throw Object.assign(invalid('/private_key', 'is no private key in PEM form without a password'), { cause })
  }
}

function certificateOf(pem: string) {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw Object.assign(invalid('/certificate', 'is no certificate in PEM form'), { cause })
  }
}

/** The certificate of a name in PEM form; `undefined` when there is none. */
export const certificateNamed = async (
  { store }: Pick<Deps, 'store'>,
  organization: string,
  name: string,
): Promise<string | undefined> => (await store.get(KEYSTORE, scopeOf(organization), name))?.certificate

/** The key of a name in PEM form (PKCS #8); `undefined` when there is none. */
export async function pemNamed(
  { store, masterKey }: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
): Promise<string | undefined> {
  const scope = scopeOf(organization)
  const stored = await store.get(KEYSTORE, scope, name)
  return stored?.sealed === undefined ? undefined : unseal(masterKey, purposeOf(scope, name), stored.sealed)
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

/** What may be known: names, public halves and certificates. */
export async function keysOf({ store }: Pick<Deps, 'store'>, organization: string) {
  const keys = await collect(everyOne(store, KEYSTORE, scopeOf(organization)))
  return keys.map(({ sealed: _, ...shown }) => shown)
}

/** True when there was one. */
export const removeKeystoreEntry = (
  { store }: Pick<Deps, 'store'>,
  organization: string,
  name: string,
): Promise<boolean> => store.delete(KEYSTORE, scopeOf(organization), name)
