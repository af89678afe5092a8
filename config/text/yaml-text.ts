import { Scalar } from 'yaml'
import { otherReading } from '../load/yaml-1-1.ts'
import { HIDDEN } from './printable.ts'

/** White space at either end of a line: the other forms of a text lose it. */
const RAGGED = /^\s|\s$/m

/** Texts that mean something else to another reader, hide characters or end in white space stand in double quotes. */
export function quoted(scalar: Scalar): void {
  const { value } = scalar
  if (typeof value !== 'string') return
  if (otherReading(value) !== undefined || RAGGED.test(value) || value.search(HIDDEN) >= 0)
    scalar.type = Scalar.QUOTE_DOUBLE
}
