import { describe, expect, it } from 'vitest'
import type { PolicyInputs } from '../../../identity/policy/inputs.ts'
import { offeredMethods, passwordRules, resetCode } from '../../../identity/policy/offers.ts'
import { effectivePolicy } from '../../../identity/policy/policy.ts'

const policy = (documents: PolicyInputs['documents']) => effectivePolicy({ documents, enrolled: [] })

const TENANT = { pin: { enabled: true }, pattern: { enabled: false }, passkeys: true, twoFactor: false }
const PIGELLO = {
  customers: { hotp: true, requireMfa: false },
  nonCustomers: { hotp: false, requireMfa: true },
}
const user = (more: object = {}) => ({ username: 'jane', email: 'jane@example.com', verified: true, ...more })

describe('methods', () => {
  it('are those of the tenant where the organization uses no other system', () => {
    expect(offeredMethods(policy({ Tenant: TENANT }))).toEqual(['pin', 'passkey'])
  })

  it('are none while CIM has logins switched off', () => {
    expect(offeredMethods(policy({ Tenant: TENANT, CimFeatures: { loginEnabled: false } }))).toEqual([])
  })

  it('hold a password where CIM has the method enabled', () => {
    const CimLoginMethod = { type: 'UsernameAndPassword', displayName: 'Password', enabled: true }
    expect(offeredMethods(policy({ Tenant: TENANT, CimLoginMethod }))).toEqual(['pin', 'passkey', 'password'])
  })
})

describe('codes by e-mail', () => {
  const otp = (documents: PolicyInputs['documents']) => policy(documents).methods.otp.value

  it('are offered before the user is known when one group may have them', () => {
    expect(otp({ SecurityConfiguration: PIGELLO })).toBe(true)
  })

  it.each([
    ['a customer', ['customer'], true],
    ['somebody else', ['caretaker'], false],
    ['somebody of an unknown group, who gets the stricter of both rule sets', [], false],
  ])('as Pigello says: %s', (_, roles, allowed) => {
    expect(otp({ SecurityConfiguration: PIGELLO, User: user({ roles }) })).toBe(allowed)
  })

  it.each([
    [null, true],
    [['example.com'], true],
    [['EXAMPLE.com'], true],
    [['sub.example.com', 'ample.com'], false],
    [[], false],
  ])('go to the approved domains %j: %s', (approvedHotpEmailDomains, allowed) => {
    const SecurityConfiguration = { nonCustomers: { hotp: true, approvedHotpEmailDomains } }
    expect(otp({ SecurityConfiguration, User: user({ roles: ['caretaker'] }) })).toBe(allowed)
  })

  it('are off for whom Navixy has them off, whatever Pigello allows', () => {
    const SecurityConfiguration = { customers: { hotp: true } }
    const User = user({ roles: ['customer'] })
    const decision = policy({ SecurityConfiguration, User, MfaAssignment: { type: 'Disallowed' } }).methods.otp
    expect(decision).toEqual({
      value: false,
      by: [{ system: 'Navixy', kind: 'MfaAssignment', pointer: '/type', value: 'Disallowed' }],
      weaker: [
        {
          value: true,
          source: { system: 'Pigello', kind: 'SecurityConfiguration', pointer: '/customers/hotp', value: true },
        },
      ],
    })
  })
})

describe('factors', () => {
  const factors = (documents: PolicyInputs['documents']) => policy(documents).login.factors.value

  it.each<[string, PolicyInputs['documents'], string]>([
    ['one without any setting', {}, 'one'],
    ['two for whom Pigello demands them', { SecurityConfiguration: PIGELLO, User: user({ roles: ['x'] }) }, 'two'],
    ['one for the other group', { SecurityConfiguration: PIGELLO, User: user({ roles: ['customer'] }) }, 'one'],
    ['two for whom Navixy switched the code on', { MfaAssignment: { type: 'Allowed' }, User: user() }, 'two'],
    ['with a passkey where the tenant demands two', { Tenant: { twoFactor: true } }, 'two with a passkey'],
  ])('%s', (_, documents, expected) => {
    expect(factors(documents)).toBe(expected)
  })
})

