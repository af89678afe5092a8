import { lookAtAll } from '../reconciler/look-at-all.ts'
import type { Matched } from '../reconciler/match.ts'
import type { Allowance, Plan } from '../reconciler/model.ts'
import { plan } from '../reconciler/plan.ts'
import type { Workspace } from './workspace.ts'

/** A plan, with the memory that it was made on. */
export interface Planned {
  readonly plan: Plan
  readonly matched: Matched
}

/** One look at every system. `onSeen` hears of each document that was looked at. */
export const lookAtSystems = ({ facts, inventory, entries, context }: Workspace, onSeen: () => void = () => {}) =>
  lookAtAll({ documents: facts, entries, context, onSeen, keyOf: inventory.keyOf })

/** What is to be done after a look. */
export function plannedAfter(
  { inventory, rules }: Workspace,
  { matched, snapshot, held }: Awaited<ReturnType<typeof lookAtSystems>>,
  allowance: Allowance,
): Planned {
  const { finalizeDue } = inventory.snapshot()
  return { matched, plan: plan({ matched, snapshot, held, finalizeDue, allowance, rules }) }
}
