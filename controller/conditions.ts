import type { KubeObject } from './kube/api.ts'

/** A condition of a status, as Kubernetes defines it (metav1.Condition). */
export interface StatusCondition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  readonly lastTransitionTime: string
}

const CONDITIONS = ['Ready', 'Synced', 'Drifted', 'ReferencesResolved', 'Reconciling', 'Stalled'] as const
export type ConditionType = (typeof CONDITIONS)[number]

export type ConditionVerdict = Pick<StatusCondition, 'status' | 'reason' | 'message'>

const MESSAGE_LIMIT = 1_024

/**
 * New conditions from old ones: a transition time moves only when the status does. `Reconciling` and `Stalled` are
 * there only while true (kstatus); all others always are.
 */
export function withVerdicts(
  old: readonly StatusCondition[],
  verdicts: Readonly<Partial<Record<ConditionType, ConditionVerdict>>>,
  generation: number,
  now: Date,
): readonly StatusCondition[] {
  return CONDITIONS.flatMap((type) => {
    const verdict = verdicts[type]
    if (verdict === undefined) return []
    const before = old.find((c) => c.type === type)
    const same = before?.status === verdict.status
    return {
      type,
      ...verdict,
      message: verdict.message.slice(0, MESSAGE_LIMIT),
      observedGeneration: generation,
      lastTransitionTime: same ? before.lastTransitionTime : now.toISOString().replace(/\.\d+Z$/, 'Z'),
    }
  })
}

/** Verdicts of conditions, as far as they are about this generation. */
export function verdictsOf(
  conditions: readonly StatusCondition[],
  generation: number,
): Readonly<Partial<Record<ConditionType, ConditionVerdict>>> {
  const current = conditions.filter((c) => c.observedGeneration === generation)
  return Object.fromEntries(current.map(({ type, status, reason, message }) => [type, { status, reason, message }]))
}

const conditionOf = (object: KubeObject | undefined, type: ConditionType): StatusCondition | undefined =>
  ((object?.status ?? {}) as { conditions?: readonly StatusCondition[] }).conditions?.find((c) => c.type === type)

/** True when the object was found in its system, as the document was written then or later. */
export const isReady = (object: KubeObject | undefined): boolean => conditionOf(object, 'Ready')?.status === 'True'

/** True when nothing was left to do as the document was written then. */
export const isSynced = (object: KubeObject | undefined): boolean => conditionOf(object, 'Synced')?.status === 'True'

export function isStalled(object: KubeObject | undefined, reason: string): boolean {
  const stalled = conditionOf(object, 'Stalled')
  return stalled?.status === 'True' && stalled.reason === reason
}
