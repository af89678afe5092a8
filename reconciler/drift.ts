import type { Diagnostic } from '../config/resource.ts'
import type { Address, Plan, Step } from './model.ts'

/** A plan seen as a report: what differs although nobody edited the documents. */
export interface DriftReport {
  /** ISO 8601. */
  readonly at: string
  readonly inSync: number
  /** Objects that differ from their documents, field by field; secrets are masked by the differ. */
  readonly drifted: readonly Step[]
  /** Documents whose objects are not there. */
  readonly missing: readonly Step[]
  /** Objects that we own and no document describes. */
  readonly orphaned: readonly Address[]
  /** Objects of which nothing certain is known. */
  readonly unknown: readonly Diagnostic[]
}

/** Pure view of a plan. */
export function drift(plan: Plan, at: Date): DriftReport {
  const of = (test: (step: Step) => boolean): readonly Step[] => plan.steps.filter(test)
  return {
    at: at.toISOString(),
    inSync: of((s) => isInSync(s)).length,
    drifted: of((s) => s.changes.length > 0 && s.action !== 'create'),
    missing: of((s) => s.action === 'create' || (s.action === 'report' && s.id === undefined)),
    orphaned: plan.orphans,
    unknown: of((s) => s.action === 'blocked' && s.changes.length === 0).map(unknown),
  }
}

const isInSync = (step: Step): boolean =>
  step.action === 'none' || (step.changes.length === 0 && step.action === 'adopt')

const unknown = (step: Step): Diagnostic => ({
  severity: 'error',
  code: step.code ?? 'REFUSED',
  message: step.because ?? 'unknown',
  resource: step.address,
  ...(step.file === undefined ? {} : { file: step.file }),
  ...(step.line === undefined ? {} : { line: step.line }),
})
