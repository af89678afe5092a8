import { p256 } from '@noble/curves/nist.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { CompactEncrypt, type CryptoKey, importJWK } from 'jose'
import { toBase64url, utf8 } from '../../identity/proof/encoding.ts'
import type { RandomBytes } from '../../identity/proof/schnorr.ts'
import type { Seal } from '../../identity/proof/sealing.ts'

/** Bytes that a label and a count decide: what the vectors use in place of chance. */
export function fixedBytes(label: string): RandomBytes {
  let count = 0
  return (length) => sha512(utf8(`sv-schnorr-r255-1 test vectors, ${label}, ${count++}`)).slice(0, length)
}

/** A P-256 key pair as JWKs, from the label. */
export function fixedP256(label: string) {
  const secret = p256.utils.randomSecretKey(fixedBytes(label)(48))
  const point = p256.getPublicKey(secret, false)
  const [x, y] = [toBase64url(point.slice(1, 33)), toBase64url(point.slice(33))]
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y }
  return { publicJwk, privateJwk: { ...publicJwk, d: toBase64url(secret) } }
}

export async function importPair({ publicJwk, privateJwk }: ReturnType<typeof fixedP256>) {
  const [publicKey, privateKey] = await Promise.all([publicJwk, privateJwk].map((jwk) => importExtractable(jwk)))
  return { publicKey: publicKey as CryptoKey, privateKey: privateKey as CryptoKey }
}

const importExtractable = (jwk: object) => importJWK(jwk, 'ECDH-ES', { extractable: true })

/** Seals with an ephemeral key and an IV from the label, which is fit for test vectors only. */
export function fixedSeal(label: string): Seal {
  const iv = fixedBytes(`${label} iv`)
  let count = 0
  return async (text, { kid, publicKey }) => {
    const { privateKey } = await importPair(fixedP256(`${label} ephemeral ${count++}`))
    return new CompactEncrypt(utf8(text))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid })
      .setKeyManagementParameters({ epk: privateKey })
      .setInitializationVector(iv(12))
      .encrypt(publicKey)
  }
}

export const hex = bytesToHex
