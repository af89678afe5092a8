import { wrongAnswer } from '../problems.ts'
import { type CurvePoint, numberIn, Point } from './curve.ts'
import { elementsIn, INTEGER, OBJECT, OCTETS, SEQUENCE, taken } from './der.ts'

/** Arc of the structures (2.16.528.1.1003.10.1.2), and what each is, encoded. */
const ARC = '6084100187 6b0a0102'.replace(' ', '')
const KINDS = { identity: { plain: '01', signed: '03' }, pseudonym: { plain: '02', signed: '04' } } as const
export type NameKind = keyof typeof KINDS
/** EC-Schnorr with SHA-384 (BSI TR-03111): 0.4.0.127.0.7.1.1.4.3.3. */
const EC_SCHNORR_SHA384 = '04007f000701010403 03'.replace(' ', '')

/** A name that is encrypted to one service, with the signature of who encrypted it. */
export interface SignedName {
  /** ElGamal: `k·G` and `M + k·Y`. */
  readonly points: readonly [CurvePoint, CurvePoint]
  readonly payload: Buffer
  readonly r: bigint
  readonly s: bigint
}

/**
 * SignedEncryptedIdentity or SignedEncryptedPseudonym in base64 (BSNk, "Encrypted structures"). Throws the uniform refusal for another
 * structure: what nobody has signed could be of anybody.
 */
export function signedNameIn(base64: string, kind: NameKind): SignedName {
  const [outer] = elementsIn(Buffer.from(base64, 'base64'))
  const [type, payload, signature] = elementsIn(taken(outer, SEQUENCE))
  if (taken(type, OBJECT).toString('hex') !== ARC + KINDS[kind].signed)
    throw wrongAnswer(`an encrypted name is no signed ${kind} of the form that this service reads`)
  const [encrypted] = elementsIn(taken(payload, SEQUENCE))
  return {
    points: pointsIn(taken(encrypted, SEQUENCE), kind),
    payload: payload?.whole ?? Buffer.of(),
    ...signed(taken(signature, SEQUENCE)),
  }
}

function pointsIn(encrypted: Buffer, kind: NameKind): SignedName['points'] {
  const [type, ...fields] = elementsIn(encrypted)
  if (taken(type, OBJECT).toString('hex') !== ARC + KINDS[kind].plain)
    throw wrongAnswer('an encrypted name is another one than it is signed as')
  const list = fields.find(({ tag }) => tag === SEQUENCE)
  const [first, second] = elementsIn(taken(list, SEQUENCE)).map((point) => pointIn(taken(point, OCTETS)))
  if (first === undefined || second === undefined) throw wrongAnswer('an encrypted name lacks a point')
  return [first, second]
}

function signed(signature: Buffer): Pick<SignedName, 'r' | 's'> {
  const [algorithm, values] = elementsIn(signature)
  if (taken(algorithm, OBJECT).toString('hex') !== EC_SCHNORR_SHA384)
    throw wrongAnswer('an encrypted name is signed by another algorithm')
  const [r, s] = elementsIn(taken(values, SEQUENCE))
  return { r: numberIn(taken(r, INTEGER)), s: numberIn(taken(s, INTEGER)) }
}

/** A point of the curve, compressed or not. Throws the uniform refusal. */
export function pointIn(bytes: Uint8Array): CurvePoint {
  try {
    const point = Point.fromBytes(bytes)
    point.assertValidity()
    return point
  } catch {
    throw wrongAnswer('a point is not on the curve')
  }
}
