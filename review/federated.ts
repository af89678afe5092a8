import { addressOf, type Resource } from '../config/resource.ts'
import type { FederatedMethod } from '../identity/directory/methods.ts'
import type { PolicyDocument } from '../identity/policy/inputs.ts'
import { isFederatedType, methodOf } from '../identity/policy/login-methods.ts'

/** A login method at another provider, and the document that says it. */
export interface FederatedSettings {
  readonly method: FederatedMethod
  readonly spec: PolicyDocument
  readonly resource: Resource
}

export const isFederatedResource = ({ kind, spec }: Resource): boolean =>
  kind === 'CimLoginMethod' && isFederatedType(spec)

/** `spec`: the document over the defaults of its system. */
export const federatedSettings = (resource: Resource, spec: PolicyDocument): FederatedSettings => ({
  method: methodOf(spec),
  spec,
  resource,
})

/** Name of the button, e.g. `Google`. */
export const providerName = (method: FederatedMethod): string => method.slice(method.indexOf('/') + 1)

/** What is the other way than it is in `others`, or is not there at all. */
export const changedMethods = (
  some: readonly FederatedSettings[],
  others: readonly FederatedSettings[],
): readonly FederatedSettings[] =>
  some.filter(({ method, spec }) => {
    const other = others.find((one) => one.method === method)
    return other === undefined || other.spec.enabled !== spec.enabled
  })

/**
 * The methods after a change under the names that they had before: a document that names its method otherwise renames it in place, with the
 * accounts that people have connected.
 */
export const underOldNames = (
  after: readonly FederatedSettings[],
  before: readonly FederatedSettings[],
): readonly FederatedSettings[] =>
  after.map((is) => {
    const was = before.find((one) => addressOf(one.resource) === addressOf(is.resource))
    if (was === undefined || was.spec.type !== is.spec.type) return is
    return federatedSettings(is.resource, { ...is.spec, displayName: was.spec.displayName })
  })
