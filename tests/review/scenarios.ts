import type { Spec } from '../../config/resource.ts'
import type { Settings } from './documents.ts'
import { CERTIFICATE, method, methodWith, SAML } from './login-methods.ts'

/** One change of a tenant, and who cannot sign in after it. */
export interface Scenario {
  readonly name: string
  readonly from: Settings
  readonly to: Settings
  /** What the review says of it, if anybody is locked out. */
  readonly texts: readonly string[]
}

const METHOD = { type: 'UsernameAndPassword', displayName: 'Password', authenticationLevel: 1 }
/** A tenant that takes just what is named. */
const tenant = (spec: object): Settings => ({
  Tenant: { displayName: 'Web', pin: { enabled: false }, pattern: { enabled: false }, passkeys: false, ...spec },
})
const PIN = { pin: { enabled: true, size: 6 }, loginOrder: ['Pin'] }
const PATTERN = { pattern: { enabled: true }, loginOrder: ['Pattern'] }
const BOTH = { pin: { enabled: true, size: 6 }, pattern: { enabled: true }, loginOrder: ['Pin', 'Pattern'] }
const PASSKEYS = { passkeys: true }
const ONLY_PASSKEYS = { passkeys: true, loginOrder: [] }
/** An organization has one login method at least, so another one stays where passwords go. */
const password = (enabled: boolean): Settings => ({
  CimLoginMethod: { ...METHOD, enabled },
  'CimLoginMethod/google': {
    type: 'Google',
    displayName: 'Google',
    enabled: true,
    authenticationLevel: 1,
    google: { clientId: 'shop', clientSecret: { fromEnv: 'GOOGLE' } },
  },
})
const login = (loginEnabled: boolean): Settings => ({ CimFeatures: { loginEnabled } })
const STAFF = { approvedHotpEmailDomains: ['shadow.example'] }
const groups = (customers: object, nonCustomers: object = customers): Settings => ({
  SecurityConfiguration: {
    customers: { requireMfa: false, hotp: false, ...customers },
    nonCustomers: { requireMfa: false, hotp: false, ...STAFF, ...nonCustomers },
  },
})
const CODES = { hotp: true }
const MFA = { requireMfa: true }
const BANK_ID = { bankId: true }
const NAVIXY = (type: string): Settings => ({
  MfaDefault: type === 'Allowed' ? { type, factorTypes: ['Email'] } : { type },
})

const features = (spec: Spec): Settings => ({ CimFeatures: spec })
const APPS = features({ googleAuthenticatorEnabled: true })
const BROWSERS = features({ mobileAuthenticationEnabled: true })
const TEXTS = features({ smsEnabled: true })
const LETTERS = features({ externallyDeliveredCodeEnabled: true })
const NO_CODES = features({
  googleAuthenticatorEnabled: false,
  smsEnabled: false,
  externallyDeliveredCodeEnabled: false,
  mobileAuthenticationEnabled: false,
})
const NO_RESET = { passwordResetEnabled: false }
/** Signing in with nothing but a telephone. */
const PHONES: Settings = { ...TEXTS, CimMobileLogin: { enabled: true } }
/** Nobody sets up a device in the middle of a login. */
const NO_NEW_DEVICE: Settings = {
  CimStepUp: { levels: { email: 4, pin: 4 }, actions: { setUpMethods: 4, allowInitialMethod: false } },
}
const UNDER_MFA: Settings = { ...tenant(PIN), ...groups({ ...MFA, ...BANK_ID }), ...password(false) }
const FREE: Settings = { ...tenant(PIN), ...groups({}), ...password(false) }

const out = (name: string, from: Settings, to: Settings, ...texts: readonly string[]): Scenario => ({
  name,
  from,
  to,
  texts,
})
/** Who is told apart, since another field decides about each of them. */
const each = (who: string): readonly string[] =>
  ['customers', 'people who are not customers'].map((people) => `${people} ${who} can no longer sign in`)
const fine = (name: string, from: Settings, to: Settings): Scenario => ({ name, from, to, texts: [] })

