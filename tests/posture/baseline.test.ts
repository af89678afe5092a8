import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Spec } from '../../config/resource.ts'
import { BASELINE } from '../../posture/baseline.ts'
import { judge } from '../../posture/judge.ts'
import { document, projectWith, type Settings } from '../review/documents.ts'

const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password', enabled: true }
const tenant = (spec: object): Settings => ({ Tenant: { displayName: 'Web', pin: { enabled: true }, ...spec } })
const group = (spec: object): Settings => ({
  SecurityConfiguration: { customers: { requireMfa: false, hotp: false, ...spec } },
})
const policy = (spec: Spec): Settings => ({ CimLoginMethod: PASSWORD, CimPasswordPolicy: spec })
const client = (uri: string): Settings => ({
  Client: { tenantRef: { name: 'web' }, displayName: 'App', redirectUris: [uri] },
})
const digits = (length: number, durationMinutes = 10): Settings => ({
  PasswordOrgConfig: { digitToken: { enabled: true, length, durationMinutes } },
})

/** Settings under which a rule holds, and settings that break it. */
const CASES: Readonly<Record<string, readonly [keeping: Settings, breaking: Settings]>> = {
  'two-factors': [tenant({ twoFactor: true, passkeys: true }), tenant({})],
  'phishing-resistant-offered': [tenant({ passkeys: true }), tenant({ passkeys: false })],
  'phishing-resistant-staff': [tenant({ twoFactor: true, passkeys: true }), tenant({ passkeys: true })],
  'no-email-codes': [
    {
      SecurityConfiguration: { customers: { hotp: false }, nonCustomers: { hotp: false } },
      MfaDefault: { type: 'Disallowed' },
    },
    {
      SecurityConfiguration: {
        customers: { hotp: true },
        nonCustomers: { hotp: true, approvedHotpEmailDomains: ['a.example'] },
      },
    },
  ],
  'password-length': [policy({ minLength: 15 }), policy({ minLength: 14 })],
  'long-passwords-allowed': [policy({ maxLength: 64 }), policy({ maxLength: 63 })],
  'no-composition-rules': [
    policy({ upperCaseRequired: false, lowerCaseRequired: false, specialCharacterRequired: false }),
    policy({ upperCaseRequired: true, lowerCaseRequired: false, specialCharacterRequired: false }),
  ],
  'no-periodic-change': [
    { CimLoginMethod: PASSWORD },
    { CimLoginMethod: PASSWORD, SecurityConfiguration: { passwordExpirationDays: 90 } },
  ],
  'breached-passwords-refused': [policy({ breachedPasswordBlocked: true }), policy({ breachedPasswordBlocked: false })],
  'pin-length': [tenant({ pin: { enabled: true, size: 6 } }), tenant({ pin: { enabled: true, size: 5 } })],
  'weak-secrets-refused': [tenant({ refuseWeakSecrets: true }), tenant({ refuseWeakSecrets: false })],
  'guessing-stopped': [tenant({ lockout: { userAttempts: 100 } }), tenant({ lockout: { userAttempts: 101 } })],
  'reset-code-strength': [digits(6), digits(5)],
  'reset-code-lifetime': [digits(8, 10), digits(8, 1441)],
  'account-changes-protected': [
    { CimStepUp: { actions: { changeEmail: 1, changePassword: 1, setUpMethods: 1 } } },
    { CimStepUp: { actions: { changeEmail: 0, changePassword: 1, setUpMethods: 1 } } },
  ],
  'app-scheme-is-its-own': [client('com.example.app:/login'), client('myapp:/login')],
  'redirects-over-tls': [client('http://127.0.0.1:8080/login'), client('http://127.0.0.1.example.com/login')],
  'redirects-in-full': [client('https://shop.example.com/login'), client('https://*.example.com/login')],
  'systems-over-tls': [{}, {}],
}

const findingsOf = (settings: Settings, id: string) =>
  judge({ resources: projectWith(settings) }, BASELINE, [], '2026-01-01').filter(({ rule }) => rule === id)

describe('the baseline', () => {
  it('has a case for every rule, and a source', () => {
    expect(Object.keys(CASES)).toEqual(BASELINE.map(({ id }) => id))
    expect(BASELINE.filter(({ source }) => source === undefined)).toEqual([])
  })

  it('stands in docs/posture.md', () => {
    const page = readFileSync(new URL('../../docs/posture.md', import.meta.url), 'utf8')
    for (const { id, says, source } of BASELINE) expect(page).toContain(`| \`${id}\` | ${says} | ${source} |`)
  })

  it.each(Object.entries(CASES).filter(([id]) => id !== 'systems-over-tls'))('%s', (id, [keeping, breaking]) => {
    const standings = (settings: Settings) => findingsOf(settings, id).map(({ standing }) => standing)
    expect(standings(keeping)).toEqual(['holds'])
    expect(standings(breaking)).toEqual(['violates'])
  })

  it.each([
    ['https://systems.example.com', 'holds'],
    ['http://127.0.0.1:8470', 'holds'],
    ['http://localhost', 'holds'],
    ['http://localhost.example.com', 'violates'],
  ])('systems-over-tls: %s %s', (endpoint, standing) => {
    const resources = [document('Connection', 'far', { system: 'SecretsVault', endpoint })]
    const [finding] = judge({ resources }, BASELINE, [], '2026-01-01')
    expect(finding).toMatchObject({ rule: 'systems-over-tls', standing })
  })

  it('says whose logins break a rule, and which field decides', () => {
    const [finding] = findingsOf(group({ requireMfa: true, hotp: true }), 'two-factors')
    expect(finding).toMatchObject({ standing: 'violates', who: 'people who are not customers' })
    const [size] = findingsOf(tenant({ pin: { enabled: true, size: 4 } }), 'pin-length')
    expect(size?.causes).toEqual([{ address: 'Tenant/web', pointer: '/pin/size' }])
  })

  it('asks nothing about what nobody can use', () => {
    const [finding] = findingsOf({ CimFeatures: { loginEnabled: false } }, 'two-factors')
    expect(finding?.standing).toBe('does not apply')
  })
})
