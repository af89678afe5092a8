import { type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same } from '../inputs.ts'

/** What a new password has to be like, and how long it lasts. */
export interface PasswordRules {
  /** Characters. */
  readonly minLength: number
  /** Characters; null for no limit of a setting. */
  readonly maxLength: number | null
  readonly lowerCase: boolean
  readonly upperCase: boolean
  readonly specialCharacter: boolean
  /** Passwords known from a public breach are refused. */
  readonly notBreached: boolean
  /** Days of 24 hours after which it has to be changed at the next login; null for never. */
  readonly expiresAfterDays: number | null
}

/** Where no setting says anything (NIST SP 800-63B, section 3.1.1.2). */
const SHORTEST = 8

/** 0 stands for no limit (notes, "Attributes, profile, password"). */
const unlessZero = (characters: number): number | undefined => (characters === 0 ? undefined : characters)

const needed = (field: string): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness: STRICTER.yes,
  asks: (inputs) => flag(inputs, 'CimPasswordPolicy', field, same),
})

export const PASSWORD_RULES: Rules<PasswordRules, PolicyInputs> = {
  minLength: {
    builtIn: SHORTEST,
    strictness: STRICTER.more,
    asks: (inputs) => amount(inputs, 'CimPasswordPolicy', '/minLength', same),
  },
  maxLength: {
    builtIn: null,
    strictness: STRICTER.less,
    asks: (inputs) => amount(inputs, 'CimPasswordPolicy', '/maxLength', unlessZero),
  },
  lowerCase: needed('/lowerCaseRequired'),
  upperCase: needed('/upperCaseRequired'),
  specialCharacter: needed('/specialCharacterRequired'),
  notBreached: needed('/breachedPasswordBlocked'),
  expiresAfterDays: {
    builtIn: null,
    strictness: STRICTER.less,
    asks: (inputs) => amount(inputs, 'SecurityConfiguration', '/passwordExpirationDays', same),
  },
}
