import { base64url } from 'jose'
import { PlumblineError } from '../../config/errors.ts'

/** UTF-8 bytes of a text. Throws REJECTED for lone surrogates: two texts would share their bytes. */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new PlumblineError('REJECTED', 'the text is not well-formed Unicode')
  return new TextEncoder().encode(text)
}

export const toBase64url = (bytes: Uint8Array): string => base64url.encode(bytes)

/**
 * Bytes of unpadded base64url (RFC 4648, section 5). Only the canonical spelling is taken: the unused bits of the last
 * letter must be zero, so that no byte string has two texts. Throws REJECTED.
 */
export function fromBase64url(text: string): Uint8Array {
  const bytes = decode(text)
  if (bytes === undefined || toBase64url(bytes) !== text)
    throw new PlumblineError('REJECTED', 'the value is not canonical base64url')
  return bytes
}

function decode(text: string): Uint8Array | undefined {
  try {
    return base64url.decode(text)
  } catch {
    return undefined
  }
}

/** Whole seconds since 1970. */
export const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)
