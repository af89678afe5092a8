import type { TSchema } from '../../../config/field.ts'
import { kindOf } from '../../../config/kinds/index.ts'
import type { PolicyKind } from '../../../identity/policy/inputs.ts'

/** The own fields of a kind. */
export function specSchema(kind: PolicyKind): TSchema {
  const found = kindOf(kind)
  if (found === undefined) throw new Error(`there is no kind ${kind}`)
  return found.spec
}
