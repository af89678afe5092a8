import type { Deps } from '../deps.ts'
import { AUDIT_RECORDS, type AuditRecord } from '../platform/audit/log.ts'

/** How often something happened on a day (UTC). */
interface Count {
  readonly day: string
  readonly event: string
  /** How people signed in; null for what is no login. */
  readonly method: string | null
  readonly count: number
}

const COUNTED: ReadonlySet<string> = new Set([
  'login.accepted',
  'login.refused',
  'user.registered',
  'user.migrated',
  'invitation.accepted',
])
const PAGE = 500
const DAY_CHARACTERS = 10

/** What people did in the last days, from the audit log, the newest day first. */
export async function statisticsOf(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  tenant: string,
  days: number,
): Promise<readonly Count[]> {
  const first = new Date(now().getTime() - (days - 1) * 86_400_000).toISOString().slice(0, DAY_CHARACTERS)
  const counts = new Map<string, Count>()
  for (let offset = 0; ; offset += PAGE) {
    const page = { direction: 'desc', limit: PAGE, offset } as const
    const { items } = await store.find(AUDIT_RECORDS, tenant, page)
    const recent = items.filter(({ at }) => at >= first)
    for (const record of recent) note(counts, record)
    if (recent.length < PAGE) return [...counts.values()]
  }
}

function note(counts: Map<string, Count>, { at, event, subject }: AuditRecord): void {
  if (!COUNTED.has(event)) return
  const day = at.slice(0, DAY_CHARACTERS)
  const method = subject.method ?? null
  const key = `${day} ${event} ${method}`
  counts.set(key, { day, event, method, count: (counts.get(key)?.count ?? 0) + 1 })
}
