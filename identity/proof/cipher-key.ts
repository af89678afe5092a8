import { type CryptoKey, calculateJwkThumbprint, importJWK } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import { CipherKey, MESSAGE_LIMITS, parseMessage } from './messages.ts'
import type { SealingKey } from './sealing.ts'

/** Thumbprint (RFC 7638, SHA-256, base64url) of the key in a `cipherKey`. Throws REJECTED. */
export async function thumbprintOf(cipherKey: string): Promise<string> {
  return calculateJwkThumbprint(parseMessage(CipherKey, cipherKey, MESSAGE_LIMITS.cipherKey))
}

/** The client's key C, named by its thumbprint. Throws REJECTED, also for a point that is not on the curve. */
export async function readCipherKey(cipherKey: string): Promise<SealingKey> {
  const kid = await thumbprintOf(cipherKey)
  try {
    return { kid, publicKey: (await importJWK(JSON.parse(cipherKey), 'ECDH-ES')) as CryptoKey }
  } catch (cause) {
    throw new PlumblineError('REJECTED', 'cipherKey is not a public P-256 key', { cause })
  }
}
