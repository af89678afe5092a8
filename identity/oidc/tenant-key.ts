import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { Collection } from '../store/store.ts'
import { selfSigned } from './certificate.ts'

export type KeyAlg = 'EdDSA' | 'RS256' | 'ECDH-ES' | 'RSA-OAEP-256'

/** How a key of each algorithm is made (RFC 7518, RFC 8037), what it is for, and whether it is published with a certificate (x5c). */
const KINDS: Readonly<Record<KeyAlg, { readonly use: 'sig' | 'enc'; readonly make: object; readonly x5c: boolean }>> = {
  EdDSA: { use: 'sig', make: { crv: 'Ed25519' }, x5c: false },
  RS256: { use: 'sig', make: { modulusLength: 2048 }, x5c: true },
  'ECDH-ES': { use: 'enc', make: { crv: 'P-256' }, x5c: false },
  'RSA-OAEP-256': { use: 'enc', make: { modulusLength: 2048 }, x5c: false },
}

/** A key of a tenant as stored. Times are milliseconds since 1970. */
export interface TenantKey {
  /** JWK thumbprint (RFC 7638). */
  readonly kid: string
  readonly alg: KeyAlg
  readonly publicJwk: JWK
  /** The private JWK, sealed under the master key. */
  readonly sealed: string
  /** True for the key that is there from the beginning; there is one per algorithm. */
  readonly first: boolean
  /** From when on it signs, or is named to those who encrypt. */
  readonly activeFrom: number
  /** When it leaves the published set; null while no successor is known. */
  readonly publishedUntil: number | null
}

export const TENANT_KEYS: Collection<TenantKey> = {
  name: 'tenantKeys',
  id: (key) => key.kid,
  indexes: [],
  unique: { first: (key) => (key.first ? key.alg : undefined) },
}

const PURPOSE = 'tenant key'

/** A private key that is ready to be used. */
export interface OpenKey {
  readonly kid: string
  readonly alg: KeyAlg
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}

type Plan = Pick<TenantKey, 'first' | 'activeFrom'>

export async function makeKey(
  { masterKey }: Pick<Deps, 'masterKey'>,
  tenant: string,
  alg: KeyAlg,
  plan: Plan,
): Promise<TenantKey> {
  const { use, make, x5c } = KINDS[alg]
  const pair = await generateKeyPair(alg, { ...make, extractable: true })
  const bare = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(bare)
  const facts = { kid, alg, use, ...(x5c ? { x5c: [await selfSigned(kid, pair, plan.activeFrom)] } : {}) }
  const sealed = seal(masterKey, purposeOf(tenant), JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...facts }))
  return { kid, alg, publicJwk: { ...bare, ...facts }, sealed, publishedUntil: null, ...plan }
}

/** A key sealed for one tenant does not open for another. */
const purposeOf = (tenant: string): string => `${PURPOSE} ${tenant}`

export const opened = (
  deps: Pick<Deps, 'masterKey'>,
  tenant: string,
  { kid, alg, publicJwk, sealed }: TenantKey,
): OpenKey => ({ kid, alg, publicJwk, privateJwk: privateJwkOf(deps, tenant, sealed) })

/** The private half of a key, by how it is stored. */
export const privateJwkOf = ({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string, sealed: string): JWK =>
  JSON.parse(unseal(masterKey, purposeOf(tenant), sealed))
