import { describe, expect, it } from 'vitest'
import { digestOf } from '../../reconciler/digest.ts'
import { child, isPointerWithin } from '../../reconciler/pointer.ts'

describe('a pointer', () => {
  it('names a member, whatever is in its name (RFC 6901)', () => {
    expect(child('', 'a')).toBe('/a')
    expect(child('/a', 'b/c~d')).toBe('/a/b~1c~0d')
  })

  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
  ])('%s is within %s: %s', (pointer, ancestor, expected) => expect(isPointerWithin(pointer, ancestor)).toBe(expected))
})

describe('a digest', () => {
  it('is the SHA-256 of the canonical JSON: the order of keys does not count, that of lists does', () => {
    expect(digestOf({ b: 1, a: [1, 2] })).toBe(digestOf({ a: [1, 2], b: 1 }))
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
    expect(digestOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
  })
})
