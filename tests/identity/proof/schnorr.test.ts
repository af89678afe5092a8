import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../identity/proof/encoding.ts'
import { commit, type Proof, prove, toScalar, verify } from '../../../identity/proof/schnorr.ts'
import {
  challengeContext,
  commitmentContext,
  lengthPrefixed,
  type ProofStatement,
} from '../../../identity/proof/transcript.ts'

const wide = fc.uint8Array({ minLength: 64, maxLength: 64 }).filter((bytes) => bytes.some((byte) => byte !== 0))
const statement: fc.Arbitrary<ProofStatement> = fc.record({
  purpose: fc.constantFrom('register', 'reset', 'change', 'login', 'email'),
  tenantId: fc.string({ unit: 'grapheme' }),
  username: fc.string({ unit: 'grapheme' }),
  context: fc.uint8Array(),
})
const proven = fc.record({ secret: wide, chance: wide, statement }).map((given) => {
  const a = toScalar(given.secret)
  return { ...given, A: commit(a), proof: prove(a, given.statement, () => given.chance) }
})

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const littleEndian = (value: bigint) =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse())
const asNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

describe('a proof', () => {
  it('holds for its statement', () => {
    fc.assert(fc.property(proven, ({ A, statement, proof }) => verify(A, statement, proof)))
  })

  it('does not hold for another secret', () => {
    fc.assert(
      fc.property(proven, wide, ({ A, statement, proof }, other) => {
        const B = commit(toScalar(other))
        fc.pre(!Buffer.from(A).equals(B))
        return !verify(B, statement, proof)
      }),
    )
  })

  it.each(['purpose', 'tenantId', 'username', 'context'] as const)('does not hold for another %s', (field) => {
    fc.assert(
      fc.property(proven, statement, ({ A, statement, proof }, other) => {
        fc.pre(String(other[field]) !== String(statement[field]))
        return !verify(A, { ...statement, [field]: other[field] }, proof)
      }),
    )
  })

  it.each(['V', 'r'] as const)('does not hold with any bit of %s flipped', (part) => {
    fc.assert(
      fc.property(proven, fc.nat(255), ({ A, statement, proof }, bit) => {
        const bytes = Uint8Array.from(proof[part], (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        return !verify(A, statement, { ...proof, [part]: bytes })
      }),
    )
  })

  it('has one form only: r + L means the same number and is refused', () => {
    fc.assert(
      fc.property(proven, ({ A, statement, proof }) => {
        const r = littleEndian(asNumber(proof.r) + ORDER)
        return !verify(A, statement, { ...proof, r })
      }),
    )
  })

  it('of zero knowledge is refused: the identity as A or V', () => {
    const zeros = new Uint8Array(32)
    const about: ProofStatement = { purpose: 'login', tenantId: 't', username: 'u', context: zeros }
    // With A = 0 the equation V = r*G holds for anybody.
    const anybody: Proof = { V: commit(5n), r: littleEndian(5n) }
    expect(verify(zeros, about, anybody)).toBe(false)
    expect(verify(commit(7n), about, { V: zeros, r: zeros })).toBe(false)
  })

  it.each([0, 31, 33])('of %i bytes is refused', (length) => {
    const about: ProofStatement = { purpose: 'login', tenantId: 't', username: 'u', context: new Uint8Array() }
    const short = new Uint8Array(length).fill(1)
    expect(verify(commit(7n), about, { V: short, r: short })).toBe(false)
  })
})

describe('toScalar', () => {
  it('refuses zero, also when it is written as L', () => {
    const L = Uint8Array.from([...littleEndian(ORDER), ...new Uint8Array(32)])
    expect(() => toScalar(new Uint8Array(64))).toThrow('zero')
    expect(() => toScalar(L)).toThrow('zero')
  })

  it('reads little-endian', () => {
    expect(toScalar(Uint8Array.from([1, 2, ...new Uint8Array(62)]))).toBe(513n)
  })
})

describe('encodings', () => {
  it('no two lists of parts share one', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 })
    const text = (list: readonly Uint8Array[]) => list.map((part) => Buffer.from(part).toString('hex')).join('|')
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(a.length !== b.length || text(a) !== text(b))
        return !Buffer.from(lengthPrefixed(...a)).equals(lengthPrefixed(...b))
      }),
    )
  })

  it('half a surrogate pair has none: it would share its bytes with other texts', () => {
    expect(() => utf8('a\ud800')).toThrow('well-formed')
  })

  it('lengths are big-endian', () => {
    expect([...lengthPrefixed(Uint8Array.of(9, 9))]).toEqual([0, 0, 0, 2, 9, 9])
  })

  it('a context differs with each of its parts', () => {
    const facts = { challengeId: 'id', n: new Uint8Array(32), thumbprint: 'C' }
    const email = { purpose: 'email', handle: 'h', newEmail: 'a@example.org' } as const
    const contexts = [
      challengeContext(facts, email),
      challengeContext({ ...facts, challengeId: 'x' }, email),
      challengeContext({ ...facts, n: new Uint8Array(32).fill(1) }, email),
      challengeContext({ ...facts, thumbprint: 'D' }, email),
      challengeContext(facts, { ...email, handle: 'x' }),
      challengeContext(facts, { ...email, newEmail: 'b@example.org' }),
      challengeContext(facts, { purpose: 'login', handle: 'h' }),
      commitmentContext({ purpose: 'register', handle: 'h' }, 'jti'),
      commitmentContext({ purpose: 'register', handle: 'h' }, 'other'),
      commitmentContext({ purpose: 'reset', handle: 'h' }, 'jti'),
    ]
    expect(new Set(contexts.map((c) => Buffer.from(c).toString('hex'))).size).toBe(contexts.length)
  })
})
