import { escapeStep } from '../config/references.ts'
import type { Pointer } from '../config/resource.ts'

/** The pointer of a member (RFC 6901). */
export const child = (parent: Pointer, token: string): Pointer => `${parent}/${escapeStep(token)}`

/** True when `pointer` is `ancestor` or lies below it. */
export const isPointerWithin = (pointer: Pointer, ancestor: Pointer): boolean =>
  pointer === ancestor || pointer.startsWith(`${ancestor}/`)

export { pathSteps as tokens } from '../config/references.ts'
