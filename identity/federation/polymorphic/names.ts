import { createHash, createPrivateKey } from 'node:crypto'
import { incomplete, wrongAnswer } from '../problems.ts'
import { type CurvePoint, numberIn, Point, xOf } from './curve.ts'
import { elementsIn, OCTETS, SEQUENCE, taken } from './der.ts'
import { pointIn, type SignedName, signedNameIn } from './structure.ts'

/** Octets of a signature's number, and of a hash inside of an encoded number. */
const [SIGNED_OCTETS, SEED_OCTETS] = [40, 10]
/** Of a citizen; other letters are of other registers. */
const CITIZEN = 'B'

const sha384 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce<ReturnType<typeof createHash>>((hash, part) => hash.update(part), createHash('sha384')).digest()

/** A private key in PEM form (PKCS #8) as a number. Throws the uniform refusal for one of another curve. */
function secretIn(pem: string): bigint {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyDetails?.namedCurve !== 'brainpoolP320r1')
    throw incomplete('a key of the curve brainpoolP320r1 in the keystore')
  const [sequence] = elementsIn(key.export({ type: 'sec1', format: 'der' }))
  return numberIn(taken(elementsIn(taken(sequence, SEQUENCE))[1], OCTETS))
}

/** Throws the uniform refusal unless who holds the secret of the verification point encrypted this to this key (BSI TR-03111, EC-Schnorr). */
function requireSigned({ payload, r, s }: SignedName, secret: bigint, verificationPoint: string): void {
  const [base, own] = [pointIn(Buffer.from(verificationPoint, 'base64')), Point.BASE.multiply(secret)]
  const { n } = Point.CURVE()
  const isNumber = r > 0n && s > 0n && s < n
  const point = isNumber ? base.multiplyUnsafe(s).add(own.multiplyUnsafe(r % n)) : Point.ZERO
  const expected = point.is0() ? 0n : numberIn(sha384(payload, xOf(point)).subarray(0, SIGNED_OCTETS))
  if (expected !== r || !isNumber) throw wrongAnswer('the signature of an encrypted name is not good')
}

/** ElGamal: what was encrypted to the key. */
const opened = ({ points: [first, second] }: SignedName, secret: bigint): CurvePoint =>
  second.subtract(first.multiply(secret))

/** Keys of a service in PEM form, and the point by which it knows who encrypted, compressed in base64. */
export interface IdentityKeys {
  readonly decryption: string
  readonly verificationPoint: string
}
export interface PseudonymKeys extends IdentityKeys {
  readonly closing: string
}

/** The citizen number that is encrypted to this service. Throws the uniform refusal. */
export function citizenNumber(base64: string, { decryption, verificationPoint }: IdentityKeys): string {
  const [name, secret] = [signedNameIn(base64, 'identity'), secretIn(decryption)]
  requireSigned(name, secret, verificationPoint)
  const [, type, length = 0, ...text] = decoded(xOf(opened(name, secret)))
  const number = String.fromCharCode(...text.slice(0, length))
  if (String.fromCharCode(type ?? 0) !== CITIZEN || !/^\d{9}$/.test(number))
    throw wrongAnswer('an encrypted number is not that of a citizen')
  return number
}

/** The pseudonym at this service, the same at each login: the closed point, uncompressed in hexadecimal. Throws the uniform refusal. */
export function pseudonym(base64: string, { decryption, closing, verificationPoint }: PseudonymKeys): string {
  const [name, secret] = [signedNameIn(base64, 'pseudonym'), secretIn(decryption)]
  requireSigned(name, secret, verificationPoint)
  return opened(name, secret).multiply(secretIn(closing)).toHex(false).toUpperCase()
}

/** What a coordinate says (RFC 8017, section 7.1.2, with hashes of SHA-384 cut to ten octets and an empty label). */
function decoded(x: Buffer): readonly number[] {
  const message = x.subarray(x.findIndex((octet) => octet !== 0))
  const [maskedSeed, maskedBlock] = [message.subarray(0, SEED_OCTETS), message.subarray(SEED_OCTETS)]
  const block = masked(maskedBlock, masked(maskedSeed, maskedBlock))
  const [label, mark, ...content] = [block.subarray(0, SEED_OCTETS), ...block.subarray(SEED_OCTETS)]
  const isOwn = label.equals(sha384().subarray(0, SEED_OCTETS)) && mark === 1
  if (!isOwn) throw wrongAnswer('an encrypted number was encrypted to another key')
  return content
}

/** MGF1 of one block. */
function masked(bytes: Buffer, seed: Buffer): Buffer {
  const mask = sha384(seed, Buffer.alloc(4))
  return Buffer.from(bytes.map((octet, i) => octet ^ (mask[i] ?? 0)))
}
