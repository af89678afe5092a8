import type { Deps } from './deps.ts'
import { PasswordHashing } from './directory/password-hash.ts'
import { openEntraKeys } from './oidc/microsoft/hint.ts'
import { TenantProviders } from './oidc/tenants.ts'
import { AuditLog } from './platform/audit/log.ts'
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

/** What a service is told; the rest follows from it. */
export interface Foundation extends Pick<Deps, Given> {
  /** Networks (CIDR) that are not public and may be reached all the same; default: none. */
  readonly outboundNetworks?: readonly string[]
  /** Reaches addresses that others name, in place of the guarded fetch: a stand-in for the outside world. */
  readonly outsideFetch?: OutsideFetch | undefined
  /** Default: messages stay in the development outbox. */
  readonly mail?: MailSettings
}

/** Builds the parts of a service, each once. */
export function assemble({ outboundNetworks = [], outsideFetch, mail = DEFAULT_MAIL, ...given }: Foundation): Deps {
  const parts = {
    ...given,
    outsideFetch: outsideFetch ?? openOutsideFetch(outboundNetworks),
    outsideHosts: openOutsideHosts(outboundNetworks),
    turns: new Turns(),
    jobBell: new JobBell(),
    auditLog: new AuditLog(given),
    mailer: openMailer(given, mail),
    passwordHashing: new PasswordHashing(),
  }
  return { ...parts, entraKeys: openEntraKeys(parts), providers: new TenantProviders(parts) }
}
