import type { PlumblineError } from '../config/errors.ts'
import { keyOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Entry, Step } from '../reconciler/model.ts'
import { type ConditionType, type ConditionVerdict, verdictsOf } from './conditions.ts'
import { type DriftItem, type HistoryItem, REQUEST_ANNOTATION, type Status, type StatusInput } from './status.ts'

type Verdicts = Readonly<Partial<Record<ConditionType, ConditionVerdict>>>

const RESOLVED: ConditionVerdict = {
  status: 'True',
  reason: 'Resolved',
  message: 'every reference leads to a ready object',
}
const IN_SYNC: ConditionVerdict = {
  status: 'True',
  reason: 'Reconciled',
  message: 'the system is as the document says',
}
const DIFFERS: ConditionVerdict = { status: 'False', reason: 'Drifted', message: 'the system differs and is left so' }
const ABSENT: ConditionVerdict = {
  status: 'False',
  reason: 'Absent',
  message: 'it is not in the system and must not be made',
}

/** Conditions of an object that configures Plumbline itself. */
export const ACCEPTED: Verdicts = {
  Ready: { status: 'True', reason: 'Accepted', message: 'it is in force' },
  Synced: { status: 'True', reason: 'Accepted', message: 'nothing of it is sent anywhere' },
  ReferencesResolved: RESOLVED,
}
export const CONNECTED: Verdicts = {
  ...ACCEPTED,
  Ready: { status: 'True', reason: 'Accepted', message: 'its credentials are there' },
}

/** Pure: conditions after a look that ended without an error. What is only reported exists, so others may build on it. */
export function verdictsAfter(step: Step, drift: readonly DriftItem[], heldBy?: string): Verdicts {
  const isAbsent = step.action === 'report' && step.id === undefined
  return {
    Ready: isAbsent ? ABSENT : heldBy === undefined ? IN_SYSTEM : inSystemOf(heldBy),
    Synced: heldBy !== undefined ? ownedBy(heldBy) : isAbsent ? ABSENT : syncedVerdict(drift),
    ReferencesResolved: RESOLVED,
    Drifted: isAbsent ? { ...ABSENT, status: 'True' } : driftVerdict(drift),
    ...(heldBy === undefined ? {} : { Stalled: { ...ownedBy(heldBy), status: 'True' } }),
  }
}

const inSystemOf = (heldBy: string): ConditionVerdict => ({
  status: 'True',
  reason: 'OwnedBy',
  message: `it is in the system, and ${heldBy} manages it`,
})

const ownedBy = (heldBy: string): ConditionVerdict => ({
  status: 'False',
  reason: 'OwnedBy',
  message: `${heldBy} manages it, so it is only watched here`,
})

const IN_SYSTEM: ConditionVerdict = { status: 'True', reason: 'Reconciled', message: 'it is in the system' }

const isExcepted = (item: DriftItem): boolean => item.class === 'Excepted'

function syncedVerdict(drift: readonly DriftItem[]): ConditionVerdict {
  if (drift.length === 0) return IN_SYNC
  return drift.every(isExcepted) ? { ...IN_SYNC, reason: 'Excepted', message: EXCEPTED } : DIFFERS
}

const EXCEPTED = 'the system is as the document says, but for what a DriftException lets stand'

function driftVerdict(all: readonly DriftItem[]): ConditionVerdict {
  const drift = all.filter((item) => !isExcepted(item))
  const [first] = all
  if (drift.length === 0 && first !== undefined)
    return {
      status: 'False',
      reason: 'Excepted',
      message: `${pathsOf(all)}: left as it is until ${first.until}: ${first.reason}`,
    }
  const contested = drift.filter((d) => d.class === 'Contested')
  if (drift.length === 0) return { status: 'False', reason: 'InSync', message: 'no difference' }
  if (contested.length === 0) return { status: 'True', reason: 'Reported', message: `differs: ${pathsOf(drift)}` }
  const message = `corrected again and again, and left alone now: ${pathsOf(contested)}`
  return { status: 'True', reason: 'Contested', message }
}

const pathsOf = (drift: readonly DriftItem[]): string => drift.map((d) => d.path).join(', ')

/** A reference that is not ready yet is waited for; every other error without a retry needs a person. */
export const isUnresolved = (error: PlumblineError): boolean => error.code === 'UNRESOLVED_REFERENCE'
/** It may be gone the next time, whatever anybody does. */
export const isPassing = (error: PlumblineError): boolean => error.retry !== 'never'
export const isTerminal = (error: PlumblineError): boolean => error.retry === 'never' && !isUnresolved(error)

/**
 * Pure: conditions after an error. What was found in the system stays Ready: that it could not be looked at, or brought in
 * step, does not take it away from those who build on it.
 */
export function verdictsOnError(error: PlumblineError, old: Status, resource: Resource): Verdicts {
  const message = error.help ? `${error.message} ${error.help}` : error.message
  const verdict: ConditionVerdict = { status: 'False', reason: reasonOf(error), message }
  const { Drifted } = verdictsOf(old.conditions ?? [], resource.metadata.generation ?? 0)
  const isKnown = Drifted !== undefined && Drifted.status !== 'Unknown'
  return {
    Ready: inSystem(old, resource) ?? verdict,
    Synced: isPassing(error) ? { ...verdict, status: 'Unknown' } : verdict,
    ReferencesResolved: isUnresolved(error) ? verdict : RESOLVED,
    Drifted: isKnown ? Drifted : { status: 'Unknown', reason: reasonOf(error), message: 'nobody could look' },
    ...(isTerminal(error)
      ? { Stalled: { ...verdict, status: 'True' } }
      : { Reconciling: { ...verdict, status: 'True' } }),
  }
}

/** What was found of the object that the document still describes. */
function inSystem({ conditions = [], owned }: Status, resource: Resource): ConditionVerdict | undefined {
  const ready = conditions.find((c) => c.type === 'Ready' && c.status === 'True')
  if (ready === undefined || owned?.key !== keyOf(resource)) return undefined
  return { status: ready.status, reason: ready.reason, message: ready.message }
}

/** `UNRESOLVED_REFERENCE` → `UnresolvedReference`, as reasons are written. */
export const reasonOf = ({ code }: Pick<PlumblineError, 'code'>): string =>
  code.toLowerCase().replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

/** Fields of the status that say what was acted on. */
export function acknowledged({ metadata }: Resource): Pick<StatusInput, 'generation' | 'request'> {
  const request = metadata.annotations?.[REQUEST_ANNOTATION]
  return { generation: metadata.generation ?? 0, ...(request === undefined ? {} : { request }) }
}

const MOST_PATHS = 100

/** A line of the history, when something was written or taken over. */
export function historyLine(
  step: Step,
  entry: Entry | undefined,
  resource: Resource,
  now: Date,
): HistoryItem | undefined {
  const isNothing = step.action === 'none' || step.action === 'report'
  if (isNothing || entry === undefined) return undefined
  return {
    at: now.toISOString(),
    action: step.drift ? 'correct' : step.action,
    generation: resource.metadata.generation ?? 0,
    outcome: 'done',
    paths: step.changes.slice(0, MOST_PATHS).map((c) => c.path),
  }
}
