import { describe, expect, it } from 'vitest'
import { projectWith, reviewOf, type Settings } from './documents.ts'
import { method } from './login-methods.ts'
import { HARMLESS, LOCKING_OUT } from './scenarios.ts'

const lockoutsOf = (from: Settings, to: Settings) => reviewOf(projectWith(from), projectWith(to)).lockouts

describe('a change that locks people out', () => {
  it('is tried twenty times at least, and one that does not as often', () => {
    for (const { length } of [LOCKING_OUT, HARMLESS]) expect(length).toBeGreaterThanOrEqual(20)
  })

  it.each(LOCKING_OUT)('$name: $texts', ({ from, to, texts }) => {
    expect(lockoutsOf(from, to)).toEqual(texts.map((text) => expect.objectContaining({ tenant: 'web', text })))
  })

  it('is told with its cause, and with the smallest change that would mend it', () => {
    const tenant = (enabled: boolean) => ({
      Tenant: { displayName: 'Web', pin: { enabled }, pattern: { enabled: false }, passkeys: true },
    })
    const [lockout] = lockoutsOf(tenant(true), tenant(false))
    expect(lockout?.causes).toEqual([{ address: 'Tenant/web', pointer: '/pin/enabled' }])
    expect(lockout?.mend).toBe('set /pin/enabled of Tenant/web to true')
  })

  it('is told of a new tenant to which nobody can sign in', () => {
    const without = projectWith({}).filter(({ kind }) => kind !== 'Tenant')
    const closed = projectWith({ CimFeatures: { loginEnabled: false } })
    expect(reviewOf(without, closed).lockouts).toEqual([expect.objectContaining({ text: 'nobody can sign in' })])
  })
})

describe('people who sign in at another provider', () => {
  const bare = { Tenant: { displayName: 'Web', pin: { enabled: false }, pattern: { enabled: false }, passkeys: false } }
  const password = { type: 'UsernameAndPassword', displayName: 'Password', authenticationLevel: 1, enabled: false }
  const only = (enabled: boolean): Settings => ({
    ...bare,
    CimLoginMethod: password,
    'CimLoginMethod/google': {
      type: 'Google',
      displayName: 'Google',
      enabled,
      authenticationLevel: 1,
      google: { clientId: 'shop', clientSecret: { fromEnv: 'GOOGLE' } },
    },
  })
  const gone = (): Settings => ({ ...bare, CimLoginMethod: password })

  it('can sign in where that is the only way in, also at a new tenant', () => {
    expect(lockoutsOf(only(true), only(true))).toEqual([])
    const without = projectWith(only(true)).filter(({ kind }) => kind !== 'Tenant')
    expect(reviewOf(without, projectWith(only(true))).lockouts).toEqual([])
  })

  it('are locked out when it is switched off or taken away, and that is told with its cause', () => {
    for (const to of [only(false), gone()])
      expect(lockoutsOf(only(true), to)).toMatchObject([
        {
          text: 'people can no longer sign in',
          causes: [{ address: 'CimLoginMethod/cimloginmethodgoogle', pointer: '/enabled' }],
          mend: 'set /enabled of CimLoginMethod/cimloginmethodgoogle to true',
        },
      ])
  })

  it('are named apart from others who still get in', () => {
    const beside = (enabled: boolean): Settings => ({
      ...only(enabled),
      Tenant: { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false } },
    })
    expect(lockoutsOf(beside(true), beside(false))).toMatchObject([
      { text: 'people with an account at Google can no longer sign in' },
    ])
    expect(lockoutsOf(beside(false), beside(true))).toEqual([])
  })

  it('still get in when their login method gets another name, and not when it is off as well or another type takes its place', () => {
    const from = { ...method('Partner') }
    const renamed = reviewOf(projectWith(from), projectWith(method('Partner', { displayName: 'Partners' })))
    expect([renamed.lockouts, renamed.policy]).toEqual([[], []])
    const off = { displayName: 'Partners', enabled: false }
    expect(lockoutsOf(from, method('Partner', off))).toMatchObject([
      {
        text: 'people with an account at Partner can no longer sign in',
        causes: [{ address: 'CimLoginMethod/cimloginmethodother', pointer: '/enabled' }],
        mend: 'set /enabled of CimLoginMethod/cimloginmethodother to true',
      },
    ])
    const { openIdConnect: _, ...rest } = Object.values(from)[0] ?? {}
    const google = { ...rest, type: 'Google', google: { clientId: 'shop', clientSecret: { fromEnv: 'GOOGLE' } } }
    expect(lockoutsOf(from, { [Object.keys(from)[0] ?? '']: google })).toEqual([
      expect.objectContaining({ text: 'people with an account at Partner can no longer sign in' }),
    ])
  })

  it('are another way in, which is told both ways', () => {
    const told = (from: Settings, to: Settings) =>
      reviewOf(projectWith(from), projectWith(to)).policy.map(({ text, impact }) => [text, impact])
    expect(told(only(false), only(true))).toContainEqual(['people may sign in with an account at Google', 'weakens'])
    expect(told(only(true), only(false))).toContainEqual([
      'people can no longer sign in with an account at Google',
      'tightens',
    ])
    expect(told(gone(), only(true))).toContainEqual(['people may sign in with an account at Google', 'weakens'])
  })
})

describe('a change that locks nobody out', () => {
  it.each(HARMLESS)('$name', ({ from, to }) => {
    expect(lockoutsOf(from, to)).toEqual([])
  })
})
