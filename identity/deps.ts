import type { PasswordHashing } from './directory/password-hash.ts'
import type { BreachedPasswords } from './factors/password/breached.ts'
import type { TicketCheck } from './federation/kerberos/check.ts'
import type { DirectoryAt } from './federation/ldap.ts'
import type { EntraKeys } from './oidc/microsoft/hint.ts'
import type { TenantProviders } from './oidc/tenants.ts'
import type { AuditLog } from './platform/audit/log.ts'
import type { EarlierSystem } from './platform/earlier-system.ts'
import type { PostMutual } from './platform/http/mutual-tls.ts'
import type { OutsideFetch, OutsideHosts } from './platform/http/outside.ts'
import type { JobBell } from './platform/jobs/jobs.ts'
import type { Mailer } from './platform/mail/mailer.ts'
import type { RuntimeMetrics } from './platform/telemetry/metrics.ts'
import type { Tracing } from './platform/telemetry/tracing.ts'
import type { Store } from './store/store.ts'
import type { Turns } from './store/turns.ts'

/** The parts of a service, built once by `assemble`. A function takes those that it uses: `Pick<Deps, 'store' | 'now'>`. */
export interface Deps {
  readonly store: Store
  readonly now: () => Date
  /** Base64url secret (32 bytes) kept beside the data, never in the database: seals values and keys fingerprints. */
  readonly masterKey: Uint8Array
  /** Origin under which people and programs reach the service, without a slash at its end; see `publicUrlOf`. */
  readonly publicUrl?: () => string
  /** Passwords that are known from breaches; absent when the operator gave no list. */
  readonly breachedPasswords?: BreachedPasswords
  /** From which people move here; absent when the operator named none. */
  readonly earlierSystem?: EarlierSystem
  /** Where BankID's own API is; absent: its production. */
  readonly bankIdUrl?: string
  /** Counts what happens; absent where nobody reads it. */
  readonly metrics?: RuntimeMetrics
  /** Traces what happens; absent unless it is configured. */
  readonly tracing?: Tracing
  /** Reaches addresses that others name. */
  readonly outsideFetch: OutsideFetch
  /** Reaches hosts that others name by other protocols than HTTP; `secure`: over TLS. */
  readonly outsideHosts: (secure: boolean) => OutsideHosts
  /** Posts to addresses that others name, where both sides show certificates. */
  readonly outsidePost: PostMutual
  /** Stands in for directories of others; absent outside trials. */
  readonly outsideDirectory?: DirectoryAt
  /** Opens tickets of Kerberos. */
  readonly tickets: TicketCheck
  /** Writers of one thing within this process, one after the other. */
  readonly turns: Turns
  /** Wakes the worker when there is a new job. */
  readonly jobBell: JobBell
  readonly auditLog: AuditLog
  readonly mailer: Mailer
  readonly passwordHashing: PasswordHashing
  /** The OpenID providers of the tenants. */
  readonly providers: TenantProviders
  /** Key sets of the issuers whose hints are checked. */
  readonly entraKeys: EntraKeys
}