/** A change of a login method at which people get in all the same, for one of each kind. */
const HARMLESS_CHANGES: Readonly<Record<string, Settings>> = {
  Saml: methodWith('Saml', { idpMetadata: SAML.idpMetadata.replace(CERTIFICATE, 'MIIBother') }),
  DigiD: methodWith('DigiD', { requiredAuthenticationLevel: 'Basic' }),
  Eidas: methodWith('Eidas', { encryptionKeyId: 'eidas-2027' }),
  Idin: methodWith('Idin', { samlCertificatePairId: 'saml' }),
  Itsme: methodWith('Itsme', { scopes: ['profile'] }),
  Apple: methodWith('Apple', { keyId: 'KEY2', signingKeyId: 'apple-2027' }),
  Ldap: methodWith('Ldap', { serverUrls: 'ldaps://ldap2.acme.example' }),
  Kerberos: methodWith('Kerberos', { autoLoginEnabled: false }),
  Phone: methodWith('Phone', { mobileAuthenticationType: 'FINGERPRINT' }),
  BankId: method('BankId', { authenticationLevel: 2 }),
  Sealed: methodWith('Sealed', { clientId: 'another' }),
}
export const LOCKING_OUT: readonly Scenario[] = [
  out('login-off', tenant(PIN), { ...tenant(PIN), ...login(false) }, 'people can no longer sign in'),
  out(
    'pin-to-passkeys',
    { ...tenant(PIN), ...password(false) },
    { ...tenant(ONLY_PASSKEYS), ...password(false) },
    'people with a PIN can no longer sign in',
  ),
  out(
    'pin-to-passkeys-beside-passwords',
    tenant(PIN),
    tenant(ONLY_PASSKEYS),
    'people with a PIN can no longer sign in',
  ),
  out(
    'pin-to-pattern',
    { ...tenant(PIN), ...password(false) },
    { ...tenant(PATTERN), ...password(false) },
    'people with a PIN can no longer sign in',
  ),
  out(
    'pattern-to-pin',
    { ...tenant(PATTERN), ...password(false) },
    { ...tenant(PIN), ...password(false) },
    'people with a pattern can no longer sign in',
  ),
  out('pattern-to-passkeys', tenant(PATTERN), tenant(ONLY_PASSKEYS), 'people with a pattern can no longer sign in'),
  out(
    'passwords-off',
    tenant(PIN),
    { ...tenant(PIN), ...password(false) },
    'people with a password can no longer sign in',
  ),
  out(
    'passwords-off-beside-patterns',
    tenant(PATTERN),
    { ...tenant(PATTERN), ...password(false) },
    'people with a password can no longer sign in',
  ),
  out(
    'passkeys-to-pin',
    { ...tenant(ONLY_PASSKEYS), ...password(false) },
    { ...tenant(PIN), ...password(false) },
    'people with a passkey can no longer sign in',
  ),
  out(
    'mfa-by-what-this-service-has-not',
    { ...tenant(PIN), ...groups({}) },
    { ...tenant(PIN), ...groups({ ...MFA, ...BANK_ID }) },
    'customers can no longer sign in',
    'people who are not customers can no longer sign in',
  ),
  out(
    'mfa-by-what-this-service-has-not-for-customers',
    { ...tenant(PIN), ...groups({}) },
    { ...tenant(PIN), ...groups({ ...MFA, ...BANK_ID }, {}) },
    'customers can no longer sign in',
  ),
  out(
    'mfa-by-what-this-service-has-not-for-staff',
    { ...tenant(PIN), ...groups({}) },
    { ...tenant(PIN), ...groups({}, { ...MFA, ...BANK_ID }) },
    'people who are not customers can no longer sign in',
  ),
  out(
    'codes-off-under-mfa',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) },
    { ...tenant(PIN), ...groups({ ...MFA, ...BANK_ID }) },
    'customers can no longer sign in',
    'people who are not customers can no longer sign in',
  ),
  out(
    'codes-off-for-customers-under-mfa',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) },
    { ...tenant(PIN), ...groups({ ...MFA, ...BANK_ID }, { ...MFA, ...CODES }) },
    'customers can no longer sign in',
  ),
  out(
    'codes-off-by-another-system-under-mfa',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...NAVIXY('Allowed') },
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...NAVIXY('Disallowed') },
    'people can no longer sign in',
  ),
  out('both-to-pin-for-patterns', tenant(BOTH), tenant(PIN), 'people with a pattern can no longer sign in'),
  out('both-to-pattern-for-pins', tenant(BOTH), tenant(PATTERN), 'people with a PIN can no longer sign in'),
  out(
    'login-off-for-passkeys',
    { ...tenant(ONLY_PASSKEYS), ...password(false) },
    { ...tenant(ONLY_PASSKEYS), ...password(false), ...login(false) },
    'people can no longer sign in',
  ),
  out(
    'login-off-under-mfa',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) },
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...login(false) },
    'people can no longer sign in',
  ),
  out(
    'passwords-off-where-nothing-else-was',
    { ...tenant(ONLY_PASSKEYS) },
    { ...tenant(ONLY_PASSKEYS), ...password(false) },
    'people with a password can no longer sign in',
  ),
  out(
    'apps-off-under-mfa',
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...APPS },
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...NO_CODES },
    'people can no longer sign in',
  ),
  out(
    'apps-off-under-mfa-where-new-ones-are-set-up',
    { ...UNDER_MFA, ...APPS },
    { ...UNDER_MFA, ...NO_CODES },
    'people can no longer sign in',
  ),
  out(
    'approval-in-browsers-off-under-mfa',
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...BROWSERS },
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...NO_CODES },
    'people can no longer sign in',
  ),
  out(
    'text-messages-off-under-mfa',
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...TEXTS },
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...NO_CODES },
    'people can no longer sign in',
  ),
  out(
    'mfa-for-those-without-a-telephone',
    { ...FREE, ...NO_NEW_DEVICE, ...TEXTS },
    { ...UNDER_MFA, ...NO_NEW_DEVICE, ...TEXTS },
    ...each('with just a PIN or just an account at Google'),
  ),
  out(
    'telephones-off',
    { ...FREE, ...PHONES },
    { ...FREE, ...TEXTS, CimMobileLogin: { enabled: false } },
    'people with nothing but a telephone can no longer sign in',
  ),
  out(
    'text-messages-off',
    { ...FREE, ...PHONES },
    { ...FREE, ...NO_CODES },
    'people with nothing but a telephone can no longer sign in',
  ),
  out(
    'mfa-for-those-with-nothing-but-a-telephone',
    { ...FREE, ...groups(CODES), ...PHONES },
    { ...FREE, ...groups({ ...MFA, ...CODES }), ...PHONES },
    ...each('with nothing but a telephone'),
  ),
  out(
    'letters-off-under-mfa',
    { ...UNDER_MFA, ...LETTERS },
    { ...UNDER_MFA, ...NO_CODES },
    'people can no longer sign in',
  ),
  out(
    'codes-off-where-nobody-resets',
    { ...tenant(PIN), ...groups(CODES), CimFeatures: NO_RESET },
    { ...tenant(PIN), ...groups({}), CimFeatures: NO_RESET },
    ...each('with nothing but an e-mail address'),
  ),
  out(
    'mfa-with-codes-where-nobody-resets',
    { ...tenant(PIN), ...groups(CODES), CimFeatures: NO_RESET },
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), CimFeatures: NO_RESET },
    ...each('with nothing but an e-mail address'),
  ),
  ...Object.keys(HARMLESS_CHANGES).map((name) =>
    out(
      `${name.toLowerCase()}-off`,
      method(name),
      method(name, { enabled: false }),
      `people with an account at ${name} can no longer sign in`,
    ),
  ),
]

