import { ristretto255_hasher } from '@noble/curves/ed25519.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { PlumblineError } from '../../config/errors.ts'
import { deriveKey } from '../crypto/derived-keys.ts'
import type { Deps } from '../deps.ts'
import { foldName } from '../platform/fold-name.ts'
import { openCommitment, sealCommitment } from './commitment.ts'
import { toBase64url, utf8 } from './encoding.ts'
import { KDF, SALT_BYTES } from './kdf.ts'
import type { StoredCommitment } from './messages.ts'
import type { RandomBytes } from './schnorr.ts'
import type { OpeningKey, Seal, SigningKey } from './sealing.ts'
import type { Steps } from './secret-bytes.ts'
import { lengthPrefixed, PROTOCOL } from './transcript.ts'

/** What the protocol has to know about a tenant. */
export interface ProofTenant {
  /** The login policy for new commitments. */
  readonly steps: Steps
  /** Newest first: the first is named in challenges, the others still open what was sealed before a rotation. */
  readonly sealing: readonly [OpeningKey, ...OpeningKey[]]
  readonly signing: SigningKey
}

/** A user with a login secret. `commitment`: as `register`, `reset` or `change` returned it. */
export interface Account {
  readonly userId: string
  readonly commitment: string
}

/** The server side's surroundings. */
export interface ProofDeps extends Pick<Deps, 'store' | 'now' | 'masterKey'> {
  readonly tenant: (tenantId: string) => Promise<ProofTenant>
  /** By user name, compared as the store compares names; `undefined` when there is none or it has no commitment. */
  readonly account: (tenantId: string, username: string) => Promise<Account | undefined>
  readonly randomBytes: RandomBytes
  readonly seal: Seal
}

/** A point whose discrete logarithm nobody knows: stands in for A where there is no account. */
const DECOY_A = ristretto255_hasher.hashToCurve(utf8(`${PROTOCOL} decoy`)).toBytes()

/** Throws FORBIDDEN for a tenant whose logins have neither PIN nor pattern. */
export async function requireSteps(deps: ProofDeps, tenantId: string): Promise<ProofTenant> {
  const tenant = await deps.tenant(tenantId)
  if (tenant.steps.pin !== undefined || tenant.steps.pattern !== undefined) return tenant
  throw new PlumblineError('FORBIDDEN', 'this tenant has no login by PIN or pattern')
}

/** A commitment to prove against. Without `userId` it is a decoy and no proof is good enough. */
export interface Candidate {
  readonly userId: string | undefined
  readonly commitment: StoredCommitment
}

/** The commitment behind a name. The same work is done whether there is an account or not. */
export async function candidateOf(
  deps: ProofDeps,
  tenantId: string,
  username: string,
  steps: Steps,
): Promise<Candidate> {
  const unknown = decoy(deps, tenantId, username, steps)
  const found = await deps.account(tenantId, username)
  const { userId, commitment } = found ?? unknown
  return { userId: found?.userId, commitment: openCommitment(deps.masterKey, { tenantId, userId }, commitment) }
}

function decoy({ masterKey }: Pick<Deps, 'masterKey'>, tenantId: string, username: string, steps: Steps): Account {
  const owner = { tenantId, userId: '' }
  const message = lengthPrefixed(utf8(tenantId), utf8(foldName(username)))
  const salt = hmac(sha256, deriveKey(masterKey, 'proof decoy'), message).subarray(0, SALT_BYTES)
  const fields = { version: PROTOCOL, A: toBase64url(DECOY_A), salt: toBase64url(salt), kdf: KDF, steps } as const
  return { userId: owner.userId, commitment: sealCommitment(masterKey, owner, fields) }
}
