import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Method } from '../../../identity/directory/methods.ts'
import { canBeEnough, enrollable, isEnough } from '../../../identity/policy/assurance.ts'
import { completingMethods } from '../../../identity/policy/completing.ts'
import type { PolicyInputs } from '../../../identity/policy/inputs.ts'
import { effectivePolicy } from '../../../identity/policy/policy.ts'

const METHODS = [
  'pin',
  'password',
  'passkey',
  'push',
  'totp',
  'sms',
  'otp',
  'letter',
] as const satisfies readonly Method[]
const USER = { username: 'jane', email: 'jane@example.com', verified: true, roles: ['x'] }

/** Settings that take every method; `levels` and `more` lie over them. */
const settings = (levels: object = {}, more: PolicyInputs['documents'] = {}): PolicyInputs['documents'] => ({
  User: USER,
  Tenant: { pin: { enabled: true }, passkeys: true },
  SecurityConfiguration: { nonCustomers: { hotp: true, requireMfa: true } },
  CimLoginMethod: { enabled: true, authenticationLevel: 1 },
  CimAttributes: { verification: { emailEnabled: true } },
  CimFeatures: {
    pinEnabled: true,
    smsEnabled: true,
    googleAuthenticatorEnabled: true,
    mobileAuthenticationEnabled: true,
    externallyDeliveredCodeEnabled: true,
  },
  ...more,
  CimStepUp: { levels, ...more.CimStepUp },
})
const policyOf = (documents: PolicyInputs['documents']) => effectivePolicy({ documents, enrolled: [] })
const shown = { methods: ['password'] as Method[], enrolled: [...METHODS] as Method[] }
const EVEN = { pin: 2, push: 2, googleAuthenticator: 2, sms: 2, email: 2, externallyDeliveredCode: 2 }

describe('after a password', () => {
  it('ties are broken as CIM says: push, authenticator, text message, e-mail, external code', () => {
    expect(completingMethods(policyOf(settings(EVEN)), [], shown)).toEqual([
      'passkey',
      'push',
      'totp',
      'sms',
      'otp',
      'letter',
    ])
  })

  it('the highest level comes first', () => {
    expect(completingMethods(policyOf(settings({ ...EVEN, sms: 4, email: 3 })), [], shown).slice(0, 2)).toEqual([
      'sms',
      'otp',
    ])
  })

  it('the preferred method comes first, where the strategy leaves it to people', () => {
    const user = settings(EVEN, { CimStepUp: { strategy: 'UserPreference' } })
    const strongest = settings(EVEN, { CimStepUp: { strategy: 'StrongestAvailable' } })
    expect(completingMethods(policyOf(user), [], shown, 'otp')[0]).toBe('otp')
    expect(completingMethods(policyOf(strongest), [], shown, 'otp')[0]).toBe('passkey')
  })

  it('a step-up has those of the level, and with the strongest strategy those of the highest level alone', () => {
    const levels = { ...EVEN, sms: 3, email: 4 }
    const acr = ['urn:plumbline:acr:level:3']
    expect(completingMethods(policyOf(settings(levels)), acr, shown)).toEqual(['otp', 'sms'])
    const strongest = settings(levels, { CimStepUp: { strategy: 'StrongestAvailable' } })
    expect(completingMethods(policyOf(strongest), acr, shown, 'sms')).toEqual(['otp'])
  })

  it('somebody without anything sets up a device; somebody with one is asked for it', () => {
    const policy = policyOf(
      settings(EVEN, { SecurityConfiguration: { nonCustomers: { hotp: false, requireMfa: true } } }),
    )
    const has = (enrolled: readonly Method[]) => enrollable(policy, [], { methods: ['password'], enrolled })
    expect(has(['password'])).toEqual(['passkey', 'totp'])
    expect([has(['password', 'totp']), has(['password', 'sms']), has(['password', 'passkey'])]).toEqual([[], [], []])
  })

  it('nobody sets up a device where the first one is not free and setting up takes a level', () => {
    const actions = { setUpMethods: 2, allowInitialMethod: false }
    const documents = settings(EVEN, {
      SecurityConfiguration: { nonCustomers: { hotp: false, requireMfa: true } },
      CimStepUp: { actions },
    })
    expect(enrollable(policyOf(documents), [], { methods: ['password'], enrolled: ['password'] })).toEqual([])
  })
})

interface Switches {
  readonly requireMfa: boolean
  readonly twoFactor: boolean
  readonly hotp: boolean
  readonly alone: boolean
  readonly strongest: boolean
  readonly levels: object
}

describe('whatever is enrolled, shown and set', () => {
  const some = fc.subarray([...METHODS] as Method[])
  const switches = fc.record({
    requireMfa: fc.boolean(),
    twoFactor: fc.boolean(),
    hotp: fc.boolean(),
    alone: fc.boolean(),
    strongest: fc.boolean(),
    level: fc.integer({ min: 0, max: 4 }),
    levels: fc.record({ sms: fc.nat(4), email: fc.nat(4), googleAuthenticator: fc.nat(4), push: fc.nat(4) }),
  })
  const documentsOf = ({ requireMfa, twoFactor, hotp, alone, strongest, levels }: Switches) =>
    settings(levels, {
      Tenant: { pin: { enabled: true }, passkeys: true, twoFactor },
      SecurityConfiguration: { nonCustomers: { hotp, requireMfa } },
      CimMobileLogin: { enabled: alone },
      ...(strongest ? { CimStepUp: { strategy: 'StrongestAvailable' } } : {}),
    })
  const acrOf = (level: number) => (level === 0 ? [] : [`urn:plumbline:acr:level:${level}`])

  it('a stricter setting never makes less enough', () => {
    fc.assert(
      fc.property(switches, some, some, (set, methods, enrolled) => {
        const enough = (stricter: Partial<typeof set>) => {
          const now = { ...set, ...stricter }
          return isEnough(policyOf(documentsOf(now)), acrOf(now.level), { methods, enrolled })
        }
        const before = enough({})
        const after = [
          enough({ requireMfa: true }),
          enough({ twoFactor: true }),
          enough({ alone: false }),
          enough({ strongest: true }),
          enough({ level: set.level + 1 }),
        ]
        expect(!before && after.includes(true)).toBe(false)
      }),
    )
  })

  it('codes that only confirm never sign anybody in by themselves', () => {
    fc.assert(
      fc.property(switches, some, (set, enrolled) => {
        const policy = policyOf(documentsOf(set))
        const confirming = (['push', 'totp', 'letter', ...(set.alone ? [] : ['sms'])] as Method[]).map((method) => [
          method,
        ])
        for (const methods of confirming) expect(isEnough(policy, acrOf(set.level), { methods, enrolled })).toBe(false)
      }),
    )
  })

  it('each method that is said to complete a login does', () => {
    fc.assert(
      fc.property(switches, some, (set, enrolled) => {
        const [policy, acr] = [policyOf(documentsOf(set)), acrOf(set.level)]
        const first = { methods: ['password'] as Method[], enrolled }
        const all = completingMethods(policy, acr, first)
        for (const method of all) {
          const methods: Method[] = method === 'pin' || method === 'password' ? [method] : ['password', method]
          expect(isEnough(policy, acr, { methods, enrolled })).toBe(true)
        }
        if (all.length > 0) expect(canBeEnough(policy, acr, first)).toBe(true)
      }),
    )
  })
})
