import { describe, expect, it } from 'vitest'
import { LOGIN_RULES } from '../../identity/policy/policy.ts'
import { hasWords } from '../../review/sentences.ts'
import { projectWith, reviewOf, type Settings } from './documents.ts'

const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password' }
const tenant = (spec: object): Settings => ({ Tenant: { displayName: 'Web', pin: { enabled: true }, ...spec } })
const group = (spec: object): Settings => ({
  SecurityConfiguration: { customers: { requireMfa: false, hotp: true, ...spec } },
})
const staff = (spec: object): Settings => ({
  SecurityConfiguration: {
    nonCustomers: { requireMfa: false, hotp: true, approvedHotpEmailDomains: ['a.example'], ...spec },
  },
})
const stepUp = (actions: object): Settings => ({ CimStepUp: { actions } })
const person = (spec: object): Settings => ({
  User: { tenantRef: { name: 'web' }, username: 'ann', email: 'ann@a.example', ...spec },
})
const client = (spec: object): Settings => ({ Client: { tenantRef: { name: 'web' }, displayName: 'App', ...spec } })

/** One setting that changes, in the direction that weakens: from, to, and what a reviewer reads. */
const WEAKENINGS: readonly (readonly [from: Settings, to: Settings, words: string])[] = [
  [
    tenant({ pin: { enabled: true, size: 6 } }),
    tenant({ pin: { enabled: true, size: 4 } }),
    'people choose PINs of 4 digits instead of 6',
  ],
  [
    tenant({ pattern: { enabled: true, size: 4 } }),
    tenant({ pattern: { enabled: true, size: 3 } }),
    'people draw patterns on a grid with sides of 3 instead of 4',
  ],
  [
    tenant({ pattern: { enabled: false } }),
    tenant({ pattern: { enabled: true } }),
    'people may sign in with a pattern',
  ],
  [
    tenant({ twoFactor: true, passkeys: true }),
    tenant({ twoFactor: false, passkeys: true }),
    'people sign in with one factor instead of two factors, one of them a passkey',
  ],
  [tenant({ registration: false }), tenant({ registration: true }), 'people can sign up by themselves'],
  [
    tenant({ lockout: { userAttempts: 3 } }),
    tenant({ lockout: { userAttempts: 9 } }),
    'people are blocked after 9 failures instead of 3',
  ],
  [
    tenant({ lockout: { ipAttempts: 10 } }),
    tenant({ lockout: { ipAttempts: 100 } }),
    'people are stopped after 100 failures from one address instead of 10',
  ],
  [
    tenant({ lockout: { initialBlockSeconds: 60 } }),
    tenant({ lockout: { initialBlockSeconds: 10 } }),
    'people are blocked for 10 seconds at first instead of 60',
  ],
  [
    tenant({ lockout: { maxBlockMinutes: 60 } }),
    tenant({ lockout: { maxBlockMinutes: 5 } }),
    'people are blocked for 5 minutes at most instead of 60',
  ],
  [
    group({ requireMfa: true }),
    group({ requireMfa: false }),
    'customers sign in with one factor instead of two factors',
  ],
  [
    { CimLoginMethod: { ...PASSWORD, enabled: false } },
    { CimLoginMethod: { ...PASSWORD, enabled: true } },
    'people may sign in with a password',
  ],
  [
    { CimLoginMethod: { ...PASSWORD, authenticationLevel: 1 } },
    { CimLoginMethod: { ...PASSWORD, authenticationLevel: 3 } },
    'people reach level 3 with a password instead of 1',
  ],
  [
    { CimPasswordPolicy: { minLength: 12 } },
    { CimPasswordPolicy: { minLength: 8 } },
    'people choose passwords of at least 8 characters instead of 12',
  ],
  [
    { CimPasswordPolicy: { upperCaseRequired: true } },
    { CimPasswordPolicy: { upperCaseRequired: false } },
    'people no longer need a capital in a new password',
  ],
  [
    { CimPasswordPolicy: { lowerCaseRequired: true } },
    { CimPasswordPolicy: { lowerCaseRequired: false } },
    'people no longer need a lower-case letter in a new password',
  ],
  [
    { CimPasswordPolicy: { specialCharacterRequired: true } },
    { CimPasswordPolicy: { specialCharacterRequired: false } },
    'people no longer need a special character in a new password',
  ],
  [
    { CimPasswordPolicy: { breachedPasswordBlocked: true } },
    { CimPasswordPolicy: { breachedPasswordBlocked: false } },
    'people can choose a password known from a breach',
  ],
  [
    { CimStepUp: { strategy: 'StrongestAvailable' } },
    { CimStepUp: { strategy: 'UserPreference' } },
    'people step up with any method that is enough',
  ],
  [
    { CimStepUp: { actions: { changePassword: 3 } } },
    { CimStepUp: { actions: { changePassword: 1 } } },
    'people need level 1 for another login secret instead of 3',
  ],
  [
    { CimStepUp: { actions: { changeEmail: 3 } } },
    { CimStepUp: { actions: { changeEmail: 1 } } },
    'people need level 1 for another e-mail address instead of 3',
  ],
  [
    { CimStepUp: { actions: { allowInitialMethod: false } } },
    { CimStepUp: { actions: { allowInitialMethod: true } } },
    'people set up a first passkey without a step-up',
  ],
  [
    { CimFeatures: { passwordResetEnabled: false } },
    { CimFeatures: { passwordResetEnabled: true } },
    'people can reset a forgotten secret by e-mail',
  ],
  [
    { SecurityConfiguration: { passwordExpirationDays: 90 } },
    { SecurityConfiguration: { passwordExpirationDays: 365 } },
    'people change their password every 365 days instead of every 90 days',
  ],
  [
    { PasswordOrgConfig: { digitToken: { enabled: true, length: 8 } } },
    { PasswordOrgConfig: { digitToken: { enabled: true, length: 6 } } },
    'people get reset codes of 6 characters instead of 8',
  ],
  [
    { PasswordOrgConfig: { digitToken: { enabled: true, durationMinutes: 5 } } },
    { PasswordOrgConfig: { digitToken: { enabled: true, durationMinutes: 30 } } },
    'people can use a reset code for 30 minutes instead of 5',
  ],
  [
    { MfaDefault: { type: 'Allowed', factorTypes: ['Email'] } },
    { MfaDefault: { type: 'Disallowed' } },
    'people sign in with one factor instead of two factors',
  ],
  [
    tenant({ lockout: { ipResetMinutes: 60 } }),
    tenant({ lockout: { ipResetMinutes: 5 } }),
    'people wait 5 minutes until an address is forgotten instead of 60',
  ],
  [
    tenant({ lockout: { userWindowSeconds: 600 } }),
    tenant({ lockout: { userWindowSeconds: 60 } }),
    'people have failures counted for 60 seconds instead of 600',
  ],
  [
    { CimMobileLogin: { enabled: true, allowedLoginAttempts: 3 } },
    { CimMobileLogin: { enabled: true, allowedLoginAttempts: 30 } },
    'people are blocked after 30 failures instead of 3',
  ],
  [
    tenant({ refuseWeakSecrets: true }),
    tenant({ refuseWeakSecrets: false }),
    'people can choose a PIN or pattern that is easy to guess',
  ],
  [
    tenant({ pin: { enabled: false }, pattern: { enabled: true } }),
    tenant({ pattern: { enabled: true } }),
    'people may sign in with a PIN',
  ],
  [group({ hotp: false }), group({ hotp: true }), 'customers may sign in with a code by e-mail'],
  [
    staff({ requireMfa: true }),
    staff({}),
    'people who are not customers sign in with one factor instead of two factors',
  ],
  [
    staff({ approvedHotpEmailDomains: [] }),
    staff({}),
    'people who are not customers may sign in with a code by e-mail',
  ],
  [
    { MfaAssignment: { allUsers: true, type: 'Allowed', factorTypes: ['Email'] } },
    { MfaAssignment: { allUsers: true, type: 'Disallowed' } },
    'people sign in with one factor instead of two factors',
  ],
  [{ CimFeatures: { loginEnabled: false } }, { CimFeatures: { loginEnabled: true } }, 'people can sign in'],
  [
    { ...tenant({ registration: true }), CimFeatures: { signUpEnabled: false } },
    { ...tenant({ registration: true }), CimFeatures: { signUpEnabled: true } },
    'people can sign up by themselves',
  ],
  [
    { CimFeatures: { customEmailValidation: { enabled: true, patterns: ['.*@a[.]example'] } } },
    { CimFeatures: { customEmailValidation: { enabled: false } } },
    'people sign up with any address',
  ],
  [
    { CimFeatures: { personActivation: { enabled: true, expirationSeconds: 600 } } },
    { CimFeatures: { personActivation: { enabled: true, expirationSeconds: 6000 } } },
    'people can confirm an address for 6000 seconds instead of 600',
  ],
  [
    stepUp({ default: 2 }),
    stepUp({ default: 0 }),
    'people need level 0 for a step-up that names no level instead of 2',
  ],
  [stepUp({ dashboard: 2 }), stepUp({ dashboard: 0 }), 'people need level 0 for the account page instead of 2'],
  [stepUp({ setUpMethods: 2 }), stepUp({ setUpMethods: 0 }), 'people need level 0 for another passkey instead of 2'],
]

