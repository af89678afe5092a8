import { createHash } from 'node:crypto'

const KEY_BYTES = 400
const PREFIX_CHARACTERS = 90

/**
 * A text as a key column: no NUL and no lone surrogate (PostgreSQL refuses both), and short enough for an index entry.
 * Different texts give different keys; the order is that of the code units for plain text.
 */
export function encodeKey(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  if (Buffer.byteLength(escaped) <= KEY_BYTES) return escaped
  const digest = createHash('sha256').update(text.toWellFormed()).update(escaped).digest('base64url')
  // A raw control character cannot occur in escaped text, so no short text equals a shortened one.
  return `${escaped.slice(0, PREFIX_CHARACTERS).toWellFormed()}\u0001${digest}`
}

/** An indexed value as text whose byte order is the order of the values: null, booleans, numbers, texts. */
export function encodeIndexed(value: unknown): string {
  if (value === null || value === undefined) return 'a'
  if (typeof value === 'boolean') return value ? 'b1' : 'b0'
  if (typeof value === 'number') return `c${sortableNumber(value)}`
  return `d${encodeKey(String(value))}`
}

/** IEEE 754 bits with the sign turned so that they sort as unsigned numbers. */
export function sortableNumber(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value + 0)
  const bits = bytes.readBigUInt64BE()
  const sign = 1n << 63n
  const sortable = bits & sign ? ~bits & 0xffffffffffffffffn : bits | sign
  return sortable.toString(16).padStart(16, '0')
}
