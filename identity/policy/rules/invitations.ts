import { type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { flag, type PolicyInputs, same } from '../inputs.ts'

/** What somebody who was invited has to show beside the code of the invitation. */
export interface InvitationRules {
  /** People can be invited, and can accept. */
  readonly open: boolean
  readonly birthDate: boolean
  /** A code that is sent to the telephone that the invitation names. */
  readonly text: boolean
  /** A code that somebody outside the service delivers. */
  readonly externalCode: boolean
  /** Where people sign up by themselves, they may do so by an invitation without its checks. */
  readonly unchecked: boolean
}

const check = (field: string): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness: STRICTER.yes,
  asks: (inputs) => flag(inputs, 'CimFeatures', `/invitationVerification/${field}`, same),
})

const allowance = (field: string): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness: STRICTER.no,
  asks: (inputs) => flag(inputs, 'CimFeatures', field, same),
})

export const INVITATION: Rules<InvitationRules, PolicyInputs> = {
  open: allowance('/acceptingInvitationEnabled'),
  birthDate: check('viaBirthdateEnabled'),
  text: check('viaSmsEnabled'),
  externalCode: check('viaExternallyDeliveredCodeEnabled'),
  unchecked: allowance('/allowSignUpWithoutInvitationValidation'),
}
