import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares two hashes of one kind in constant time. */
export function sameHash(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/** SHA-256 of a key text, hexadecimal. Keys hold 256 random bits, so a fast hash is enough. */
export const keyHash = (text: string): string => createHash('sha256').update(text).digest('hex')
