import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

const FLAGS = { userPresent: 0x01, userVerified: 0x04, attestedCredential: 0x40 }
const ES256 = -7
const P256 = 1

/** How it behaves unlike an honest one, for attacks. */
export interface Behaviour {
  readonly origin?: string
  readonly crossOrigin?: boolean
  readonly type?: string
  readonly rpId?: string
  /** False: the authenticator does not check who holds it. */
  readonly verifiesUser?: boolean
  readonly counter?: number
  readonly userHandle?: string
}

/** What is used of PublicKeyCredentialCreationOptions. */
export interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}
/** What is used of PublicKeyCredentialRequestOptions. */
export interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const uint = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

/** A security key in software with one ES256 credential (WebAuthn Level 3), and the browser before it. */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32)
  readonly #private: KeyObject
  readonly #public: KeyObject
  readonly #origin: string
  #counter = 0
  #userHandle = ''

  constructor(origin: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#private = privateKey
    this.#public = publicKey
    this.#origin = origin
  }

  get id(): string {
    return this.credentialId.toString('base64url')
  }

  /** The body of verifyPasskeyRegistration for the options. */
  create(options: CreationOptions, behaviour: Behaviour = {}) {
    this.#userHandle = options.user.id
    const clientData = this.#clientData('webauthn.create', options.challenge, behaviour)
    const credential = Buffer.concat([
      Buffer.alloc(16),
      uint(this.credentialId.length, 2),
      this.credentialId,
      this.#cose(),
    ])
    const authData = Buffer.concat([this.#authData(options.rp.id, behaviour, FLAGS.attestedCredential), credential])
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ])
    return {
      id: this.id,
      raw_id: this.id,
      client_data_json: clientData.toString('base64url'),
      attestation_object: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
      transports: ['internal'],
    }
  }

  /** The fields of verifyPasskeyAuthentication for the options. */
  get(options: RequestOptions, behaviour: Behaviour = {}) {
    this.#counter++
    const clientData = this.#clientData('webauthn.get', options.challenge, behaviour)
    const authData = this.#authData(options.rpId, behaviour, 0)
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), this.#private)
    return {
      id: this.id,
      raw_id: this.id,
      client_data_json: clientData.toString('base64url'),
      authenticator_data: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      user_handle: behaviour.userHandle ?? this.#userHandle,
    }
  }

  #clientData(type: string, challenge: string, behaviour: Behaviour): Buffer {
    const { origin = this.#origin, crossOrigin = false } = behaviour
    return Buffer.from(JSON.stringify({ type: behaviour.type ?? type, challenge, origin, crossOrigin }))
  }

  #authData(rpId: string, behaviour: Behaviour, more: number): Buffer {
    const verified = behaviour.verifiesUser === false ? 0 : FLAGS.userVerified
    const counter = uint(behaviour.counter ?? this.#counter, 4)
    const flags = uint(FLAGS.userPresent | verified | more, 1)
    return Buffer.concat([sha256(behaviour.rpId ?? rpId), flags, counter])
  }

  /** COSE_Key of an ES256 key (RFC 9053, section 7.1). */
  #cose(): Uint8Array {
    const { x = '', y = '' } = this.#public.export({ format: 'jwk' })
    const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
    const key = new Map<number, unknown>([
      [1, 2],
      [3, ES256],
      [-1, P256],
      [-2, coordinate(x)],
      [-3, coordinate(y)],
    ])
    return isoCBOR.encode(key as never)
  }
}
