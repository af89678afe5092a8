import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Method } from '../../identity/directory/methods.ts'
import { isEnough } from '../../identity/policy/assurance.ts'
import type { EffectivePolicy } from '../../identity/policy/policy.ts'
import { PEOPLE, policyFor } from '../../review/people.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { projectWith, reviewOf, type Settings } from './documents.ts'

const optional = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(fields as never, { requiredKeys: [] })
const group = fc.record({ requireMfa: fc.boolean(), hotp: fc.boolean() })

/** Projects with one organization and one tenant, and any of the settings that logins depend on. */
const SETTINGS = fc
  .record({
    Tenant: fc.record({
      displayName: fc.constant('Web'),
      pin: fc.record({ enabled: fc.boolean(), size: fc.integer({ min: 4, max: 10 }) }),
      pattern: fc.record({ enabled: fc.boolean() }),
      passkeys: fc.boolean(),
      twoFactor: fc.boolean(),
      registration: fc.boolean(),
      refuseWeakSecrets: fc.boolean(),
      lockout: fc.record({ userAttempts: fc.integer({ min: 1, max: 20 }) }),
    }),
    SecurityConfiguration: fc.record({
      customers: group,
      nonCustomers: group.map((g) => ({ ...g, approvedHotpEmailDomains: ['a.example'] })),
    }),
    CimLoginMethod: fc.record({
      type: fc.constant('UsernameAndPassword'),
      displayName: fc.constant('Password'),
      enabled: fc.boolean(),
    }),
    'CimLoginMethod/google': fc.record({
      type: fc.constant('Google'),
      displayName: fc.constant('Google'),
      enabled: fc.boolean(),
    }),
    CimPasswordPolicy: optional({
      minLength: fc.integer({ min: 1, max: 20 }),
      upperCaseRequired: fc.boolean(),
      breachedPasswordBlocked: fc.boolean(),
    }),
    CimFeatures: optional({
      loginEnabled: fc.boolean(),
      passwordResetEnabled: fc.boolean(),
      googleAuthenticatorEnabled: fc.boolean(),
      smsEnabled: fc.boolean(),
    }),
    CimMobileLogin: optional({ enabled: fc.boolean() }),
    CimStepUp: fc.record({ actions: fc.record({ changePassword: fc.integer({ min: 0, max: 4 }) }) }),
  })
  .map((settings) => settings as unknown as Settings)

/** Sets without a passkey: that one can neither be guessed nor phished, so another way in by it is no weakening. */
const WEAK: readonly Method[] = ['pin', 'pattern', 'password', 'otp', 'totp', 'sms', 'federated:Google/Google']
const SETS = Array.from({ length: 2 ** WEAK.length }, (_, bits) => WEAK.filter((_method, i) => bits & (2 ** i)))
const upTo = (most: number): readonly number[] => Array.from({ length: most }, (_, i) => i)

const completes = (policy: EffectivePolicy, shown: readonly Method[]): boolean =>
  policy.login.open.value &&
  isEnough(policy, [], { methods: shown.filter((method) => policy.methods[method]?.value), enrolled: shown })

/** What somebody gets away with: the fewer, the more a policy demands. */
const abilities = (policy: EffectivePolicy): readonly string[] => [
  ...SETS.filter((shown) => completes(policy, shown)).map((shown) => `sign in with ${shown.join('+')}`),
  ...upTo(20).flatMap((n) => (n >= policy.secret.pinSize.value ? [`choose ${n} digits`] : [])),
  ...upTo(30).flatMap((n) => (n >= policy.password.minLength.value ? [`choose ${n} characters`] : [])),
  ...upTo(30).flatMap((n) => (n < policy.lockout.user_attempts_limit.value ? [`guess ${n} times`] : [])),
  ...upTo(5).flatMap((level) => (level >= policy.demands.changePassword.value ? [`change at level ${level}`] : [])),
  ...(policy.password.upperCase.value ? [] : ['do without a capital']),
  ...(policy.password.notBreached.value ? [] : ['choose a breached password']),
  ...(policy.secret.refusesWeak.value ? [] : ['choose a weak PIN']),
  ...(policy.signUp.open.value ? ['sign up'] : []),
  ...(policy.reset.open.value ? ['reset by mail'] : []),
]

const policiesOf = (settings: Settings): readonly EffectivePolicy[] => {
  const [tenant] = settingsByTenant(projectWith(settings)).values()
  return PEOPLE.map((people) => policyFor(tenant ?? expect.fail('there is no tenant'), people))
}

/** Another method is no easier way in where a login takes more factors from now on. */
const takesMore = (before: EffectivePolicy, after: EffectivePolicy): boolean =>
  before.login.factors.value === 'one' && after.login.factors.value !== 'one'

describe('whatever the settings', () => {
  it('what lets people get away with more is told as weakening', () => {
    fc.assert(
      fc.property(SETTINGS, SETTINGS, (from, to) => {
        const before = policiesOf(from)
        const gains = policiesOf(to).flatMap((after, i) => {
          const was = before[i] as EffectivePolicy
          const known = new Set(abilities(was))
          return abilities(after).filter((a) => !known.has(a) && !(takesMore(was, after) && a.startsWith('sign in')))
        })
        const told = reviewOf(projectWith(from), projectWith(to)).policy.filter(({ impact }) => impact === 'weakens')
        if (gains.length > 0) expect(told, gains.join(', ')).not.toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('an administrator has the rules of everybody who is no customer', () => {
    fc.assert(
      fc.property(SETTINGS, fc.constantFrom('admin', 'administrator', 'tenant-admin'), (settings, role) => {
        const [tenant = expect.fail('there is no tenant')] = settingsByTenant(projectWith(settings)).values()
        const administrators = policyFor(tenant, { name: role, roles: [role] })
        expect(administrators).toEqual(policyFor(tenant, PEOPLE[1] as (typeof PEOPLE)[number]))
      }),
      { numRuns: 100 },
    )
  })

  it('the same documents are no change', () => {
    fc.assert(
      fc.property(SETTINGS, (settings) => {
        expect(reviewOf(projectWith(settings), projectWith(settings))).toMatchObject({ policy: [], documents: [] })
      }),
      { numRuns: 100 },
    )
  })
})
