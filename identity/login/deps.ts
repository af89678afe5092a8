import type { Deps } from '../deps.ts'
import type { Mailer } from '../platform/mail/mailer.ts'

/** What the login operations need besides the common dependencies. */
export interface LoginDeps extends Deps {
  readonly mailer: Mailer
}
