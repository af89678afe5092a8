import { describe, expect, it } from 'vitest'
import { between, MIN_CELLS, secretBytes } from '../../../identity/proof/secret-bytes.ts'

describe('secretBytes', () => {
  it('puts the PIN before the pattern, each with type and length', () => {
    const bytes = secretBytes({ pin: 4, pattern: 3 }, { pin: '0972', pattern: [6, 3, 0, 1] })
    expect([...bytes]).toEqual([1, 4, 48, 57, 55, 50, 2, 4, 6, 3, 0, 1])
  })

  it('holds one part where one is asked for', () => {
    expect([...secretBytes({ pin: 4 }, { pin: '1111' })]).toEqual([1, 4, 49, 49, 49, 49])
    expect([...secretBytes({ pattern: 3 }, { pattern: [0, 1, 2, 5] })]).toEqual([2, 4, 0, 1, 2, 5])
  })

  it.each([
    ['a PIN that is too short', { pin: 6 }, { pin: '12345' }, '6 digits'],
    ['a PIN that is too long', { pin: 4 }, { pin: '12345' }, '4 digits'],
    ['digits of another script', { pin: 4 }, { pin: '١٢٣٤' }, '4 digits'],
    ['a missing PIN', { pin: 4 }, {}, '4 digits'],
    ['a PIN that nobody asked for', { pattern: 3 }, { pin: '1234', pattern: [0, 1, 2, 5] }, 'no PIN'],
    ['a pattern that nobody asked for', { pin: 4 }, { pin: '1234', pattern: [0, 1, 2, 5] }, 'no pattern'],
    ['a missing pattern', { pattern: 3 }, {}, '3 by 3'],
    ['a pattern of three cells', { pattern: 3 }, { pattern: [0, 1, 2] }, 'at least 4'],
    ['a cell twice', { pattern: 3 }, { pattern: [0, 1, 0, 3] }, 'each once'],
    ['a cell outside', { pattern: 3 }, { pattern: [0, 1, 2, 9] }, '3 by 3'],
    ['half a cell', { pattern: 3 }, { pattern: [0, 1, 2, 4.5] }, '3 by 3'],
    ['a jump over a free cell', { pattern: 3 }, { pattern: [0, 2, 5, 8] }, 'jumping'],
    ['no step at all', {}, {}, 'neither'],
  ])('refuses %s', (_what, steps, secret, message) => {
    expect(() => secretBytes(steps, secret)).toThrow(message)
  })

  it('takes a jump over a cell that is joined already', () => {
    expect([...secretBytes({ pattern: 3 }, { pattern: [1, 0, 2, 5] })]).toEqual([2, 4, 1, 0, 2, 5])
  })
})

describe('the 3 by 3 grid', () => {
  it('has 389 112 patterns, the number in the notes to the contract', () => {
    expect(countPatterns([])).toBe(389_112)
  })

  function countPatterns(joined: readonly number[]): number {
    const last = joined.at(-1)
    const free = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !joined.includes(cell))
    const next = free.filter((cell) => last === undefined || between(3, last, cell).every((p) => joined.includes(p)))
    const longer = next.reduce((sum, cell) => sum + countPatterns([...joined, cell]), 0)
    return longer + (joined.length >= MIN_CELLS ? 1 : 0)
  }
})
