import { createHash, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { encrypt } from 'xml-encryption'
import { Point } from '../../../identity/federation/polymorphic/curve.ts'

const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
const ARC = '6084100187' + '6b0a0102'
const EC_SCHNORR_SHA384 = '04007f0007010104' + '0303'
const ORDER = Point.CURVE().n

export type P = InstanceType<typeof Point>

const sha384 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha384').update(Buffer.concat(parts)).digest()
const numberIn = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const secret = (): bigint => (numberIn(randomBytes(40)) % (ORDER - 1n)) + 1n
const mod = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, mod(value), ORDER - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = mod(result * base)
    base = mod(base * base)
  }
  return result
}

/** DER (ITU-T X.690). */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 129, length] : [tag, 130, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const object = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const integer = (value: bigint): Buffer => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return der(0x02, (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}

interface Key {
  readonly pem: string
  readonly secret: bigint
}

function newKey(): Key {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP320r1' })
  return { pem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })), secret: secretOf(privateKey) }
}

/** SEC 1: version, then the number in 40 octets. */
export const secretOf = (key: KeyObject): bigint =>
  numberIn(key.export({ type: 'sec1', format: 'der' }).subarray(8, 48))

/** What the stand-in does otherwise than BSNk. */
export interface BentName {
  readonly kind?: 'identity' | 'pseudonym'
  readonly inner?: 'identity' | 'pseudonym'
  readonly algorithm?: string
  readonly unsigned?: true
  /** Encrypts to this key. */
  readonly to?: Key
  /** Signs with a secret that nobody knows. */
  readonly forged?: true
  /** Changes the structure after it was signed. */
  readonly changed?: (structure: Buffer) => Buffer
}

/**
 * Stands in for BSNk, the register of the Dutch government that encrypts who somebody is to one service (BSNk, "Encrypted structures"; the
 * scheme of Verheul). It knows the keys that it gave to the service, as BSNk does, and signs by the verification points.
 */
export class BsnkStandIn {
  readonly identityKey = newKey()
  readonly pseudonymKey = newKey()
  readonly closingKey = newKey()
  readonly #signing = { identity: secret(), pseudonym: secret() }

  /** The point relative to which the own key of the service is the public key of who signs. */
  verificationPoint(kind: 'identity' | 'pseudonym'): string {
    const own = kind === 'identity' ? this.identityKey : this.pseudonymKey
    return Buffer.from(this.#base(kind, own).toBytes(true)).toString('base64')
  }

  #base(kind: 'identity' | 'pseudonym', own: Key): P {
    return Point.BASE.multiply(mod(own.secret * inverse(this.#signing[kind])))
  }

  identity(number: string, bent: BentName = {}): string {
    return this.#name(
      'identity',
      encoded(`\u0001B${String.fromCharCode(number.length)}${number}`),
      this.identityKey,
      bent,
    )
  }

  /** `person`: the point of a person before it is closed; the same number for the same person. */
  pseudonym(person: bigint, bent: BentName = {}): string {
    return this.#name('pseudonym', Point.BASE.multiply(person), this.pseudonymKey, bent)
  }

  #name(kind: 'identity' | 'pseudonym', message: P, own: Key, bent: BentName): string {
    const numbers = { identity: ['01', '03'], pseudonym: ['02', '04'] } as const
    const k = secret()
    const to = Point.BASE.multiply((bent.to ?? own).secret)
    const points = [Point.BASE.multiply(k), message.add(to.multiply(k)), to].map((p) => der(0x04, p.toBytes(false)))
    const recipient = [der(0x16, Buffer.from('00000000000000000001')), der(0x16, Buffer.from('00000000000000000004'))]
    const versions = [integer(1n), integer(11n)]
    const type = kind === 'pseudonym' ? [integer(66n)] : []
    const plain = object(ARC + numbers[bent.inner ?? kind][0])
    const structure = sequence(plain, ...versions, ...recipient, integer(44n), ...type, sequence(...points))
    if (bent.unsigned) return structure.toString('base64')
    const payload = sequence(structure, der(0x04, randomBytes(16)))
    const [r, s] = this.#sign(kind, own, payload, bent)
    const whole = sequence(
      object(ARC + numbers[bent.kind ?? kind][1]),
      payload,
      sequence(object(bent.algorithm ?? EC_SCHNORR_SHA384), sequence(integer(r), integer(s))),
    )
    return (bent.changed?.(whole) ?? whole).toString('base64')
  }

  /** EC-Schnorr (BSI TR-03111, section 4.2.3) over the verification point. */
  #sign(kind: 'identity' | 'pseudonym', own: Key, payload: Buffer, { forged }: BentName): readonly [bigint, bigint] {
    const k = secret()
    const commitment = this.#base(kind, own).multiply(k).toBytes(false).subarray(1, 41)
    const r = numberIn(sha384(payload, commitment).subarray(0, 40))
    return [r, mod(k - r * (forged ? secret() : this.#signing[kind]))]
  }
}

/** A point whose coordinate says a text (RFC 8017, section 7.1.1, with SHA-384 cut to ten octets): seeds are tried until there is one. */
function encoded(text: string): P {
  const content = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(18 - text.length)])
  const block = Buffer.concat([sha384().subarray(0, 10), Buffer.from([1]), content])
  const xor = (a: Buffer, seed: Buffer) =>
    Buffer.from(a.map((octet, i) => octet ^ (sha384(seed, Buffer.alloc(4))[i] ?? 0)))
  for (;;) {
    const seed = randomBytes(10)
    const maskedBlock = xor(block, seed)
    const x = Buffer.concat([xor(seed, maskedBlock), maskedBlock])
    try {
      if (x[0] !== 0) return Point.fromBytes(Buffer.concat([Buffer.from([2, 0]), x]))
    } catch {
      // No point has this coordinate.
    }
  }
}

/** The attribute of an assertion that holds a name, encrypted to the certificate of the service (base64 of DER). */
export const encryptedId = (name: string, qualifier: string, certificate: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const own = new X509Certificate(Buffer.from(certificate, 'base64'))
    const xml = `<saml:NameID xmlns:saml="${SAML}" NameQualifier="urn:etoegang:1.12:EntityConcernedID:${qualifier}">${name}</saml:NameID>`
    const options = {
      rsa_pub: String(own.publicKey.export({ type: 'spki', format: 'pem' })),
      pem: own.toString(),
      encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
      keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
      warnInsecureAlgorithm: false,
    } as const
    encrypt(xml, options, (error, result) =>
      error ? reject(error) : resolve(`<saml:EncryptedID xmlns:saml="${SAML}">${result}</saml:EncryptedID>`),
    )
  })
