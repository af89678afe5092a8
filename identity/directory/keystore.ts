import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type CryptoKey, importPKCS8, type JWK } from 'jose'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import type { Collection, Scope } from '../store/store.ts'
import { type KeytabEntry, readKeytab } from './keytab.ts'
import { scopeOf } from './organizations.ts'

/** A private key or a certificate of an organization that settings name, or both, or a keytab, in its scope. */
interface StoredKey {
  readonly name: string
  /** Absent for a keytab. */
  readonly public_key?: JWK
  /** PKCS #8 in PEM form or the bytes of a keytab in base64, sealed; absent for a certificate of somebody else. */
  readonly sealed?: string
  /** X.509 in PEM form. */
  readonly certificate?: string
  /** Of whom the keys of a keytab are. */
  readonly keytab?: readonly KeytabEntry[]
  readonly created_at: string
}

const KEYSTORE: Collection<StoredKey> = { name: 'keystore', id: (key) => key.name, indexes: [] }

const purposeOf = (scope: Scope, name: string): string => `keystore ${scope} ${name}`

/** What is put in under a name: a key, a certificate or both, or a keytab alone. */
export interface KeyMaterial {
  readonly private_key?: string
  readonly certificate?: string
  /** In base64. */
  readonly keytab?: string
}

/**
 * Puts a key in, in place of one of that name. Throws 422 for what is no private key in PEM form without a password, for what is no
 * certificate, for a certificate of another key, and for a keytab without an AES key.
 */
export async function putKey(
  { store, masterKey, now }: Pick<Deps, 'store' | 'masterKey' | 'now'>,
  organization: string,
  name: string,
  material: KeyMaterial,
): Promise<void> {
  const scope = scopeOf(organization)
  const { secret, ...shown } = material.keytab === undefined ? pairOf(material) : keytabOf(material.keytab, material)
  await store.delete(KEYSTORE, scope, name)
  await store.create(KEYSTORE, scope, {
    name,
    ...shown,
    ...(secret === undefined ? {} : { sealed: seal(masterKey, purposeOf(scope, name), secret) }),
    created_at: now().toISOString(),
  })
}

/** What may be known of material, and what is sealed. */
type Parts = Pick<StoredKey, 'public_key' | 'certificate' | 'keytab'> & { readonly secret?: string }

function pairOf(material: KeyMaterial): Parts {
  const key = material.private_key === undefined ? undefined : privateKeyOf(material.private_key)
  const certificate = material.certificate === undefined ? undefined : certificateOf(material.certificate)
  if (key && certificate && !certificate.checkPrivateKey(key)) throw invalid('/certificate', 'is of another key')
  const publicKey = key ? createPublicKey(key) : certificate?.publicKey
  if (publicKey === undefined) throw invalid('', 'needs a private key or a certificate')
  return {
    public_key: jwkOf(publicKey),
    ...(key && { secret: String(key.export({ type: 'pkcs8', format: 'pem' })) }),
    ...(certificate && { certificate: certificate.toString() }),
  }
}

function keytabOf(base64: string, { private_key, certificate }: KeyMaterial): Parts {
  if (private_key !== undefined || certificate !== undefined) throw invalid('/keytab', 'stands alone')
  const read = readKeytab(Buffer.from(base64, 'base64'))
  if (read === undefined) throw invalid('/keytab', 'is no keytab in base64')
  if (read.entries.length === 0) throw invalid('/keytab', 'has no AES key')
  return { keytab: read.entries, secret: read.bytes.toString('base64') }
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
  deps: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
): Promise<string | undefined> {
  const { keytab, secret } = await openedKey(deps, organization, name)
  return keytab === undefined ? secret : undefined
}

/** The keytab of a name, in base64, and of whom its keys are; `undefined` when there is none. */
export async function keytabNamed(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
): Promise<{ readonly base64: string; readonly entries: readonly KeytabEntry[] } | undefined> {
  const { keytab, secret } = await openedKey(deps, organization, name)
  return keytab === undefined || secret === undefined ? undefined : { base64: secret, entries: keytab }
}

async function openedKey(
  { store, masterKey }: Pick<Deps, 'store' | 'masterKey'>,
  organization: string,
  name: string,
): Promise<Parts> {
  const scope = scopeOf(organization)
  const { sealed, ...stored }: Partial<StoredKey> = (await store.get(KEYSTORE, scope, name)) ?? {}
  return sealed === undefined ? stored : { ...stored, secret: unseal(masterKey, purposeOf(scope, name), sealed) }
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

/** What may be known: names, public halves, certificates, and of whom the keys of a keytab are. */
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
