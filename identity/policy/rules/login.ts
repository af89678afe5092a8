import { type Rules, STRICTER } from '../decision.ts'
import { asksOfGroups } from '../groups.ts'
import { flag, type PolicyInputs, settingAt, word } from '../inputs.ts'
import { activatesByDelivery } from './activation.ts'

/** How many factors a login needs, the least first. Two are of different kinds; a passkey is the strongest possession. */
const FACTORS = ['one', 'two', 'two with a passkey'] as const
export type Factors = (typeof FACTORS)[number]
const strictness = (factors: Factors): number => FACTORS.indexOf(factors)

export interface LoginRules {
  /** Whether a login can succeed at all. */
  readonly open: boolean
  readonly factors: Factors
}

/** Whether the account waits for its address to be shown. */
const isUnverified = (inputs: PolicyInputs): boolean => settingAt(inputs, 'User', '/verified') === false
/** By a mailed code a person is active who has shown the address; who waits for a delivered one has to enter that. */
const isInactive = (inputs: PolicyInputs): boolean =>
  !inputs.activated && (isUnverified(inputs) || (activatesByDelivery(inputs) && inputs.awaitsActivation === true))
const closed = (on: boolean): boolean => !on

export const LOGIN: Rules<LoginRules, PolicyInputs> = {
  open: {
    builtIn: true,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'CimFeatures', '/loginEnabled', (on) => on),
      ...flag(inputs, 'Client', '/locked', closed),
      ...flag(inputs, 'User', '/disabled', closed),
      ...flag(inputs, 'CimAttributes', '/verification/emailRequired', (on) => !(on && isUnverified(inputs))),
      ...flag(inputs, 'CimFeatures', '/personActivation/enabled', (on) => !(on && isInactive(inputs))),
    ],
  },
  factors: {
    builtIn: 'one',
    strictness,
    asks: (inputs) => [
      ...flag(inputs, 'Tenant', '/twoFactor', (on): Factors => (on ? 'two with a passkey' : 'one')),
      ...asksOfGroups(inputs, strictness, (group) =>
        flag(inputs, 'SecurityConfiguration', `/${group}/requireMfa`, (on): Factors => (on ? 'two' : 'one')),
      ),
      // It is a setting of single users, so it asks for nothing before the user is known.
      ...(inputs.documents.User === undefined ? [] : (['MfaAssignment', 'MfaDefault'] as const)).flatMap((kind) =>
        word(inputs, kind, '/type', (type): Factors => (type === 'Allowed' ? 'two' : 'one')),
      ),
    ],
  },
}
