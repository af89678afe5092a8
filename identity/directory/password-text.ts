import { invalid } from '../platform/contract/vault-errors.ts'

/** Longest password, in bytes of UTF-8. */
export const MAX_BYTES = 1024

const SPACES = /\p{Zs}/gu
/** Controls, unassigned code points, halves of surrogate pairs, and what nobody sees: outside the FreeformClass (RFC 8264, section 4.3). */
const NEVER = /[\p{Cc}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]/u

/** The text that is hashed: every space is an ASCII one, and NFC (profile OpaqueString of RFC 8265, section 4.2.2). */
export const canonical = (password: string): string => password.replace(SPACES, ' ').normalize('NFC')

/** True when it may be nobody's password whatever the policy says: such a text is never hashed. */
export const isTooLong = (password: string): boolean => Buffer.byteLength(password, 'utf8') > MAX_BYTES

/** A new password in its canonical form. Throws 422 about `pointer` for what OpaqueString does not take, and for a text that is too long. */
export function newPasswordText(password: string, pointer: string): string {
  const text = canonical(password)
  if (text === '') throw invalid(pointer, 'is empty')
  if (isTooLong(text)) throw invalid(pointer, `is longer than ${MAX_BYTES} bytes`)
  if (NEVER.test(text)) throw invalid(pointer, 'holds a control character or another one that cannot be typed')
  return text
}
