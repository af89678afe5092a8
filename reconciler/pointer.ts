import type { Pointer } from '../config/resource.ts'

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1')
const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** The pointer of a member (RFC 6901). */
export const child = (parent: Pointer, token: string): Pointer => `${parent}/${escapeToken(token)}`

/** The tokens of a pointer, unescaped. */
export const tokens = (pointer: Pointer): string[] => pointer.split('/').slice(1).map(unescapeToken)

/** The value at a pointer, `undefined` where it leads nowhere. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  let value = root
  for (const token of tokens(pointer)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}

/** True when `pointer` is `ancestor` or lies below it. */
export const isWithin = (pointer: Pointer, ancestor: Pointer): boolean =>
  pointer === ancestor || pointer.startsWith(`${ancestor}/`)
