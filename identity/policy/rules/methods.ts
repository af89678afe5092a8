import type { Method } from '../../directory/methods.ts'
import { type Ask, type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { asksOfGroups, type PigelloGroup } from '../groups.ts'
import { flag, items, type PolicyInputs, same, settingAt, word } from '../inputs.ts'
import { forEachMethod } from '../login-methods.ts'
import { isCodeType } from './mobile.ts'

export type MethodRules = Readonly<Record<Method, boolean>>

/** A method that one switch decides about; nothing is accepted that nobody switched on. */
const switchedBy = (asks: DecisionRule<boolean, PolicyInputs>['asks']): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness: STRICTER.no,
  asks,
})

const METHOD_ENABLED = switchedBy((inputs) => [
  ...flag(inputs, 'CimLoginMethod', '/enabled', same),
  ...(settingAt(inputs, 'CimLoginMethod', '/type') === 'BankId' ? bankId(inputs) : []),
])

/** BankID as Pigello allows it. */
const bankId = (inputs: PolicyInputs): readonly Ask<boolean>[] =>
  asksOfGroups(inputs, STRICTER.no, (group) => flag(inputs, 'SecurityConfiguration', `/${group}/bankId`, same))

export const methodRules = (inputs: PolicyInputs): Rules<MethodRules, PolicyInputs> => ({
  ...METHODS,
  ...forEachMethod(inputs, METHOD_ENABLED),
})

export const METHODS: Rules<MethodRules, PolicyInputs> = {
  pin: switchedBy((inputs) => flag(inputs, 'Tenant', '/pin/enabled', same)),
  pattern: switchedBy((inputs) => flag(inputs, 'Tenant', '/pattern/enabled', same)),
  passkey: switchedBy((inputs) => flag(inputs, 'Tenant', '/passkeys', same)),
  password: METHOD_ENABLED,
  appToken: switchedBy((inputs) => flag(inputs, 'CimFeatures', '/actionToken/appToWeb/enabled', same)),
  loginToken: switchedBy((inputs) => flag(inputs, 'CimFeatures', '/actionToken/login/enabled', same)),
  totp: switchedBy((inputs) => flag(inputs, 'CimFeatures', '/googleAuthenticatorEnabled', same)),
  push: switchedBy((inputs) => flag(inputs, 'CimFeatures', '/mobileAuthenticationEnabled', same)),
  letter: switchedBy((inputs) => flag(inputs, 'CimFeatures', '/externallyDeliveredCodeEnabled', same)),
  sms: switchedBy((inputs) => [
    ...flag(inputs, 'CimFeatures', '/smsEnabled', same),
    ...word(inputs, 'CimMobileLogin', '/stepUpType', (type) =>
      settingAt(inputs, 'CimMobileLogin', '/enabled') !== true || isCodeType(type) ? undefined : false,
    ),
  ]),
  otp: switchedBy((inputs) => [
    ...asksOfGroups(inputs, STRICTER.no, (group) => hotp(inputs, group)),
    ...(['MfaAssignment', 'MfaDefault'] as const).flatMap((kind) => word(inputs, kind, '/type', allowed)),
    // A code goes to an address that the user has shown to be theirs.
    ...flag(inputs, 'User', '/verified', (verified) => (verified ? undefined : false)),
  ]),
}

const allowed = (type: string): boolean => type === 'Allowed'

/** Codes by e-mail as Pigello allows them; people who are not customers need an address in an approved domain. */
function hotp(inputs: PolicyInputs, group: PigelloGroup): readonly Ask<boolean>[] {
  const on = flag(inputs, 'SecurityConfiguration', `/${group}/hotp`, same)
  if (group === 'customers') return on
  const domains = items(inputs, 'SecurityConfiguration', '/nonCustomers/approvedHotpEmailDomains', (approved) =>
    isApproved(inputs, approved),
  )
  return [...on, ...domains]
}

/** The part after the last @, letter case ignored, exactly; before the address is known any domain will do. */
function isApproved(inputs: PolicyInputs, approved: readonly unknown[]): boolean {
  const address = settingAt(inputs, 'User', '/email')
  if (typeof address !== 'string') return approved.length > 0
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return approved.some((d) => String(d).toLowerCase() === domain)
}
