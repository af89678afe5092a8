import type { Method } from '../../directory/methods.ts'
import { type Ask, type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, type PolicyKind, same } from '../inputs.ts'
import { forEachMethod } from '../login-methods.ts'

/** Level that a login by each method yields; higher is stronger, 0 is none. */
export type LevelRules = Readonly<Record<Method, number>>

const yields = (
  [kind, pointer]: readonly [PolicyKind, string],
  available?: readonly [PolicyKind, string],
): DecisionRule<number, PolicyInputs> => ({
  builtIn: 0,
  strictness: STRICTER.less,
  asks: (inputs): readonly Ask<number>[] => [
    ...amount(inputs, kind, pointer, same),
    // A method that is not available for step-up is worth nothing there.
    ...(available === undefined ? [] : flag(inputs, ...available, (on) => (on ? undefined : 0))),
  ],
})

const LOGIN_METHOD = yields(['CimLoginMethod', '/authenticationLevel'])
const PUSH = yields(['CimStepUp', '/levels/push'], ['CimFeatures', '/mobileAuthenticationEnabled'])
const PIN = yields(['CimStepUp', '/levels/pin'], ['CimFeatures', '/pinEnabled'])

/**
 * CIM knows no pattern and no passkey: a pattern counts as a PIN, as it does in `amr`, and a passkey as approval on a registered phone,
 * the one method of CIM that also proves a device. Codes by e-mail follow `verification.emailEnabled` (notes, features at run time).
 */
export const LEVELS: Rules<LevelRules, PolicyInputs> = {
  pin: PIN,
  pattern: PIN,
  password: LOGIN_METHOD,
  otp: yields(['CimStepUp', '/levels/email'], ['CimAttributes', '/verification/emailEnabled']),
  letter: yields(['CimStepUp', '/levels/externallyDeliveredCode'], ['CimFeatures', '/externallyDeliveredCodeEnabled']),
  sms: yields(['CimStepUp', '/levels/sms'], ['CimFeatures', '/smsEnabled']),
  appToken: yields(['CimFeatures', '/actionToken/appToWeb/authenticationLevel']),
  loginToken: yields(['CimFeatures', '/actionToken/login/authenticationLevel']),
  totp: yields(['CimStepUp', '/levels/googleAuthenticator'], ['CimFeatures', '/googleAuthenticatorEnabled']),
  push: PUSH,
  passkey: PUSH,
}

export const levelRules = (inputs: PolicyInputs): Rules<LevelRules, PolicyInputs> => ({
  ...LEVELS,
  ...forEachMethod(inputs, LOGIN_METHOD),
})
