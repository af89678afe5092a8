import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../../config/errors.ts'
import { fromBase64url } from './encoding.ts'
import type { Proof } from './schnorr.ts'
import { PROTOCOL } from './transcript.ts'

/** Longest texts that are looked at, in characters. */
export const MESSAGE_LIMITS = {
  commitment: 4096,
  challenge: 4096,
  proof: 2048,
  cipherKey: 512,
  name: 256,
  handle: 256,
} as const

const closed = { additionalProperties: false } as const
/** Unpadded base64url of so many bytes. */
const bytes = (length: number) => Type.String({ pattern: `^[A-Za-z0-9_-]{${Math.ceil((length * 4) / 3)}}$` })
const cost = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })

const Kdf = Type.Object({ name: Type.Literal('argon2id'), v: Type.Literal(19), m: cost, t: cost, p: cost }, closed)

const Steps = Type.Object(
  {
    pin: Type.Optional(Type.Integer({ minimum: 4, maximum: 12 })),
    pattern: Type.Optional(Type.Integer({ minimum: 3, maximum: 5 })),
  },
  { ...closed, minProperties: 1 },
)

const id = bytes(16)
const point = bytes(32)
const scalar = bytes(32)
const time = Type.Integer({ minimum: 0, maximum: 2 ** 40 })

/** Message 1, inside the JWE of `encrypted_commitment`. `iat`: seconds since 1970. */
export const CommitmentMessage = Type.Object(
  { kdf: Kdf, salt: bytes(16), steps: Steps, A: point, V: point, r: scalar, jti: id, iat: time },
  closed,
)
/** Message 3, inside the JWS inside the JWE of `challenge_data`. `kid`: the server key that the answer is sealed to. */
export const ChallengeMessage = Type.Object(
  {
    challenge_id: id,
    n: bytes(32),
    exp: time,
    kdf: Kdf,
    salt: bytes(16),
    steps: Steps,
    kid: Type.String({ minLength: 1, maxLength: 64 }),
  },
  closed,
)
/** Message 5, inside the JWE of `challenge_data`. */
export const ProofMessage = Type.Object({ challenge_id: id, V: point, r: scalar }, closed)
/** `cipherKey`: the client's public key C as a JWK. */
export const CipherKey = Type.Object(
  { kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: bytes(32), y: bytes(32) },
  closed,
)
/** What the server keeps of a commitment, under seal. */
export const StoredCommitment = Type.Object(
  { version: Type.Literal(PROTOCOL), A: point, salt: bytes(16), kdf: Kdf, steps: Steps },
  closed,
)

const sealed = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const tenantId = Type.String({ minLength: 1, maxLength: 128 })
const name = Type.String({ minLength: 1, maxLength: MESSAGE_LIMITS.name })
const handle = Type.String({ maxLength: MESSAGE_LIMITS.handle })
const answer = { tenantId, handle, challengeId: id, challengeData: sealed(MESSAGE_LIMITS.proof) }

/** A sign-up, reset or change as a route hands it over. `userId`: owner of the new commitment. */
export const NewCommitment = Type.Object(
  {
    tenantId,
    userId: Type.String({ minLength: 1, maxLength: 256 }),
    username: name,
    encryptedCommitment: sealed(MESSAGE_LIMITS.commitment),
    protoVersion: Type.Literal(PROTOCOL),
    handle,
  },
  closed,
)
/** Message 2 as a route hands it over. */
export const ChallengeRequest = Type.Object(
  {
    tenantId,
    username: name,
    cipherKey: sealed(MESSAGE_LIMITS.cipherKey),
    purpose: Type.Union([Type.Literal('login'), Type.Literal('email')]),
    handle,
  },
  closed,
)
/** Message 5 as a route hands it over. */
export const LoginAnswer = Type.Object(
  { ...answer, username: name, cipherKey: sealed(MESSAGE_LIMITS.cipherKey) },
  closed,
)
/** A solved challenge that stands for a change of the e-mail address of `userId`. */
export const EmailAnswer = Type.Object(
  { ...answer, userId: Type.String({ minLength: 1, maxLength: 256 }), newEmail: name },
  closed,
)

export type NewCommitment = Readonly<Static<typeof NewCommitment>>
export type ChallengeRequest = Readonly<Static<typeof ChallengeRequest>>
export type LoginAnswer = Readonly<Static<typeof LoginAnswer>>
export type EmailAnswer = Readonly<Static<typeof EmailAnswer>>
export type CommitmentMessage = Static<typeof CommitmentMessage>
export type ChallengeMessage = Static<typeof ChallengeMessage>
export type ProofMessage = Static<typeof ProofMessage>
export type CipherKey = Static<typeof CipherKey>
export type StoredCommitment = Static<typeof StoredCommitment>

/**
 * Checks by interpretation, since a strict content security policy forbids compiled validators. Throws REJECTED without
 * quoting the value: it may be secret.
 */
export function requireForm<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Value.Check(schema, value)) return value
  throw new PlumblineError('REJECTED', 'the message does not have the form that the protocol asks for')
}

/** The message that a JSON text of at most `limit` characters holds. Throws REJECTED. */
export const parseMessage = <S extends TSchema>(schema: S, text: string, limit: number): Static<S> =>
  requireForm(schema, text.length > limit ? undefined : parseJson(text))

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The proof in a message. Throws REJECTED when a value is not canonical base64url. */
export const proofIn = ({ V, r }: { readonly V: string; readonly r: string }): Proof => ({
  V: fromBase64url(V),
  r: fromBase64url(r),
})
