import { describe, expect, it } from 'vitest'
import { projectWith, reviewOf, type Settings } from './documents.ts'

const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password' }
const tenant = (spec: object): Settings => ({
  Tenant: { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false }, ...spec },
})
const NO_PASSWORD: Settings = { CimLoginMethod: { ...PASSWORD, enabled: false } }
const mfa = (customers: object, nonCustomers: object = customers): Settings => ({
  SecurityConfiguration: { customers, nonCustomers },
})
const NO_MFA = { requireMfa: false, hotp: false }

const lockoutsOf = (from: Settings, to: Settings) => reviewOf(projectWith(from), projectWith(to)).lockouts

describe('a change that locks people out', () => {
  it.each<readonly [string, Settings, Settings, string]>([
    ['the whole login off', {}, { CimFeatures: { loginEnabled: false } }, 'people can no longer sign in'],
    [
      'the PIN off, where people have nothing else',
      tenant({}),
      tenant({ pin: { enabled: false } }),
      'people with a PIN can no longer sign in',
    ],
    [
      'the pattern off',
      tenant({ pattern: { enabled: true } }),
      tenant({ pattern: { enabled: false } }),
      'people with a pattern can no longer sign in',
    ],
    ['passwords off', {}, NO_PASSWORD, 'people with a password can no longer sign in'],
    [
      'passkeys off',
      { ...tenant({ pin: { enabled: false }, passkeys: true }), ...NO_PASSWORD },
      { ...tenant({ pin: { enabled: false }, passkeys: false }), ...NO_PASSWORD },
      'people can no longer sign in',
    ],
    [
      'a second factor that customers cannot have',
      mfa(NO_MFA),
      mfa({ requireMfa: true, hotp: false }, NO_MFA),
      'customers can no longer sign in',
    ],
  ])('%s', (_, from, to, text) => {
    expect(lockoutsOf(from, to)).toEqual([expect.objectContaining({ tenant: 'web', text })])
  })

  it('is told with its cause, and with the smallest change that would mend it', () => {
    const [lockout] = lockoutsOf(tenant({}), tenant({ pin: { enabled: false } }))
    expect(lockout?.causes).toEqual([{ address: 'Tenant/web', pointer: '/pin/enabled' }])
    expect(lockout?.mend).toBe('set /pin/enabled of Tenant/web to true')
  })

  it('is told of a new tenant to which nobody can sign in', () => {
    const without = projectWith({}).filter(({ kind }) => kind !== 'Tenant')
    const closed = projectWith({ ...tenant({ pin: { enabled: false } }), CimFeatures: { loginEnabled: false } })
    expect(reviewOf(without, closed).lockouts).toEqual([expect.objectContaining({ text: 'nobody can sign in' })])
  })
})

describe('a change that locks nobody out', () => {
  it.each<readonly [string, Settings, Settings]>([
    [
      'a longer PIN for new secrets',
      tenant({ pin: { enabled: true, size: 4 } }),
      tenant({ pin: { enabled: true, size: 8 } }),
    ],
    ['another method beside the PIN', tenant({}), tenant({ pattern: { enabled: true } })],
    ['the login on', { CimFeatures: { loginEnabled: false } }, { CimFeatures: { loginEnabled: true } }],
    [
      'a second factor that everybody has: a code by e-mail',
      mfa({ requireMfa: false, hotp: true }),
      mfa({ requireMfa: true, hotp: true }),
    ],
    [
      'a passkey that may be set up on the way',
      tenant({ passkeys: true }),
      tenant({ passkeys: true, twoFactor: true }),
    ],
    ['another name', tenant({}), tenant({ displayName: 'Another' })],
    [
      'passwords that expire sooner',
      { SecurityConfiguration: { passwordExpirationDays: 365 } },
      { SecurityConfiguration: { passwordExpirationDays: 30 } },
    ],
    ['fewer attempts', tenant({ lockout: { userAttempts: 9 } }), tenant({ lockout: { userAttempts: 3 } })],
    ['no reset by e-mail', {}, { CimFeatures: { passwordResetEnabled: false } }],
    ['no sign-up', tenant({ registration: true }), tenant({ registration: false })],
  ])('%s', (_, from, to) => {
    expect(lockoutsOf(from, to)).toEqual([])
  })
})
