import { LOGIN_TYPES } from '../../config/kinds/cim-login-blocks.ts'
import { type FederatedMethod, federatedMethod } from '../directory/methods.ts'
import type { Ask, DecisionRule } from './decision.ts'
import type { PolicyDocument, PolicyInputs } from './inputs.ts'

/** Whether a CimLoginMethod signs people in at another provider, or by another device. */
export const isFederatedType = ({ type }: PolicyDocument): boolean =>
  type !== 'UsernameAndPassword' && Object.hasOwn(LOGIN_TYPES, String(type))

export const methodOf = ({ type, displayName }: PolicyDocument): FederatedMethod => federatedMethod(type, displayName)

/** The settings of a login with `spec` in place of the method for passwords. */
const about = (inputs: PolicyInputs, spec: PolicyDocument): PolicyInputs => ({
  ...inputs,
  documents: { ...inputs.documents, CimLoginMethod: spec },
})

/** Of several documents of the kind, which one says it. */
const named = <T>(ask: Ask<T>, { type, displayName }: PolicyDocument): Ask<T> =>
  ask.source.kind === 'CimLoginMethod' ? { ...ask, source: { ...ask.source, object: `${type}/${displayName}` } } : ask

/** The same rule for each login method at another provider, about the document of that method. */
export const forEachMethod = <T>(
  { federated = [] }: PolicyInputs,
  rule: DecisionRule<T, PolicyInputs>,
): Readonly<Record<FederatedMethod, DecisionRule<T, PolicyInputs>>> =>
  Object.fromEntries(
    federated.map((spec) => [
      methodOf(spec),
      { ...rule, asks: (inputs: PolicyInputs) => rule.asks(about(inputs, spec)).map((ask) => named(ask, spec)) },
    ]),
  )
