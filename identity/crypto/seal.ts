import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { derivedKeyObject } from './derived-keys.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'

/** Encrypts a text for storage (AES-256-GCM) under a key of the purpose; `unseal` with the same purpose reads it. Base64url. */
export function seal(masterKey: Uint8Array, purpose: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, derivedKeyObject(masterKey, `seal ${purpose}`), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Throws an error of `node:crypto` when the text was changed or belongs to another purpose or master key. */
export function unseal(masterKey: Uint8Array, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, derivedKeyObject(masterKey, `seal ${purpose}`), nonce)
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}
