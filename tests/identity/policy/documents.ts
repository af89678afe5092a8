import type { TSchema } from '../../../config/field.ts'
import { kindOf } from '../../../config/kinds/index.ts'
import type { PolicyKind } from '../../../identity/policy/inputs.ts'

/** The kinds that a policy is made of. */
export const KINDS: readonly PolicyKind[] = [
  'Tenant',
  'Client',
  'User',
  'SecurityConfiguration',
  'CimFeatures',
  'CimAttributes',
  'CimLoginMethod',
  'CimMobileLogin',
  'CimStepUp',
  'CimPasswordPolicy',
  'CimUiExtension',
  'PasswordOrgConfig',
  'MfaDefault',
  'MfaAssignment',
]

/** The own fields of a kind. */
export function specSchema(kind: PolicyKind): TSchema {
  const found = kindOf(kind)
  if (found === undefined) throw new Error(`there is no kind ${kind}`)
  return found.spec
}
