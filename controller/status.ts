import type { Change } from '../reconciler/adapter.ts'
import type { Entry, Step } from '../reconciler/model.ts'
import { type Condition, type ConditionType, type Verdict, withVerdicts } from './conditions.ts'

/** One field that differs, as the status shows it. Values are JSON texts, so that any type fits the CRD. */
export interface DriftItem {
  readonly op: Change['op']
  readonly path: string
  readonly from?: string
  readonly to?: string
  readonly secret?: true
  readonly impact: Change['impact']
  /** Contested: corrected so often that somebody else is at work. */
  readonly class: 'Reported' | 'Contested' | 'Ignored'
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
}

/** The status of an object. `owned` is the inventory entry: the cluster is its store. */
export interface Status {
  readonly observedGeneration?: number
  readonly system?: string
  readonly externalId?: string
  readonly conditions?: readonly Condition[]
  readonly drift?: readonly DriftItem[]
  readonly history?: readonly HistoryItem[]
  readonly corrections?: readonly Correction[]
  readonly owned?: Entry
  /** Echo of the annotation that asked for the last reconcile. */
  readonly lastReconcileRequest?: string
}

const HISTORY = 10
const VALUE_LIMIT = 4_000
/** Corrections of one field after which it is left alone and called contested. */
export const CONTESTED_AFTER = 3

/** Pure: the status after a reconcile that ended in a verdict. The controller writes it once. */
export function nextStatus(old: Status, input: StatusInput, now: Date): Status {
  const history = input.history === undefined ? old.history : [input.history, ...(old.history ?? [])].slice(0, HISTORY)
  return {
    ...old,
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

export interface StatusInput {
  readonly generation: number
  readonly verdicts: Readonly<Partial<Record<ConditionType, Verdict>>>
  readonly system?: string
  readonly owned?: Entry
  readonly history?: HistoryItem
  readonly drift?: readonly DriftItem[]
  readonly corrections?: readonly Correction[]
  readonly request?: string
}

/** Changes as drift items; what was seen before keeps its first time. */
export function driftItems(
  changes: readonly Change[],
  kind: DriftItem['class'],
  old: readonly DriftItem[],
  now: Date,
): readonly DriftItem[] {
  return changes.map(({ op, path, from, to, secret, impact }) => ({
    op,
    path,
    ...(from === undefined || secret ? {} : { from: shown(from) }),
    ...(to === undefined || secret ? {} : { to: shown(to) }),
    ...(secret ? { secret } : {}),
    impact,
    class: kind,
    firstSeen: old.find((d) => d.path === path)?.firstSeen ?? now.toISOString(),
  }))
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, VALUE_LIMIT)

/** Counts the corrections of drift; an edited document starts anew. */
export function nextCorrections(old: readonly Correction[], step: Step): readonly Correction[] {
  if (!step.drift) return step.changes.length > 0 ? [] : old
  const paths = step.changes.map((c) => c.path)
  const counted = paths.map((path) => ({ path, count: (old.find((c) => c.path === path)?.count ?? 0) + 1 }))
  return [...old.filter((c) => !paths.includes(c.path)), ...counted]
}

export const contestedPaths = (corrections: readonly Correction[]): readonly string[] =>
  corrections.filter((c) => c.count >= CONTESTED_AFTER).map((c) => c.path)
