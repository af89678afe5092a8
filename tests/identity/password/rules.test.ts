import { describe, expect, it } from 'vitest'
import {
  DEFAULT_RULES,
  expiryOf,
  isExpired,
  type PasswordRules,
  shortcomings,
  strictest,
} from '../../../identity/password/rules.ts'

const rules = (more: Partial<PasswordRules>): PasswordRules => ({ ...DEFAULT_RULES, minLength: 1, ...more })

describe('a new password', () => {
  it.each<[string, Partial<PasswordRules>, string, string]>([
    ['is too short', { minLength: 8 }, 'seven77', 'needs at least 8 characters'],
    ['is too long', { maxLength: 5 }, 'sixsix', 'has at most 5 characters'],
    ['lacks a lower-case letter', { lowerCase: true }, 'ÜBER 1', 'needs a lower-case letter'],
    ['lacks a capital', { upperCase: true }, 'über 1', 'needs a capital letter'],
    ['lacks a special character', { special: true }, 'Über1', 'needs a character that is neither a letter nor a digit'],
  ])('%s', (_, more, text, message) => {
    expect(shortcomings(rules(more), text)).toEqual([message])
  })

  it.each<[string, Partial<PasswordRules>, string]>([
    ['has as many characters as it needs, each counted once', { minLength: 2, maxLength: 2 }, '🐴🔋'],
    ['has letters of any script', { lowerCase: true, upperCase: true }, 'Ελπίδα'],
    ['has a blank as its special character', { special: true }, 'correct horse'],
  ])('%s', (_, more, text) => {
    expect(shortcomings(rules(more), text)).toEqual([])
  })

  it('is told everything that it lacks at once', () => {
    expect(shortcomings(rules({ minLength: 8, upperCase: true, special: true }), 'short')).toHaveLength(3)
  })
})

describe('of two sets of rules', () => {
  it('the strictest holds, rule by rule', () => {
    const one = rules({ minLength: 12, maxLength: null, upperCase: true, maxAgeDays: 90 })
    const two = rules({ minLength: 8, maxLength: 64, refuseBreached: true, maxAgeDays: 30 })
    const both = rules({ minLength: 12, maxLength: 64, upperCase: true, refuseBreached: true, maxAgeDays: 30 })
    expect([strictest(one, two), strictest(two, one)]).toEqual([both, both])
  })
})

describe('a password of 14 days', () => {
  const set = '2026-03-01T12:00:00.000Z'
  const monthly = rules({ maxAgeDays: 14 })

  it('is good to the last moment, and not after', () => {
    expect(isExpired(monthly, set, new Date('2026-03-15T12:00:00.000Z'))).toBe(false)
    expect(isExpired(monthly, set, new Date('2026-03-15T12:00:00.001Z'))).toBe(true)
  })

  it('never expires without a rule, nor within the longest one', () => {
    const later = new Date('2926-03-01T12:00:00Z')
    expect([rules({}), rules({ maxAgeDays: 2_147_483_647 })].map((r) => isExpired(r, set, later))).toEqual([
      false,
      false,
    ])
    expect(expiryOf(rules({}), set)).toBeUndefined()
  })
})
