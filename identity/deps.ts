import type { BreachedPasswords } from './factors/password/breached.ts'
import type { RuntimeMetrics } from './platform/telemetry/metrics.ts'
import type { Tracing } from './platform/telemetry/tracing.ts'
import type { Store } from './store/store.ts'

/** What every route module of the runtime needs. */
export interface Deps {
  readonly store: Store
  readonly now: () => Date
  /** Base64url secret (32 bytes) kept beside the data, never in the database: seals values and keys fingerprints. */
  readonly masterKey: Uint8Array
  /** Origin under which people and programs reach the service, without a slash at its end; see `publicUrlOf`. */
  readonly publicUrl?: () => string
  /** Passwords that are known from breaches; absent when the operator gave no list. */
  readonly breachedPasswords?: BreachedPasswords
  /** Counts what happens; absent where nobody reads it. */
  readonly metrics?: RuntimeMetrics
  /** Traces what happens; absent unless it is configured. */
  readonly tracing?: Tracing
  /** Networks (CIDR) that are not public and may be reached all the same; see `outsideFetch`. */
  readonly outboundNetworks?: readonly string[]
}
