import { describe, expect, it } from 'vitest'
import { expiryOf, isExpired, shortcomings } from '../../../identity/factors/password/rules.ts'
import type { PasswordRules } from '../../../identity/policy/rules/password.ts'

const NONE: PasswordRules = {
  minLength: 1,
  maxLength: null,
  lowerCase: false,
  upperCase: false,
  specialCharacter: false,
  notBreached: false,
  expiresAfterDays: null,
}
const rules = (more: Partial<PasswordRules>): PasswordRules => ({ ...NONE, ...more })

describe('a new password', () => {
  it.each<[string, Partial<PasswordRules>, string, string]>([
    ['is too short', { minLength: 8 }, 'seven77', 'needs at least 8 characters'],
    ['is too long', { maxLength: 5 }, 'sixsix', 'has at most 5 characters'],
    ['lacks a lower-case letter', { lowerCase: true }, 'ÜBER 1', 'needs a lower-case letter'],
    ['lacks a capital', { upperCase: true }, 'über 1', 'needs a capital letter'],
    [
      'lacks a special character',
      { specialCharacter: true },
      'Über1',
      'needs a character that is neither a letter nor a digit',
    ],
  ])('%s', (_, more, text, message) => {
    expect(shortcomings(rules(more), text)).toEqual([message])
  })

  it.each<[string, Partial<PasswordRules>, string]>([
    ['has as many characters as it needs, each counted once', { minLength: 2, maxLength: 2 }, '🐴🔋'],
    ['has letters of any script', { lowerCase: true, upperCase: true }, 'Ελπίδα'],
    ['has a blank as its special character', { specialCharacter: true }, 'correct horse'],
  ])('%s', (_, more, text) => {
    expect(shortcomings(rules(more), text)).toEqual([])
  })

  it('is told everything that it lacks at once', () => {
    expect(shortcomings(rules({ minLength: 8, upperCase: true, specialCharacter: true }), 'short')).toHaveLength(3)
  })
})

describe('a password of 14 days', () => {
  const set = '2026-03-01T12:00:00.000Z'
  const monthly = rules({ expiresAfterDays: 14 })

  it('is good to the last moment, and not after', () => {
    expect(isExpired(monthly, set, new Date('2026-03-15T12:00:00.000Z'))).toBe(false)
    expect(isExpired(monthly, set, new Date('2026-03-15T12:00:00.001Z'))).toBe(true)
  })

  it('never expires without a rule, nor within the longest one', () => {
    const later = new Date('2926-03-01T12:00:00Z')
    expect([rules({}), rules({ expiresAfterDays: 2_147_483_647 })].map((r) => isExpired(r, set, later))).toEqual([
      false,
      false,
    ])
    expect(expiryOf(rules({}), set)).toBeUndefined()
  })
})
