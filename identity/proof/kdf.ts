import { PlumblineError } from '../../config/errors.ts'
import { toScalar, WIDE_BYTES } from './schnorr.ts'

/** Parameters of Argon2id version 1.3 (RFC 9106): memory in KiB, passes, lanes. */
export interface Kdf {
  readonly name: 'argon2id'
  readonly v: 19
  readonly m: number
  readonly t: number
  readonly p: number
}

/** Parameters of new commitments, and the floor: neither side ever takes less. Not configurable, so that nothing can lower it. */
export const KDF: Kdf = { name: 'argon2id', v: 19, m: 65_536, t: 3, p: 4 }
/** More than this could stop the other side's machine. */
export const KDF_CEILING: Kdf = { name: 'argon2id', v: 19, m: 1_048_576, t: 16, p: 16 }
export const SALT_BYTES = 16

/** One Argon2id implementation: `argon2-node.ts` or `argon2-browser.ts`. */
export type Argon2id = (input: {
  readonly secret: Uint8Array
  readonly salt: Uint8Array
  readonly kdf: Kdf
  /** Bytes to derive. */
  readonly length: number
}) => Promise<Uint8Array>

const COSTS = ['m', 't', 'p'] as const

/** Throws REJECTED for parameters below the floor (a downgrade) or above the ceiling. */
export function requireStrongKdf(kdf: Kdf): void {
  const bad = COSTS.find((cost) => kdf[cost] < KDF[cost] || kdf[cost] > KDF_CEILING[cost])
  if (bad === undefined) return
  throw new PlumblineError(
    'REJECTED',
    `the key derivation asks for ${bad} = ${kdf[bad]}; ${KDF[bad]} to ${KDF_CEILING[bad]} is allowed`,
  )
}

/** The secret number a: Argon2id, 64 bytes, little-endian, mod L; zero is refused (INTERNAL). Throws REJECTED for weak parameters. */
export async function deriveScalar(
  argon2id: Argon2id,
  secret: Uint8Array,
  salt: Uint8Array,
  kdf: Kdf,
): Promise<bigint> {
  requireStrongKdf(kdf)
  return toScalar(await argon2id({ secret, salt, kdf, length: WIDE_BYTES }))
}
