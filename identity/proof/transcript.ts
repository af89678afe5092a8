import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { utf8 } from './encoding.ts'

/** Name and version of the protocol (docs/contracts/secrets-vault.notes.md, section 3). */
export const PROTOCOL = 'sv-schnorr-r255-1'

/** What a new commitment is for, with the text that it is bound to: `auth_req_id`, reset code, or session id. */
export interface CommitmentOccasion {
  readonly purpose: 'register' | 'reset' | 'change'
  readonly handle: string
}

/**
 * What a challenge is solved for. `handle` is the `auth_req_id` of the login, or the session id of a signed-in caller
 * (empty for one with an API key).
 */
export type ChallengeOccasion =
  | { readonly purpose: 'login'; readonly handle: string }
  | { readonly purpose: 'email'; readonly handle: string; readonly newEmail: string }

/** What a proof says besides "I know the secret of A". */
export interface ProofStatement {
  readonly purpose: CommitmentOccasion['purpose'] | ChallengeOccasion['purpose']
  readonly tenantId: string
  /** As the client sent it, letter case included. */
  readonly username: string
  readonly context: Uint8Array
}

/** Each part behind its length in bytes as a 32-bit big-endian number, so that no two lists of parts share an encoding. */
export function lengthPrefixed(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [uint32(part.length), part]))
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** The 64 bytes that, read as a little-endian number mod L, are the challenge c of a proof. G, V and A: 32-byte encodings. */
export function challengeHash(
  { purpose, tenantId, username, context }: ProofStatement,
  { G, V, A }: Readonly<Record<'G' | 'V' | 'A', Uint8Array>>,
): Uint8Array {
  return sha512(lengthPrefixed(utf8(PROTOCOL), utf8(purpose), G, V, A, utf8(tenantId), utf8(username), context))
}

/** A reset code is a secret of its own, so only its hash goes in. */
const BOUND: Readonly<Record<CommitmentOccasion['purpose'], (handle: string) => Uint8Array>> = {
  register: utf8,
  reset: (code) => sha256(utf8(code)),
  change: utf8,
}

/** Context of the proof inside a new commitment. `jti`: the commitment's own id, as text. */
export const commitmentContext = ({ purpose, handle }: CommitmentOccasion, jti: string): Uint8Array =>
  lengthPrefixed(BOUND[purpose](handle), utf8(jti))

/** The challenge that a proof answers. */
export interface ChallengeFacts {
  readonly challengeId: string
  /** The server's random value, 32 bytes. */
  readonly n: Uint8Array
  /** JWK thumbprint (RFC 7638, SHA-256, base64url) of the client's key C. */
  readonly thumbprint: string
}

/** Context of a proof that answers a challenge; for an e-mail change the new address belongs to it. */
export function challengeContext(facts: ChallengeFacts, occasion: ChallengeOccasion): Uint8Array {
  const parts = [utf8(facts.challengeId), facts.n, utf8(facts.thumbprint), utf8(occasion.handle)]
  return lengthPrefixed(...parts, ...(occasion.purpose === 'email' ? [utf8(occasion.newEmail)] : []))
}
