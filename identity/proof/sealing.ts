import {
  CompactEncrypt,
  CompactSign,
  type CryptoKey,
  compactDecrypt,
  compactVerify,
  createLocalJWKSet,
  type JSONWebKeySet,
  type JWEHeaderParameters,
} from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import { fromBase64url, utf8 } from './encoding.ts'

const SEALING = { alg: 'ECDH-ES', enc: 'A256GCM' } as const
/** Header members of our JWEs. Any other (zip, apu, crit, jku) is refused before a key is used. */
const MEMBERS: ReadonlySet<string> = new Set(['alg', 'enc', 'kid', 'epk'])
/** Keeps other tokens of the tenant's key from passing as a challenge, and a challenge from passing as another token. */
const CHALLENGE_TYPE = 'sv-challenge'
const SIGNING = ['EdDSA', 'RS256'] as const
/** Every challenge is filled up to this size, so that its length tells nothing about the account. */
const PADDED_CHALLENGE = 512

/** A P-256 key to which messages are sealed. */
export interface SealingKey {
  readonly kid: string
  readonly publicKey: CryptoKey
}

export interface OpeningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

/** The tenant's signing key. */
export interface SigningKey {
  readonly kid: string
  readonly alg: (typeof SIGNING)[number]
  readonly privateKey: CryptoKey
}

/** Seals a text: JWE compact, ECDH-ES, A256GCM, `kid` set (RFC 7516, RFC 7518). */
export type Seal = (text: string, key: SealingKey) => Promise<string>

export const sealForClient: Seal = (text, { kid, publicKey }) =>
  new CompactEncrypt(utf8(text)).setProtectedHeader({ ...SEALING, kid }).encrypt(publicKey)

/** The text of a JWE that `seal` made, at most `limit` characters long. Throws REJECTED for anything else. */
export async function openSealed(jwe: string, limit: number, keys: readonly OpeningKey[]): Promise<string> {
  if (jwe.length > limit) throw unreadable('it is too long')
  requireCanonical(jwe)
  try {
    const { plaintext } = await compactDecrypt(jwe, (header) => keyFor(header, keys), {
      keyManagementAlgorithms: [SEALING.alg],
      contentEncryptionAlgorithms: [SEALING.enc],
      maxDecompressedLength: 0,
    })
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
  } catch (cause) {
    throw unreadable('it is damaged or was sealed to another key', cause)
  }
}

function keyFor(header: JWEHeaderParameters, keys: readonly OpeningKey[]): CryptoKey {
  const key = keys.find(({ kid }) => kid === header.kid)
  if (key === undefined || Object.keys(header).some((member) => !MEMBERS.has(member)))
    throw unreadable('its header is not one of ours')
  return key.privateKey
}

/** A changed bit in the unused end of a base64url part would decode to the same bytes. */
function requireCanonical(compact: string): void {
  for (const part of compact.split('.', 6)) fromBase64url(part)
}

/** JWS over a challenge by the tenant's key (RFC 7515), payload padded with blanks to a constant size. */
export function signChallenge(text: string, { kid, alg, privateKey }: SigningKey): Promise<string> {
  const payload = utf8(text.padEnd(PADDED_CHALLENGE))
  if (payload.length !== PADDED_CHALLENGE)
    throw new PlumblineError('INTERNAL', 'the challenge is longer than the constant size of challenges')
  return new CompactSign(payload).setProtectedHeader({ alg, kid, typ: CHALLENGE_TYPE }).sign(privateKey)
}

/** The challenge inside a JWS made by one of the tenant's keys. Throws REJECTED for anything else. */
export async function verifyChallenge(jws: string, limit: number, jwks: JSONWebKeySet): Promise<string> {
  if (jws.length > limit) throw unreadable('it is too long')
  requireCanonical(jws)
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(jwks), { algorithms: [...SIGNING] })
    if (protectedHeader.typ !== CHALLENGE_TYPE) throw unreadable('it is another kind of token')
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch (cause) {
    throw unreadable("it was not signed by the tenant's key", cause)
  }
}

const unreadable = (why: string, cause?: unknown) =>
  new PlumblineError('REJECTED', `the sealed message cannot be opened: ${why}`, { cause })
