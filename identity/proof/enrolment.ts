import { PlumblineError } from '../../config/errors.ts'
import type { Collection } from '../store/store.ts'
import { type ProofDeps, requireSteps } from './accounts.ts'
import { sealCommitment } from './commitment.ts'
import { fromBase64url, seconds } from './encoding.ts'
import { requireStrongKdf } from './kdf.ts'
import { CommitmentMessage, MESSAGE_LIMITS, NewCommitment, parseMessage, proofIn, requireForm } from './messages.ts'
import { verify } from './schnorr.ts'
import { openSealed } from './sealing.ts'
import type { Steps } from './secret-bytes.ts'
import { type CommitmentOccasion, commitmentContext, PROTOCOL, type ProofStatement } from './transcript.ts'

/** How far `iat` of a commitment may be from the server's clock, before or after. */
export const COMMITMENT_SECONDS = 600
/** Age of the login that may still replace the login secret. */
export const RECENT_LOGIN_SECONDS = 300

/** Ids of commitments that were taken, kept while their `iat` would pass. */
const USED: Collection<{ readonly jti: string }> = { name: 'proofCommitmentIds', id: (u) => u.jti, indexes: [] }

/**
 * Sign-up (contract registerUser). `handle`: the `auth_req_id`. Returns the sealed commitment to store with the user.
 * Throws REJECTED for a bad message, a foreign or weak commitment, one that does not fit the tenant's policy or comes again.
 */
export const register = (deps: ProofDeps, request: NewCommitment): Promise<string> =>
  acceptCommitment(deps, 'register', request)

/** New secret by a reset code (contract resetPasswordWithCode). `handle`: the code, which the caller spends. As `register`. */
export const reset = (deps: ProofDeps, request: NewCommitment): Promise<string> =>
  acceptCommitment(deps, 'reset', request)

/** New secret while signed in (contract changePassword). `handle`: the session id. As `register`; FORBIDDEN after 5 minutes. */
export async function change(deps: ProofDeps, request: NewCommitment, authenticatedAt: Date): Promise<string> {
  if (seconds(deps.now()) - seconds(authenticatedAt) > RECENT_LOGIN_SECONDS)
    throw new PlumblineError('FORBIDDEN', 'the login is too old to change the login secret; sign in again')
  return acceptCommitment(deps, 'change', request)
}

async function acceptCommitment(
  deps: ProofDeps,
  purpose: CommitmentOccasion['purpose'],
  request: NewCommitment,
): Promise<string> {
  const { tenantId, userId, username, handle, encryptedCommitment } = requireForm(NewCommitment, request)
  const tenant = await requireSteps(deps, tenantId)
  const text = await openSealed(encryptedCommitment, MESSAGE_LIMITS.commitment, tenant.sealing)
  const message = parseMessage(CommitmentMessage, text, MESSAGE_LIMITS.commitment)
  requireFresh(message.iat, deps.now())
  requireSameSteps(message.steps, tenant.steps)
  requireStrongKdf(message.kdf)
  fromBase64url(message.salt)
  const context = commitmentContext({ purpose, handle }, message.jti)
  requireProof(message, { purpose, tenantId, username, context })
  await requireFirstUse(deps, tenantId, message.jti)
  const { A, salt, kdf, steps } = message
  return sealCommitment(deps.masterKey, { tenantId, userId }, { version: PROTOCOL, A, salt, kdf, steps })
}

function requireFresh(iat: number, now: Date): void {
  if (Math.abs(seconds(now) - iat) > COMMITMENT_SECONDS)
    throw new PlumblineError('REJECTED', 'the commitment is too old or the clock of the device is wrong')
}

function requireSameSteps(steps: Steps, policy: Steps): void {
  if (steps.pin !== policy.pin || steps.pattern !== policy.pattern)
    throw new PlumblineError('REJECTED', "the login secret does not have the steps and sizes of the tenant's policy")
}

function requireProof(message: CommitmentMessage, statement: ProofStatement): void {
  if (!verify(fromBase64url(message.A), statement, proofIn(message)))
    throw new PlumblineError('REJECTED', 'the proof inside the commitment is wrong')
}

/** Comes last, so that only good commitments fill the store. */
async function requireFirstUse({ store }: ProofDeps, tenantId: string, jti: string): Promise<void> {
  try {
    await store.create(USED, tenantId, { jti }, 2 * COMMITMENT_SECONDS)
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
    throw new PlumblineError('REJECTED', 'this commitment was sent before', { cause: error })
  }
}
