import { kindOf } from '../config/kinds/index.ts'
import type { Diagnostic } from '../config/resource.ts'
import { isOurs } from './diff.ts'
import type { Action, Address, Plan, Step } from './model.ts'

/** A plan seen as a report: what differs although nobody edited the documents. */
export interface DriftReport {
  /** ISO 8601. */
  readonly at: string
  readonly inSync: number
  /** Objects that differ from their documents, field by field; secrets are masked by the differ. */
  readonly drifted: readonly Step[]
  /** Objects with differences that are left as they are for a while; what else differs is among the others. */
  readonly excepted: readonly Step[]
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
    drifted: of((s) => s.action !== 'create').flatMap(ofTheSystem),
    excepted: of((s) => s.excepted !== undefined).map((step) => ({ ...step, changes: [] })),
    missing: of(
      (s) => s.action === 'create' || (s.action === 'report' && s.id === undefined && s.excepted === undefined),
    ),
    orphaned: plan.orphans,
    unknown: of((s) => s.action === 'blocked' && s.changes.length === 0).map(unknown),
  }
}

const isInSync = (step: Step): boolean =>
  step.action === 'none' || step.action === 'move' || (WRITES.has(step.action) && ofTheSystem(step).length === 0)

const WRITES: ReadonlySet<Action> = new Set(['adopt', 'update', 'replace'])

/** The step with what its system has different; a secret that waits to be sent is no fault of the system. */
function ofTheSystem(step: Step): readonly Step[] {
  const changes = step.changes.filter((change) => !isOurs(kindOf(step.kind) ?? {}, change))
  return changes.length === 0 ? [] : [{ ...step, changes }]
}

const unknown = (step: Step): Diagnostic => ({
  severity: 'error',
  code: step.code ?? 'REFUSED',
  message: step.because ?? 'unknown',
  resource: step.address,
  ...(step.file === undefined ? {} : { file: step.file }),
  ...(step.line === undefined ? {} : { line: step.line }),
})
