import { describe, expect, it } from 'vitest'
import { projectWith, reviewOf, type Settings } from './documents.ts'
import { HARMLESS, LOCKING_OUT } from './scenarios.ts'

const lockoutsOf = (from: Settings, to: Settings) => reviewOf(projectWith(from), projectWith(to)).lockouts

describe('a change that locks people out', () => {
  it('is tried twenty times, and one that does not as often', () => {
    expect([LOCKING_OUT.length, HARMLESS.length]).toEqual([20, 20])
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

describe('a change that locks nobody out', () => {
  it.each(HARMLESS)('$name', ({ from, to }) => {
    expect(lockoutsOf(from, to)).toEqual([])
  })
})
