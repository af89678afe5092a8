import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { newUser, type StoredUser } from '../directory/users.ts'
import { foldName } from '../platform/fold-name.ts'
import type { Mail } from '../platform/mail/outbox.ts'

/** Stands for a name that nobody has, so that it makes the same work. Its id is that of no user. */
export function nobody({ tenant_id }: Tenant, username: string, email = username): StoredUser {
  const input = { user_id: '', username, email, tenant_id, is_disabled: false, is_verified: true }
  return newUser(input, new Date(0).toISOString())
}

/** A budget for names that nobody has: a few for all of them, so that made-up names do not fill the store. */
export const someOf = (username: string): string =>
  `nobody-${createHash('sha256').update(foldName(username)).digest('hex').slice(0, 2)}`

/** Mails to the user; an empty id gets nothing, and makes the same work. */
export const send = (deps: Pick<Deps, 'mailer'>, tenant: string, userId: string, mail: Mail): Promise<void> =>
  userId === '' ? deps.mailer.pretend(mail) : deps.mailer.post(tenant, mail)