/** Settings without a decision of the policy: told by their field, as its direction says. */
const FIELDS: readonly (readonly [from: Settings, to: Settings, field: string])[] = [
  [tenant({ trustDirectoryAddresses: false }), tenant({ trustDirectoryAddresses: true }), '/trustDirectoryAddresses'],
  [client({ type: 'Confidential' }), client({ type: 'Public' }), '/type'],
  [
    client({ redirectUris: ['https://a.example'] }),
    client({ redirectUris: ['https://a.example', 'https://b.example'] }),
    '/redirectUris',
  ],
  [
    client({ postLogoutRedirectUris: ['https://a.example'] }),
    client({ postLogoutRedirectUris: ['https://a.example', 'https://b.example'] }),
    '/postLogoutRedirectUris',
  ],
  [client({ allowedScopes: ['openid'] }), client({ allowedScopes: ['openid', 'email'] }), '/allowedScopes'],
  [client({ registration: false }), client({ registration: true }), '/registration'],
  [client({ locked: true }), client({ locked: false }), '/locked'],
  [person({ disabled: true }), person({ disabled: false }), '/disabled'],
  [person({ verified: false }), person({ verified: true }), '/verified'],
  [person({ roles: ['reader'] }), person({ roles: ['reader', 'admin'] }), '/roles'],
]

