import { ristretto255 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js'
import { PlumblineError } from '../../config/errors.ts'
import { challengeHash, type ProofStatement } from './transcript.ts'

const Point: (typeof ristretto255)['Point'] = ristretto255.Point
const { Fn } = Point
type Group = InstanceType<typeof Point>

const G = Point.BASE.toBytes()
/** Bytes from which a scalar is reduced: twice the order's length, so that no residue is favoured. */
export const WIDE_BYTES = 64

/** Source of random bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** A Schnorr proof of knowledge (RFC 8235): encodings of V and r, 32 bytes each. */
export interface Proof {
  readonly V: Uint8Array
  readonly r: Uint8Array
}

/** 64 bytes, little-endian, mod L. Throws INTERNAL for zero, which only a broken source of bytes yields. */
export function toScalar(wide: Uint8Array): bigint {
  const scalar = reduce(wide)
  if (scalar === 0n) throw new PlumblineError('INTERNAL', 'the derived number is zero; nothing can be proven with it')
  return scalar
}

const reduce = (wide: Uint8Array): bigint => Fn.create(bytesToNumberLE(wide))

/** A = a*G, 32 bytes. */
export const commit = (a: bigint): Uint8Array => Point.BASE.multiply(a).toBytes()

/** Proof that the caller knows `a`, bound to the statement: V = v*G, c = hash, r = v - c*a (RFC 8235, section 3). */
export function prove(a: bigint, statement: ProofStatement, randomBytes: RandomBytes): Proof {
  const v = toScalar(randomBytes(WIDE_BYTES))
  const V = commit(v)
  const c = reduce(challengeHash(statement, { G, V, A: commit(a) }))
  return { V, r: Fn.toBytes(Fn.sub(v, Fn.mul(c, a))) }
}

/**
 * True when V = r*G + c*A for this statement. False for encodings that are not canonical (RFC 9496, section 4.3.1) and for
 * the identity as A or V. Throws REJECTED only for a statement whose texts are not well-formed.
 */
export function verify(A: Uint8Array, statement: ProofStatement, { V, r }: Proof): boolean {
  const [pointA, pointV, scalar] = [decodePoint(A), decodePoint(V), decodeScalar(r)]
  if (pointA === undefined || pointV === undefined || scalar === undefined) return false
  const c = reduce(challengeHash(statement, { G, V, A }))
  return equalBytes(times(Point.BASE, scalar).add(times(pointA, c)).toBytes(), V)
}

/** `multiply` of the library refuses zero, which is a legal r or c. */
const times = (point: Group, scalar: bigint): Group => (scalar === 0n ? Point.ZERO : point.multiply(scalar))

/** The group element of a canonical encoding; `undefined` for anything else and for the identity. */
export function decodePoint(bytes: Uint8Array): Group | undefined {
  try {
    const point = Point.fromBytes(bytes)
    return point.equals(Point.ZERO) ? undefined : point
  } catch {
    return undefined
  }
}

function decodeScalar(bytes: Uint8Array): bigint | undefined {
  try {
    return Fn.fromBytes(bytes)
  } catch {
    return undefined
  }
}
