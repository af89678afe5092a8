import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import { fromBase64url, seconds, toBase64url } from './encoding.ts'
import { type Argon2id, deriveScalar, KDF, SALT_BYTES } from './kdf.ts'
import { ChallengeMessage, MESSAGE_LIMITS, parseMessage } from './messages.ts'
import { commit, prove, type RandomBytes } from './schnorr.ts'
import { openSealed, type Seal, type SealingKey, sealForClient, verifyChallenge } from './sealing.ts'
import { type LoginSecret, type Steps, secretBytes } from './secret-bytes.ts'
import {
  type ChallengeOccasion,
  type CommitmentOccasion,
  challengeContext,
  commitmentContext,
  PROTOCOL,
  type ProofStatement,
} from './transcript.ts'

const JTI_BYTES = 16
/** How far the clocks of client and server may differ. */
const CLOCK_SECONDS = 60

/** What the client borrows from its surroundings; the same code runs in a browser and in Node. */
export interface ClientTools {
  readonly argon2id: Argon2id
  readonly randomBytes: RandomBytes
  readonly newKeyPair: () => Promise<{ readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }>
  readonly seal: Seal
  readonly now: () => Date
}

/** Tools over Web Crypto, which browsers and Node have. */
export const webTools = (argon2id: Argon2id): ClientTools => ({
  argon2id,
  randomBytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
  newKeyPair: () => generateKeyPair('ECDH-ES', { crv: 'P-256' }),
  seal: sealForClient,
  now: () => new Date(),
})

/** The tenant that the client talks to; `jwks` is its published key set, fetched over TLS. */
export interface ClientTenant {
  readonly tenantId: string
  readonly jwks: JSONWebKeySet
}

/** One login attempt: a key pair C that serves once. `cipherKey` goes into the challenge request and into the answer. */
export interface ProofAttempt {
  readonly cipherKey: string
  readonly thumbprint: string
  readonly privateKey: CryptoKey
}

/** What the contract calls `encrypted_commitment` and `proto_version`. */
export interface CommitmentFields {
  readonly encrypted_commitment: string
  readonly proto_version: string
}

/** What the contract calls `challenge_id` and `challenge_data`. */
export interface AnswerFields {
  readonly challenge_id: string
  readonly challenge_data: string
}

/** The client's half of the protocol (docs/zero-knowledge-login.md). The secret and the number derived from it never leave it. */
export class ProofClient {
  readonly #tools: ClientTools
  readonly #tenant: ClientTenant

  constructor(tools: ClientTools, tenant: ClientTenant) {
    this.#tools = tools
    this.#tenant = tenant
  }

  /**
   * Message 1: a new commitment for a sign-up, a reset or a change. Throws REJECTED when the secret does not fit the steps or
   * the tenant has no sealing key.
   */
  async commitment(
    username: string,
    steps: Steps,
    secret: LoginSecret,
    occasion: CommitmentOccasion,
  ): Promise<CommitmentFields> {
    const { randomBytes, now } = this.#tools
    const salt = randomBytes(SALT_BYTES)
    const a = await this.#derive(steps, secret, salt, KDF)
    const jti = toBase64url(randomBytes(JTI_BYTES))
    const context = commitmentContext(occasion, jti)
    const proof = this.#prove(a, { purpose: occasion.purpose, username, context })
    const fixed = { kdf: KDF, salt: toBase64url(salt), steps, A: toBase64url(commit(a)) }
    const sealed = await this.#seal({ ...fixed, ...proof, jti, iat: seconds(now()) })
    return { encrypted_commitment: sealed, proto_version: PROTOCOL }
  }

  /** Before message 2: a fresh key pair. */
  async begin(): Promise<ProofAttempt> {
    const { privateKey, publicKey } = await this.#tools.newKeyPair()
    const { kty, crv, x, y } = (await exportJWK(publicKey)) as { kty: string; crv: string; x: string; y: string }
    const jwk = { kty, crv, x, y }
    return { cipherKey: JSON.stringify(jwk), thumbprint: await calculateJwkThumbprint(jwk), privateKey }
  }

  /**
   * Message 3, opened and checked: sealed to this attempt, signed by the tenant, not expired. `steps` in it say what to ask the
   * person for. Throws REJECTED.
   */
  async open(
    attempt: ProofAttempt,
    answer: { readonly challenge_data: string; readonly proto_version: string },
  ): Promise<ChallengeMessage> {
    if (answer.proto_version !== PROTOCOL)
      throw new PlumblineError('REJECTED', 'the server speaks another login protocol; reload the page or update')
    const keys = [{ kid: attempt.thumbprint, privateKey: attempt.privateKey }]
    const jws = await openSealed(answer.challenge_data, MESSAGE_LIMITS.challenge, keys)
    const text = await verifyChallenge(jws, MESSAGE_LIMITS.challenge, this.#tenant.jwks)
    const challenge = parseMessage(ChallengeMessage, text, MESSAGE_LIMITS.challenge)
    if (challenge.exp + CLOCK_SECONDS < seconds(this.#tools.now()))
      throw new PlumblineError('REJECTED', 'the challenge has expired; start again, and check the clock of this device')
    return challenge
  }

  /**
   * Message 5: the answer to an opened challenge. `username` as in the challenge request. Throws REJECTED when the secret does
   * not fit the steps, or when the key derivation was made weaker (a downgrade).
   */
  async answer(
    attempt: ProofAttempt,
    challenge: ChallengeMessage,
    username: string,
    secret: LoginSecret,
    occasion: ChallengeOccasion,
  ): Promise<AnswerFields> {
    const { challenge_id, kdf, salt, steps, kid } = challenge
    const a = await this.#derive(steps, secret, fromBase64url(salt), kdf)
    const facts = { challengeId: challenge_id, n: fromBase64url(challenge.n), thumbprint: attempt.thumbprint }
    const context = challengeContext(facts, occasion)
    const proof = this.#prove(a, { purpose: occasion.purpose, username, context })
    return { challenge_id, challenge_data: await this.#seal({ challenge_id, ...proof }, kid) }
  }

  async #derive(steps: Steps, secret: LoginSecret, salt: Uint8Array, kdf: ChallengeMessage['kdf']): Promise<bigint> {
    const bytes = secretBytes(steps, secret)
    try {
      return await deriveScalar(this.#tools.argon2id, bytes, salt, kdf)
    } finally {
      bytes.fill(0)
    }
  }

  #prove(a: bigint, statement: Omit<ProofStatement, 'tenantId'>): { readonly V: string; readonly r: string } {
    const { V, r } = prove(a, { ...statement, tenantId: this.#tenant.tenantId }, this.#tools.randomBytes)
    return { V: toBase64url(V), r: toBase64url(r) }
  }

  async #seal(message: object, kid?: string): Promise<string> {
    return this.#tools.seal(JSON.stringify(message), await this.#serverKey(kid))
  }

  /** The tenant's sealing key of this id, or the first one. */
  async #serverKey(kid?: string): Promise<SealingKey> {
    const jwk = this.#tenant.jwks.keys.find((key) => key.use === 'enc' && (kid === undefined || key.kid === kid))
    if (jwk?.kid === undefined)
      throw new PlumblineError('REJECTED', "the tenant's key set lacks the key for sealing; fetch it again")
    return { kid: jwk.kid, publicKey: (await importJWK(jwk, 'ECDH-ES')) as CryptoKey }
  }
}