/** Settings that make nobody safer, either way. */
const NEUTRAL: readonly (readonly [from: Settings, to: Settings, words: string, back: string])[] = [
  [
    tenant({ displayName: 'A' }),
    tenant({ displayName: 'B' }),
    'people see the title B instead of A',
    'people see the title A instead of B',
  ],
  [
    { CimLoginMethod: { ...PASSWORD, displayName: 'A' } },
    { CimLoginMethod: { ...PASSWORD, displayName: 'B' } },
    'people see the password called B instead of A',
    'people see the password called A instead of B',
  ],
  [
    tenant({ passkeys: false }),
    tenant({ passkeys: true }),
    'people may sign in with a passkey',
    'people can no longer sign in with a passkey',
  ],
  [
    tenant({ pin: { enabled: true, showWhenTyping: false } }),
    tenant({ pin: { enabled: true, showWhenTyping: true } }),
    'people see a PIN while they type it',
    'people no longer see a PIN while they type it',
  ],
  [
    { CimPasswordPolicy: { maxLength: 64 } },
    { CimPasswordPolicy: { maxLength: 200 } },
    'people choose passwords of at most 200 characters instead of 64',
    'people choose passwords of at most 64 characters instead of 200',
  ],
  [
    { CimAttributes: { signUpForm: { emailConfirmationEnabled: true } } },
    { CimAttributes: { signUpForm: { emailConfirmationEnabled: false } } },
    'people enter their address once to sign up',
    'people enter their address twice to sign up',
  ],
  [
    { CimAttributes: { verification: { emailEnabled: true } } },
    { CimAttributes: { verification: { emailEnabled: false } } },
    'people cannot show that an address is theirs',
    'people can show that an address is theirs',
  ],
  [
    { PasswordOrgConfig: { customInstructions: true } },
    { PasswordOrgConfig: { customInstructions: false } },
    'people read the built-in instructions',
    'people read instructions of the organization',
  ],
]

const policyOf = (from: Settings, to: Settings) => reviewOf(projectWith(from), projectWith(to)).policy

describe('a change that makes a login demand less', () => {
  it.each(WEAKENINGS)('from %j to %j is told: %s', (from, to, text) => {
    expect(policyOf(from, to)).toContainEqual(expect.objectContaining({ tenant: 'web', text, impact: 'weakens' }))
  })

  it.each(WEAKENINGS)('from %j to %j, made the other way round, is no weakening', (from, to) => {
    expect(policyOf(to, from).filter(({ impact }) => impact === 'weakens')).toEqual([])
    expect(policyOf(to, from).some(({ impact }) => impact === 'tightens')).toBe(true)
  })
})

const impactsOf = (from: Settings, to: Settings, field: string) =>
  reviewOf(projectWith(from), projectWith(to))
    .documents.flatMap(({ fields }) => fields)
    .filter(({ pointer }) => pointer === field)
    .map(({ impact }) => impact)

describe('a change of a field that no decision of a login is made of', () => {
  it.each(FIELDS)('from %j to %j weakens by %s, and tightens the other way round', (from, to, field) => {
    expect(impactsOf(from, to, field)).toEqual(['weakens'])
    expect(impactsOf(to, from, field)).toEqual(['tightens'])
  })
})

describe('a change that makes nobody safer', () => {
  it.each(NEUTRAL)('from %j to %j is told: %s, and back: %s', (from, to, text, back) => {
    expect(policyOf(from, to)).toEqual([expect.objectContaining({ text, impact: 'neutral' })])
    expect(policyOf(to, from)).toEqual([expect.objectContaining({ text: back, impact: 'neutral' })])
  })
})

describe('the review', () => {
  it('is tried on sixty changes at least', () => {
    expect(WEAKENINGS.length + FIELDS.length + NEUTRAL.length).toBeGreaterThanOrEqual(60)
  })

  it('says nothing about people when nothing changes for them', () => {
    expect(policyOf(tenant({}), tenant({}))).toEqual([])
  })

  it('names the field of the document that causes it', () => {
    const [change] = policyOf(tenant({ pin: { enabled: true, size: 6 } }), tenant({ pin: { enabled: true, size: 4 } }))
    expect(change?.causes).toEqual([{ address: 'Tenant/web', pointer: '/pin/size' }])
  })

  it('has words for every decision of the policy', () => {
    const decisions = Object.entries(LOGIN_RULES).flatMap(([part, rules]) =>
      Object.keys(rules).map((name) => `${part}.${name}`),
    )
    expect(decisions.filter((decision) => !hasWords(decision))).toEqual([])
  })
})