describe('an address that is not verified', () => {
  const open = (documents: PolicyInputs['documents']) => policy(documents).login.open.value
  const CimAttributes = { verification: { emailRequired: true } }
  const CimFeatures = { personActivation: { enabled: true } }

  it.each([{ CimAttributes }, { CimFeatures }])('keeps its user out under %j', (documents) => {
    expect(open({ ...documents, User: user({ verified: false }) })).toBe(false)
    expect(open({ ...documents, User: user() })).toBe(true)
  })
})

describe('codes for a forgotten secret', () => {
  const OPEN = { open: true, nameByText: false }

  it('are numeric as SailPoint says', () => {
    const PasswordOrgConfig = { digitToken: { enabled: true, length: 9, durationMinutes: 10 } }
    expect(resetCode(policy({ PasswordOrgConfig }))).toEqual({ ...OPEN, digitsOnly: true, length: 9, minutes: 10 })
  })

  it('are the built-in ones while numeric codes are off', () => {
    const PasswordOrgConfig = { digitToken: { enabled: false, length: 9, durationMinutes: 10 } }
    expect(resetCode(policy({ PasswordOrgConfig }))).toEqual({ ...OPEN, digitsOnly: false, length: 20, minutes: 15 })
  })

  it.each([
    ['whose address nobody has confirmed', { verified: false }],
    ['who is disabled', { verified: true, disabled: true }],
  ])('are not sent to somebody %s', (_, user) => {
    const User = { username: 'jane', email: 'jane@example.com', ...user }
    expect(effectivePolicy({ documents: { Tenant: {}, User }, enrolled: [] }).reset.open.value).toBe(false)
  })

  it('are not sent when CIM has resets switched off', () => {
    expect(resetCode(policy({ CimFeatures: { passwordResetEnabled: false } })).open).toBe(false)
  })
})

describe('passwords', () => {
  it('have eight characters where no setting says anything', () => {
    expect(passwordRules(policy({}))).toEqual({
      minLength: 8,
      maxLength: null,
      lowerCase: false,
      upperCase: false,
      specialCharacter: false,
      notBreached: false,
      expiresAfterDays: null,
    })
  })

  it('follow CIM and Pigello', () => {
    const documents = {
      CimPasswordPolicy: { minLength: 12, maxLength: 0, upperCaseRequired: true, breachedPasswordBlocked: true },
      SecurityConfiguration: { passwordExpirationDays: 180 },
    }
    expect(passwordRules(policy(documents))).toMatchObject({
      minLength: 12,
      maxLength: null,
      upperCase: true,
      notBreached: true,
      expiresAfterDays: 180,
    })
  })
})

describe('the lockout', () => {
  it('is that of the tenant', () => {
    const { lockout } = policy({ Tenant: { lockout: { userAttempts: 7 } } })
    expect([lockout.user_attempts_limit.value, lockout.ip_attempts_limit.value]).toEqual([7, 5])
  })

  it('is stricter when mobile login allows fewer failures', () => {
    const CimMobileLogin = { enabled: true, allowedLoginAttempts: 3 }
    const { user_attempts_limit } = policy({ Tenant: { lockout: { userAttempts: 7 } }, CimMobileLogin }).lockout
    expect([user_attempts_limit.value, user_attempts_limit.by[0]?.kind]).toEqual([3, 'CimMobileLogin'])
  })
})

describe('levels of CIM', () => {
  const CimStepUp = { levels: { pin: 2, email: 3, push: 5 }, actions: { changeEmail: 4 } }

  it('count for the methods that are available', () => {
    const { levels } = policy({ CimStepUp, CimFeatures: { pinEnabled: false, mobileAuthenticationEnabled: true } })
    expect([levels.pin.value, levels.otp.value, levels.passkey.value]).toEqual([0, 3, 5])
  })

  it('are demanded by actions', () => {
    expect(policy({ CimStepUp }).demands.changeEmail.value).toBe(4)
  })
})

describe('the login page', () => {
  it('may be elsewhere: https, base address and path', () => {
    const CimUiExtension = { loginRedirectEnabled: true, baseUrl: 'https://pages.example.com', loginPath: '/login' }
    const url = (more: object) => policy({ CimUiExtension: { ...CimUiExtension, ...more } }).page.loginUrl.value
    expect(url({})).toBe('https://pages.example.com/login')
    expect(url({ loginPath: undefined })).toBe('')
    expect(url({ baseUrl: 'http://pages.example.com' })).toBe('')
    expect(url({ loginRedirectEnabled: false })).toBe('')
  })
})
