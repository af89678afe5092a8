import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Scope } from '../store/store.ts'
import { refusalReason } from './refusal.ts'

/** What a login operation writes to the audit log. `userId` is empty for a name that nobody has. */
export interface LoginRecord {
  readonly event: string
  readonly userId: string
  readonly subject?: Readonly<Record<string, string>>
}

/** Writes that something happened, done by the user. */
export const recordEvent = (
  deps: Pick<Deps, 'auditLog'>,
  scope: Scope,
  { event, userId, subject = {} }: LoginRecord,
): Promise<void> =>
  deps.auditLog.append(scope, {
    event,
    actor: userId === '' ? 'anonymous' : `user:${userId}`,
    subject: { ...subject, user_id: userId },
  })

/** Runs a check of credentials and writes its outcome: `<event>.accepted`, or `<event>.refused` when it throws UNAUTHENTICATED. */
export async function recorded<T>(
  deps: Pick<Deps, 'metrics' | 'auditLog'>,
  scope: Scope,
  record: LoginRecord,
  check: () => Promise<T>,
): Promise<T> {
  try {
    const result = await check()
    await recordEvent(deps, scope, { ...record, event: `${record.event}.accepted` })
    count(deps, record, 'accepted')
    return result
  } catch (error) {
    await recordRefusal(deps, scope, record, error)
    throw error
  }
}

/** Writes `<event>.refused` for an UNAUTHENTICATED; any other error is no refusal. */
export async function recordRefusal(
  deps: Pick<Deps, 'metrics' | 'auditLog'>,
  scope: Scope,
  record: LoginRecord,
  error: unknown,
): Promise<void> {
  if (error instanceof PlumblineError && error.code === 'UNAUTHENTICATED') await refuse(deps, scope, record, error)
}

async function refuse(
  deps: Pick<Deps, 'metrics' | 'auditLog'>,
  scope: Scope,
  record: LoginRecord,
  refusal: PlumblineError,
): Promise<void> {
  const reason = refusalReason(refusal)
  const subject = { ...record.subject, user_id: record.userId, ...(reason === undefined ? {} : { reason }) }
  await deps.auditLog.append(scope, { event: `${record.event}.refused`, actor: 'anonymous', subject })
  count(deps, record, 'refused')
}

function count(
  { metrics }: Pick<Deps, 'metrics'>,
  { event, subject }: LoginRecord,
  outcome: 'accepted' | 'refused',
): void {
  if (event === 'login') metrics?.loggedIn(subject?.method ?? 'unknown', outcome)
}
