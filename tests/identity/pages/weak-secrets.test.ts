import { describe, expect, it } from 'vitest'
import { isWeakPattern, isWeakPin } from '../../../identity/frame/weak-secrets.ts'

describe('a PIN that is easy to guess', () => {
  it.each([
    '123456', // a row
    '654321',
    '890123', // 0 after 9
    '246802',
    '000000',
    '1111',
    '121212', // repeats
    '123123',
    '123321', // there and back
    '112233', // pairs
  ])('%s is refused', (pin) => expect(isWeakPin(pin, 'jane')).toBe(true))

  it('is part of the name', () => {
    expect([isWeakPin('204861', 'jane204861'), isWeakPin('4861', 'jane-20.4861')]).toEqual([true, true])
  })

  it.each(['204861', '918273', '2048', '70931452'])('%s is none', (pin) => expect(isWeakPin(pin, 'jane')).toBe(false))
})

describe('a pattern that is easy to guess', () => {
  const cells = (points: string) => points.split('-').map((point) => Number(point) - 1)

  it.each([
    '1-2-3-6-9', // an L
    '1-2-3-6',
    '7-4-1-2-3',
    '1-2-3-4-5-6', // row by row
    '1-2-3-6-9-8-7-4', // around the edge
    '1-4-7-8-9-6', // a U
  ])('%s is refused', (points) => expect(isWeakPattern(3, cells(points))).toBe(true))

  it.each(['1-4-7-8-5', '2-4-8-6-5-1', '3-5-4-8-6'])('%s is none', (points) =>
    expect(isWeakPattern(3, cells(points))).toBe(false),
  )

  it('is a line on a larger grid, too', () => expect(isWeakPattern(5, [0, 6, 12, 18, 24])).toBe(true))
})
