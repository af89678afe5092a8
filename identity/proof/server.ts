import { equalBytes } from '@noble/curves/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { PlumblineError } from '../../config/errors.ts'
import type { Collection } from '../store/store.ts'
import { candidateOf, type ProofDeps, requireSteps } from './accounts.ts'
import { readCipherKey, thumbprintOf } from './cipher-key.ts'
import { fromBase64url, seconds, toBase64url, utf8 } from './encoding.ts'
import {
  ChallengeRequest,
  EmailAnswer,
  LoginAnswer,
  MESSAGE_LIMITS,
  ProofMessage,
  parseMessage,
  proofIn,
  requireForm,
} from './messages.ts'
import { verify } from './schnorr.ts'
import { openSealed, signChallenge } from './sealing.ts'
import { type ChallengeOccasion, challengeContext } from './transcript.ts'

const ID_BYTES = 16
const NONCE_BYTES = 32
export const CHALLENGE_SECONDS = 120

/** An open challenge; it is taken out on its first use, good or bad, and gone after its time. */
interface Challenge {
  readonly id: string
  readonly purpose: ChallengeOccasion['purpose']
  readonly username: string
  readonly handle: string
  readonly thumbprint: string
  readonly n: string
}
const CHALLENGES: Collection<Challenge> = { name: 'proofChallenges', id: (c) => c.id, indexes: [] }

/** Body of the contract's ChallengeResponse. */
export interface ChallengeAnswer {
  readonly challenge_data: string
  readonly proto_version: string
}

/**
 * A fresh challenge (contract getChallenge). `handle`: the `auth_req_id`, or the session id of a signed-in caller. The answer
 * for a name without an account has the same form, size and work. Throws REJECTED for a bad request, FORBIDDEN for a tenant
 * without PIN and pattern.
 */
export async function issueChallenge(deps: ProofDeps, request: ChallengeRequest): Promise<ChallengeAnswer> {
  const { tenantId, username, cipherKey, purpose, handle } = requireForm(ChallengeRequest, request)
  const key = await readCipherKey(cipherKey)
  const tenant = await requireSteps(deps, tenantId)
  const { commitment } = await candidateOf(deps, tenantId, username, tenant.steps)
  const [id, n] = [ID_BYTES, NONCE_BYTES].map((length) => toBase64url(deps.randomBytes(length))) as [string, string]
  const challenge: Challenge = { id, purpose, username, handle, thumbprint: key.kid, n }
  await deps.store.create(CHALLENGES, tenantId, challenge, CHALLENGE_SECONDS)
  const { kdf, salt, steps, version } = commitment
  const exp = seconds(deps.now()) + CHALLENGE_SECONDS
  const message = { challenge_id: id, n, exp, kdf, salt, steps, kid: tenant.sealing[0].kid }
  const signed = await signChallenge(JSON.stringify(message), tenant.signing)
  return { challenge_data: await deps.seal(signed, key), proto_version: version }
}

/** Who solved a challenge. */
export interface Proven {
  readonly userId: string
}

/**
 * Checks an answer to a login challenge (contract authenticate), which is spent first. `handle`: the `auth_req_id`. Whatever is
 * wrong with the request, it throws the same UNAUTHENTICATED; only faults of the server differ. Count the attempt before the call.
 */
export const authenticateProof = (deps: ProofDeps, request: LoginAnswer): Promise<Proven> =>
  uniformly(async () => {
    const answer = requireForm(LoginAnswer, request)
    const challenge = await spend(deps, answer)
    const thumbprint = await thumbprintOf(answer.cipherKey)
    requireSame(challenge.username, answer.username)
    requireSame(challenge.thumbprint, thumbprint)
    return solve(deps, challenge, answer, { purpose: 'login', handle: answer.handle })
  })

/**
 * Checks a solved challenge for a new address (contract updateUserEmail). `handle`: as in `issueChallenge`; `userId`: whose
 * address changes. Fails as `authenticate` does.
 */
export const authorizeEmailChange = (deps: ProofDeps, request: EmailAnswer): Promise<Proven> =>
  uniformly(async () => {
    const answer = requireForm(EmailAnswer, request)
    const { handle, newEmail } = answer
    const challenge = await spend(deps, answer)
    const proven = await solve(deps, challenge, answer, { purpose: 'email', handle, newEmail })
    requireSame(proven.userId, answer.userId)
    return proven
  })

interface Answer {
  readonly tenantId: string
  readonly handle: string
  readonly challengeId: string
  readonly challengeData: string
}

/** Takes the challenge out of the store before anything is checked, so that it serves once, also for a failure. */
async function spend({ store }: ProofDeps, { tenantId, challengeId }: Answer): Promise<Challenge> {
  const challenge = await store.take(CHALLENGES, tenantId, challengeId)
  if (challenge === undefined) throw refused()
  return challenge
}

async function solve(
  deps: ProofDeps,
  challenge: Challenge,
  { tenantId, challengeData }: Answer,
  occasion: ChallengeOccasion,
): Promise<Proven> {
  const { username, thumbprint, n } = challenge
  requireSame(challenge.purpose, occasion.purpose)
  requireSame(challenge.handle, occasion.handle)
  const tenant = await requireSteps(deps, tenantId)
  const proof = parseMessage(
    ProofMessage,
    await openSealed(challengeData, MESSAGE_LIMITS.proof, tenant.sealing),
    MESSAGE_LIMITS.proof,
  )
  requireSame(proof.challenge_id, challenge.id)
  const { userId, commitment } = await candidateOf(deps, tenantId, username, tenant.steps)
  const context = challengeContext({ challengeId: challenge.id, n: fromBase64url(n), thumbprint }, occasion)
  const good = verify(
    fromBase64url(commitment.A),
    { purpose: occasion.purpose, tenantId, username, context },
    proofIn(proof),
  )
  if (!good || userId === undefined) throw refused()
  return { userId }
}

/** Compares hashes, so that the time taken says nothing about the texts. */
function requireSame(a: string, b: string): void {
  if (!equalBytes(sha256(utf8(a)), sha256(utf8(b)))) throw refused()
}

/** No cause and no detail: a guesser must not learn which check failed. */
const refused = () => new PlumblineError('UNAUTHENTICATED', 'the login was not accepted')

async function uniformly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof PlumblineError && error.code === 'REJECTED' ? refused() : error
  }
}