export const HARMLESS: readonly Scenario[] = [
  fine('longer-pins', tenant(PIN), tenant({ ...PIN, pin: { enabled: true, size: 8 } })),
  fine('shorter-pins', tenant(PIN), tenant({ ...PIN, pin: { enabled: true, size: 4 } })),
  fine('login-on', { ...tenant(PIN), ...login(false) }, { ...tenant(PIN), ...login(true) }),
  fine('passkeys-too', tenant(PIN), tenant({ ...PIN, ...PASSKEYS })),
  fine('passwords-too', { ...tenant(PIN), ...password(false) }, { ...tenant(PIN), ...password(true) }),
  fine('passkeys-off-beside-pins', tenant({ ...PIN, ...PASSKEYS }), tenant(PIN)),
  fine(
    'mfa-off-for-customers',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) },
    { ...tenant(PIN), ...groups(CODES, { ...MFA, ...CODES }) },
  ),
  fine('mfa-with-codes', { ...tenant(PIN), ...groups(CODES) }, { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) }),
  fine('no-mfa', { ...tenant(PIN), ...groups({ ...MFA, ...CODES }) }, { ...tenant(PIN), ...groups(CODES) }),
  fine('codes-off-without-mfa', { ...tenant(PIN), ...groups(CODES) }, { ...tenant(PIN), ...groups({}) }),
  fine(
    'mfa-with-passkeys-on-the-way',
    { ...tenant({ ...PIN, ...PASSKEYS }), ...groups({}) },
    { ...tenant({ ...PIN, ...PASSKEYS }), ...groups({ ...MFA, ...BANK_ID }) },
  ),
  fine(
    'navixy-codes',
    { ...tenant(PIN), ...groups(CODES), ...NAVIXY('Disallowed') },
    { ...tenant(PIN), ...groups(CODES), ...NAVIXY('Allowed') },
  ),
  fine('shorter-lockout', tenant(PIN), tenant({ ...PIN, lockout: { userAttempts: 3 } })),
  fine('another-name', tenant(PIN), tenant({ ...PIN, displayName: 'Shop' })),
  fine(
    'passwords-expire',
    { ...tenant(PIN), SecurityConfiguration: { passwordExpirationDays: 365 } },
    { ...tenant(PIN), SecurityConfiguration: { passwordExpirationDays: 30 } },
  ),
  fine(
    'longer-passwords',
    { ...tenant(PIN), CimPasswordPolicy: { minLength: 8 } },
    { ...tenant(PIN), CimPasswordPolicy: { minLength: 20 } },
  ),
  fine('no-reset', tenant(PIN), { ...tenant(PIN), CimFeatures: { passwordResetEnabled: false } }),
  fine('no-sign-up', tenant({ ...PIN, registration: true }), tenant({ ...PIN, registration: false })),
  fine('short-reset-codes', tenant(PIN), { ...tenant(PIN), PasswordOrgConfig: { digitToken: { enabled: true } } }),
  fine('nothing', tenant(PIN), tenant(PIN)),
  fine(
    'apps-off-beside-codes',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...APPS },
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...NO_CODES },
  ),
  fine(
    'approval-in-browsers-off-beside-codes',
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...BROWSERS },
    { ...tenant(PIN), ...groups({ ...MFA, ...CODES }), ...NO_CODES },
  ),
  fine('mfa-by-apps-on-the-way', { ...FREE, ...APPS }, { ...UNDER_MFA, ...APPS }),
  fine('apps-instead-of-codes', { ...UNDER_MFA, ...groups({ ...MFA, ...CODES }) }, { ...UNDER_MFA, ...APPS }),
  fine('text-messages-off-without-mfa', { ...FREE, ...TEXTS }, { ...FREE, ...NO_CODES }),
  fine(
    'text-messages-off-beside-letters',
    { ...UNDER_MFA, ...features({ smsEnabled: true, externallyDeliveredCodeEnabled: true }) },
    { ...UNDER_MFA, ...features({ smsEnabled: false, externallyDeliveredCodeEnabled: true }) },
  ),
  fine('mfa-by-letters', FREE, { ...UNDER_MFA, ...LETTERS }),
  fine('telephones-too', FREE, { ...FREE, ...PHONES }),
  fine(
    'no-reset-beside-codes',
    { ...tenant(PIN), ...groups(CODES) },
    { ...tenant(PIN), ...groups(CODES), CimFeatures: NO_RESET },
  ),
  ...Object.entries(HARMLESS_CHANGES).map(([name, to]) => fine(`${name.toLowerCase()}-changed`, method(name), to)),
]
