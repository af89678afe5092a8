import type { PolicyDocument } from '../policy/inputs.ts'
import { textsOf } from './values.ts'

/** Attributes as another protocol names them → the standard claim that they fill; the first one that is there counts. */
export type ClaimNames = readonly (readonly [attribute: string, claim: string])[]

/**
 * The attributes under their own names, and as standard claims (OpenID Connect Core, section 5.1) unless they are excluded. A protocol
 * that cannot say whether an address is verified leaves that to the administrator.
 */
export function standardClaims(
  spec: PolicyDocument,
  names: ClaimNames,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const excluded = new Set(textsOf(spec.excludedUnmappedAttributes))
  const standard = names.toReversed().flatMap(([attribute, claim]) => {
    const value = excluded.has(attribute) || !Object.hasOwn(values, attribute) ? undefined : values[attribute]
    return value === undefined ? [] : [[claim, value] as const]
  })
  return { ...values, ...Object.fromEntries(standard), email_verified: spec.autoEmailVerification === true }
}
