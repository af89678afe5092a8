import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeIndexed, encodeKey } from '../../../identity/store/encoding.ts'

const bytes = (value: unknown) => Buffer.from(encodeIndexed(value))

it('numbers keep their order', () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, Infinity, -Infinity))
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(Math.sign(bytes(a).compare(bytes(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})

it('texts of letters and digits keep their order', () => {
  const text = fc.stringMatching(/^[A-Za-z0-9 ]{0,20}$/)
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(bytes(a).compare(bytes(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})

it('different values stay different, values of all types and texts of any characters and length', () => {
  const unit = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) })
  const long = unit.map((s) => 'x'.repeat(600) + s)
  const value = fc.oneof(unit, long, fc.integer(), fc.boolean(), fc.constant(null))
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(encodeIndexed(a) === encodeIndexed(b)).toBe(Object.is(a, b))
    }),
  )
})

it('no key holds what PostgreSQL refuses or is longer than an index entry may be', () => {
  const unit = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
    maxLength: 2000,
  })
  fc.assert(
    fc.property(unit, (text) => {
      const key = encodeKey(text)
      expect([key.includes('\0'), key.isWellFormed(), Buffer.byteLength(key) <= 600]).toEqual([false, true, true])
    }),
  )
})
