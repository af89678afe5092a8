import { type Rules, STRICTER } from '../decision.ts'
import { flag, type PolicyInputs, same, settingAt, word } from '../inputs.ts'

/** Signing in with a telephone. */
export interface MobileRules {
  /** A code by text message is enough where one factor is; else it only confirms another one. */
  readonly alone: boolean
  /** The login page shows the way to it. */
  readonly shown: boolean
  /** What stands before the code of a login; empty for the built-in text. */
  readonly loginMessage: string
  /** What stands before a code that confirms another factor. */
  readonly stepUpMessage: string
}

/** Other types than one-time passwords are for apps. */
export const isCodeType = (type: unknown): boolean =>
  typeof type !== 'string' || type === '' || /^(otp|sms)$/i.test(type)

const isOn = (inputs: PolicyInputs): boolean =>
  settingAt(inputs, 'CimMobileLogin', '/enabled') === true &&
  isCodeType(settingAt(inputs, 'CimMobileLogin', '/authenticationType'))

const notEmpty = (value: string): number => (value === '' ? 0 : 1)

export const MOBILE: Rules<MobileRules, PolicyInputs> = {
  alone: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'CimMobileLogin', '/enabled', same),
      ...word(inputs, 'CimMobileLogin', '/authenticationType', (type) => (isCodeType(type) ? undefined : false)),
    ],
  },
  shown: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimMobileLogin', '/showUseMobileToLogin', (on) => on && isOn(inputs)),
  },
  loginMessage: {
    builtIn: '',
    strictness: notEmpty,
    asks: (inputs) => word(inputs, 'CimMobileLogin', '/loginMessage', same),
  },
  stepUpMessage: {
    builtIn: '',
    strictness: notEmpty,
    asks: (inputs) => word(inputs, 'CimMobileLogin', '/stepUpMessage', same),
  },
}
