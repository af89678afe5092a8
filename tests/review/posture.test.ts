import { describe, expect, it } from 'vitest'
import { RULES } from '../../identity/policy/policy.ts'
import { hasWords } from '../../review/words.ts'
import { projectWith, reviewOf, type Settings } from './documents.ts'

const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password' }
const tenant = (spec: object): Settings => ({ Tenant: { displayName: 'Web', pin: { enabled: true }, ...spec } })
const group = (spec: object): Settings => ({
  SecurityConfiguration: { customers: { requireMfa: false, hotp: true, ...spec } },
})

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

describe('the review', () => {
  it('says nothing about people when nothing changes for them', () => {
    expect(policyOf(tenant({}), tenant({}))).toEqual([])
  })

  it('names the field of the document that causes it', () => {
    const [change] = policyOf(tenant({ pin: { enabled: true, size: 6 } }), tenant({ pin: { enabled: true, size: 4 } }))
    expect(change?.causes).toEqual([{ address: 'Tenant/web', pointer: '/pin/size' }])
  })

  it('takes a passkey as another way in for no weakening', () => {
    expect(policyOf(tenant({ passkeys: false }), tenant({ passkeys: true }))).toEqual([
      expect.objectContaining({ text: 'people may sign in with a passkey', impact: 'neutral' }),
    ])
  })

  it('has words for every decision of the policy', () => {
    const decisions = Object.entries(RULES).flatMap(([part, rules]) =>
      Object.keys(rules).map((name) => `${part}.${name}`),
    )
    expect(decisions.filter((decision) => !hasWords(decision))).toEqual([])
  })
})
