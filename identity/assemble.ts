import type { Deps } from './deps.ts'
import { PasswordHashing } from './directory/password-hash.ts'
import { openTicketCheck, type TicketCheck } from './federation/kerberos/check.ts'
import type { DirectoryAt } from './federation/ldap.ts'
import { openEntraKeys } from './oidc/microsoft/hint.ts'
import { TenantProviders } from './oidc/tenants.ts'
import { AuditLog } from './platform/audit/log.ts'
import { type PostMutual, postMutual } from './platform/http/mutual-tls.ts'
import { type OutsideFetch, openOutsideFetch, openOutsideHosts } from './platform/http/outside.ts'
import { JobBell } from './platform/jobs/jobs.ts'
import { openMailer } from './platform/mail/mailer.ts'
import { DEFAULT_MAIL, type MailSettings } from './platform/mail/settings.ts'
import { Turns } from './store/turns.ts'

type Given =
  | 'store'
  | 'now'
  | 'masterKey'
  | 'publicUrl'
  | 'breachedPasswords'
  | 'earlierSystem'
  | 'bankIdUrl'
  | 'metrics'
  | 'tracing'

/** A stand-in for the world outside, in place of what the guards let through. */
export interface OutsideWorld {
  readonly fetch: OutsideFetch
  readonly post?: PostMutual
  readonly directory?: DirectoryAt
  readonly tickets?: TicketCheck
}

/** What a service is told; the rest follows from it. */
export interface Foundation extends Pick<Deps, Given> {
  /** Networks (CIDR) that are not public and may be reached all the same; default: none. */
  readonly outboundNetworks?: readonly string[]
  readonly outside?: OutsideWorld | undefined
  /** Default: messages stay in the development outbox. */
  readonly mail?: MailSettings
}

/** Builds the parts of a service, each once. */
export function assemble({ outboundNetworks = [], outside, mail = DEFAULT_MAIL, ...given }: Foundation): Deps {
  const outsideHosts = openOutsideHosts(outboundNetworks)
  const guarded: PostMutual = (address, tls, message) => postMutual(outsideHosts(true), address, tls, message)
  const parts = {
    ...given,
    outsideFetch: outside?.fetch ?? openOutsideFetch(outboundNetworks),
    outsideHosts,
    outsidePost: outside?.post ?? guarded,
    ...(outside?.directory && { outsideDirectory: outside.directory }),
    tickets: outside?.tickets ?? openTicketCheck(),
    turns: new Turns(),
    jobBell: new JobBell(),
    auditLog: new AuditLog(given),
    mailer: openMailer(given, mail),
    passwordHashing: new PasswordHashing(),
  }
  return { ...parts, entraKeys: openEntraKeys(parts), providers: new TenantProviders(parts) }
}
