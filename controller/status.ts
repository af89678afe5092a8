import type { Change } from '../reconciler/adapter.ts'
import type { Entry, ExceptedChange, Step } from '../reconciler/model.ts'
import { type ConditionType, type ConditionVerdict, type StatusCondition, withVerdicts } from './conditions.ts'

/** A new value asks for a reconcile now; the status echoes it. */
export const REQUEST_ANNOTATION = 'plumbline.dev/reconcile-request'

/** One field that differs, as the status shows it. Values are JSON texts, so that any type fits the CRD. */
export interface DriftItem {
  readonly op: Change['op']
  readonly path: string
  readonly from?: string
  readonly to?: string
  readonly secret?: true
  readonly impact: Change['impact']
  /** What the difference means for the safety of logins. */
  readonly severity: 'High' | 'Medium' | 'Low'
  /** Contested: corrected so often that somebody else is at work. Excepted: a DriftException lets it stand. */
  readonly class: 'Reported' | 'Contested' | 'Excepted'
  /** Of what is excepted: the last day, and why. */
  readonly until?: string
  readonly reason?: string
  readonly firstSeen: string
}

export interface HistoryItem {
  readonly at: string
  readonly action: string
  readonly generation: number
  readonly outcome: string
  readonly message?: string
  readonly paths?: readonly string[]
}

/** How often a field was corrected although the document did not change. */
export interface Correction {
  readonly path: string
  readonly count: number
  readonly at: string
}

/** The status of an object. `owned` is the inventory entry: the cluster is its store. */
export interface Status {
  readonly observedGeneration?: number
  readonly system?: string
  readonly externalId?: string
  readonly conditions?: readonly StatusCondition[]
  readonly drift?: readonly DriftItem[]
  readonly history?: readonly HistoryItem[]
  readonly corrections?: readonly Correction[]
  readonly owned?: Entry
  /** Echo of the annotation that asked for the last reconcile. */
  readonly lastReconcileRequest?: string
}

const HISTORY = 10
const VALUE_LIMIT = 4_000
/** Corrections of one field after which it is left alone and called contested, when none is older than a day. */
const CONTESTED_AFTER = 3
const CORRECTION_LIFE_MS = 24 * 3_600_000
/** The CRD takes no more items. */
const MOST_ITEMS = 100

/** What a reconcile found out; fields that are absent stay as they were. */
export interface StatusInput {
  readonly generation: number
  readonly verdicts: Readonly<Partial<Record<ConditionType, ConditionVerdict>>>
  /** The inventory entry now; absent: nothing is owned. */
  readonly owned?: Entry | undefined
  readonly system?: string
  readonly history?: HistoryItem
  readonly drift?: readonly DriftItem[]
  readonly corrections?: readonly Correction[]
  readonly request?: string
}

/** Pure: the status after a reconcile that ended in a verdict. The controller writes it once. */
export function nextStatus(old: Status, input: StatusInput, now: Date): Status {
  const { owned: _, ...rest } = old
  const history = input.history === undefined ? old.history : [input.history, ...(old.history ?? [])].slice(0, HISTORY)
  return {
    ...rest,
    observedGeneration: input.generation,
    ...(input.system === undefined ? {} : { system: input.system }),
    ...(input.owned === undefined ? {} : { owned: input.owned }),
    ...(input.owned?.id === undefined ? {} : { externalId: input.owned.id }),
    ...(input.request === undefined ? {} : { lastReconcileRequest: input.request }),
    ...(history === undefined ? {} : { history }),
    ...(input.drift === undefined ? {} : { drift: input.drift }),
    ...(input.corrections === undefined ? {} : { corrections: input.corrections }),
    conditions: withVerdicts(old.conditions ?? [], input.verdicts, input.generation, now),
  }
}

/** Pure: the status of an object that is left alone on purpose. What was known before stays, but for `Synced`. */
export function pausedStatus(old: Status, generation: number, message: string, now: Date): Status {
  const verdict: ConditionVerdict = { status: 'Unknown', reason: 'Paused', message }
  const kept = (old.conditions ?? []).filter((c) => !PAUSED_WITHOUT.has(c.type))
  // Nobody may take it for done (kstatus).
  const verdicts = { Synced: verdict, Reconciling: { ...verdict, status: 'True' } } as const
  return { ...old, conditions: [...kept, ...withVerdicts(old.conditions ?? [], verdicts, generation, now)] }
}

const PAUSED_WITHOUT: ReadonlySet<ConditionType> = new Set(['Synced', 'Reconciling', 'Stalled'])

/** Changes as drift items; what was seen before keeps its first time. */
export function driftItems(
  changes: readonly (Change & Partial<Pick<ExceptedChange, 'until' | 'reason'>>)[],
  kind: DriftItem['class'],
  old: readonly DriftItem[],
  now: Date,
): readonly DriftItem[] {
  return changes.slice(0, MOST_ITEMS).map(({ op, path, from, to, secret, impact, until, reason }) => ({
    op,
    path,
    ...(from === undefined || secret ? {} : { from: shown(from) }),
    ...(to === undefined || secret ? {} : { to: shown(to) }),
    ...(secret ? { secret } : {}),
    impact,
    severity: SEVERITY[impact],
    class: kind,
    ...(until === undefined ? {} : { until, reason: reason ?? '' }),
    firstSeen: old.find((d) => d.path === path)?.firstSeen ?? now.toISOString(),
  }))
}

/** When putting it right tightens logins, they are weaker now than the document says. */
const SEVERITY: Readonly<Record<Change['impact'], DriftItem['severity']>> = {
  tightens: 'High',
  neutral: 'Medium',
  weakens: 'Low',
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, VALUE_LIMIT)

/** Counts the corrections of drift; an edited document starts anew, and so does a field that was quiet for a day. */
export function nextCorrections(old: readonly Correction[], step: Step, now: Date): readonly Correction[] {
  if (!step.drift) return step.changes.length > 0 ? [] : old
  const recent = old.filter((c) => now.getTime() - Date.parse(c.at) < CORRECTION_LIFE_MS)
  const paths = step.changes.map((c) => c.path)
  const counted = paths.map((path) => ({
    path,
    count: (recent.find((c) => c.path === path)?.count ?? 0) + 1,
    at: now.toISOString(),
  }))
  return [...counted, ...recent.filter((c) => !paths.includes(c.path))].slice(0, MOST_ITEMS)
}

export const contestedPaths = (corrections: readonly Correction[]): readonly string[] =>
  corrections.filter((c) => c.count >= CONTESTED_AFTER).map((c) => c.path)
