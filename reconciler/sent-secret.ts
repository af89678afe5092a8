import type { Pointer } from '../config/resource.ts'

/** What is kept of a secret that was sent: enough to tell whether to send it again. */
export interface SentSecret {
  readonly version?: number
  /** Keyed fingerprint, see `Secret.fingerprint`. */
  readonly fingerprint: string
}

/**
 * What was written to fields that cannot be read back: pointer → the value, or `SentSecret` for a secret.
 * It stands in for the observation of those fields.
 */
export type Memo = Readonly<Record<Pointer, unknown>>

/** Fingerprints of the secrets that a spec refers to, by pointer. */
export type Fingerprints = Readonly<Record<Pointer, string>>
