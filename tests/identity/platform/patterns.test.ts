import { describe, expect, it } from 'vitest'
import { isLinearPattern, matchesWhole } from '../../../identity/platform/patterns.ts'

describe('a pattern of an administrator', () => {
  it.each([
    ['[a-z0-9.]+', 'jane.doe', true],
    ['[a-z0-9.]+', 'jane doe', false],
    ['jane', 'janet', false],
    ['^jane$', 'jane', true],
    ['jane|joe', 'joe', true],
    ['example\\.(com|org)', 'example.org', true],
    ['\\u0061+', 'aa', true],
    ['\\p{L}+', 'Jörg', true],
  ])('%s takes the whole of %s: %s', (pattern, text, taken) => {
    expect(matchesWhole(pattern, text)).toBe(taken)
  })

  it('that would take a backtracking engine years takes what it should, however busy the machine is', () => {
    expect(matchesWhole('(a+)+b', `${'a'.repeat(2_000)}b`)).toBe(true)
    expect(matchesWhole('(a+)+b', 'a'.repeat(2_000))).toBe(false)
  })

  it.each(['(', '(?=a)a', '(?<!a)b', '(a)\\1'])('%s is none, and takes nothing', (pattern) => {
    expect([isLinearPattern(pattern), matchesWhole(pattern, 'a')]).toEqual([false, false])
  })
})
