import { type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same, settingAt } from '../inputs.ts'

/** The code that is mailed to somebody who forgot the login secret. */
export interface ResetRules {
  readonly open: boolean
  /** A forgotten user name is sent to the telephone of the account. */
  readonly nameByText: boolean
  /** Decimal digits only; else letters and digits. */
  readonly digitsOnly: boolean
  /** Characters. */
  readonly length: number
  readonly minutes: number
}

/** The built-in code: 20 characters of an alphabet of 32, so 100 random bits. */
const LENGTH = 20
const MINUTES = 15

/** Length and time of numeric codes count once such codes are on (notes, "Order"). */
const ifNumeric = (inputs: PolicyInputs, field: 'length' | 'durationMinutes') =>
  settingAt(inputs, 'PasswordOrgConfig', '/digitToken/enabled') === true
    ? amount(inputs, 'PasswordOrgConfig', `/digitToken/${field}`, same)
    : []

export const RESET: Rules<ResetRules, PolicyInputs> = {
  open: {
    builtIn: true,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'CimFeatures', '/passwordResetEnabled', same),
      // The code goes to an address that the user has shown to be theirs.
      ...flag(inputs, 'User', '/verified', (verified) => (verified ? undefined : false)),
      ...flag(inputs, 'User', '/disabled', (disabled) => (disabled ? false : undefined)),
    ],
  },
  nameByText: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'CimFeatures', '/usernameReminderViaSmsEnabled', same),
      // All text messages stop with it.
      ...flag(inputs, 'CimFeatures', '/smsEnabled', (on) => (on ? undefined : false)),
    ],
  },
  digitsOnly: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'PasswordOrgConfig', '/digitToken/enabled', same),
  },
  length: { builtIn: LENGTH, strictness: STRICTER.more, asks: (inputs) => ifNumeric(inputs, 'length') },
  minutes: { builtIn: MINUTES, strictness: STRICTER.less, asks: (inputs) => ifNumeric(inputs, 'durationMinutes') },
}
