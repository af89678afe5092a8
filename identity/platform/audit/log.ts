import canonicalize from 'canonicalize'
import { hmacUnder } from '../../crypto/derived-keys.ts'
import type { Deps } from '../../deps.ts'
import type { Collection, Scope } from '../../store/store.ts'
import { Turns } from '../../store/turns.ts'
import { succeeds } from '../succeeds.ts'

/** Something that happened. It names people and things by their ids only. */
export interface AuditEvent {
  /** What was done, e.g. `login.accepted` or `PUT /v1/tenants/:tenant_id`. */
  readonly event: string
  /** Who did it: `administrator`, `key:<id>`, `user:<id>`, `organization:<id>`, or `anonymous`. */
  readonly actor: string
  readonly subject: Readonly<Record<string, string>>
}

/** A stored event. Records of a scope count from 1; each holds the hash of the one before. */
export interface AuditRecord extends AuditEvent {
  readonly sequence: number
  /** RFC 3339. */
  readonly at: string
  /** Hash of the record before; empty for the first. */
  readonly previous: string
  readonly hash: string
}

/** Where the log ends. Releases before wrote it after the record, so that it may lag behind; it is signed so that it cannot be moved back alone. */
interface Head {
  readonly sequence: number
  readonly hash: string
  readonly signature: string
}

const DIGITS = 15
const idOf = (sequence: number): string => String(sequence).padStart(DIGITS, '0')
export const AUDIT_RECORDS: Collection<AuditRecord> = {
  name: 'auditRecords',
  id: (record) => idOf(record.sequence),
  indexes: [],
}
export const AUDIT_HEADS: Collection<Head> = { name: 'auditHeads', id: () => 'head', indexes: [] }

const START = { sequence: 0, hash: '' } as const
type Place = Pick<Head, 'sequence' | 'hash'>

/** Keyed, so that somebody who can write to the database alone cannot make a chain that holds. */
function sign({ masterKey }: Pick<Deps, 'masterKey'>, ...parts: readonly unknown[]): string {
  return hmacUnder(masterKey, 'audit')
    .update(canonicalize(parts) ?? '')
    .digest('base64url')
}

const recordHash = (deps: Pick<Deps, 'masterKey'>, scope: Scope, { hash: _, ...record }: AuditRecord): string =>
  sign(deps, scope, record)

type LogParts = Pick<Deps, 'store' | 'now' | 'masterKey'>

/** The audit log, as one process writes it: writers take turns, so that they do not run into each other. */
export class AuditLog {
  readonly #deps: LogParts
  readonly #turns = new Turns()

  constructor(deps: LogParts) {
    this.#deps = deps
  }

  /** Appends to the log of a tenant (or of GLOBAL). When it returns, the event is stored. Throws UNAVAILABLE. */
  append(scope: Scope, event: AuditEvent): Promise<void> {
    return this.#turns.run(scope, () => append(this.#deps, scope, event))
  }
}

/**
 * Of several processes that append at once, the id of the next record lets one win; the others go on behind it. The mark of the end moves
 * forward only: whoever writes it has just created the record behind the end.
 */
async function append(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, scope: Scope, event: AuditEvent): Promise<void> {
  let end: Place = (await deps.store.get(AUDIT_HEADS, scope, 'head')) ?? START
  for (;;) {
    const record = recordAfter(deps, scope, end, event)
    const head = headAt(deps, scope, record)
    if (await succeeds(deps.store.createMarked(AUDIT_RECORDS, scope, record, AUDIT_HEADS, head), 'CONFLICT')) return
    end = (await recordAt(deps, scope, end.sequence + 1)) ?? end
  }
}

function recordAfter(
  deps: Pick<Deps, 'now' | 'masterKey'>,
  scope: Scope,
  end: Place,
  { event, actor, subject }: AuditEvent,
): AuditRecord {
  const at = deps.now().toISOString()
  const record = { sequence: end.sequence + 1, at, event, actor, subject, previous: end.hash, hash: '' }
  return { ...record, hash: recordHash(deps, scope, record) }
}

const headAt = (deps: Pick<Deps, 'masterKey'>, scope: Scope, { sequence, hash }: Place): Head => ({
  sequence,
  hash,
  signature: sign(deps, scope, 'head', sequence, hash),
})

const recordAt = ({ store }: Pick<Deps, 'store'>, scope: Scope, sequence: number): Promise<AuditRecord | undefined> =>
  store.get(AUDIT_RECORDS, scope, idOf(sequence))

/** What a check of a log found. Keep `head` elsewhere: a later log that lacks it was cut or rolled back as a whole. */
export interface AuditVerdict {
  readonly records: number
  /** Hash of the last record that is good; empty when there is none. */
  readonly head: string
  /** The first fault; absent when the log is whole. */
  readonly problem?: string
}

/** Reads the whole log of a scope and checks every link: changed, removed, inserted and reordered records are found. */
export async function verifyAudit(deps: Pick<Deps, 'store' | 'masterKey'>, scope: Scope): Promise<AuditVerdict> {
  const head = await deps.store.get(AUDIT_HEADS, scope, 'head')
  let end: Place = START
  for (;;) {
    const record = await recordAt(deps, scope, end.sequence + 1)
    const problem = record ? faultOf(deps, scope, end, record) : faultOfEnd(deps, scope, end, head)
    if (problem !== undefined) return { records: end.sequence, head: end.hash, problem }
    if (record === undefined) return { records: end.sequence, head: end.hash }
    end = record
  }
}

function faultOf(deps: Pick<Deps, 'masterKey'>, scope: Scope, end: Place, record: AuditRecord): string | undefined {
  if (record.previous !== end.hash) return `record ${record.sequence} does not follow the one before it`
  if (record.hash !== recordHash(deps, scope, record)) return `record ${record.sequence} was changed`
  return undefined
}

function faultOfEnd(
  deps: Pick<Deps, 'masterKey'>,
  scope: Scope,
  end: Place,
  head: Head | undefined,
): string | undefined {
  if (head === undefined) return end.sequence === 0 ? undefined : 'the mark of the last record was removed'
  if (head.signature !== sign(deps, scope, 'head', head.sequence, head.hash))
    return 'the mark of the last record was changed'
  return head.sequence > end.sequence ? `record ${end.sequence + 1} of ${head.sequence} is missing` : undefined
}
