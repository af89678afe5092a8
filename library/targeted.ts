import { PlumblineError } from '../config/errors.ts'
import { didYouMean } from '../config/load/suggest.ts'
import type { Address, Plan, Step } from '../reconciler/model.ts'
import { digestOfPlan } from '../reconciler/plan.ts'

/**
 * The part of a plan that is about some documents and what they need; all of it where none is named. The guards have seen the
 * whole plan. Throws USAGE for an address that the plan does not hold.
 */
export function targeted(plan: Plan, targets: readonly Address[]): Plan {
  if (targets.length === 0) return plan
  const steps = withNeeds(plan.steps, targets)
  const finalize = plan.finalize.filter((connection) => steps.some((step) => step.connection === connection))
  const part = { steps, finalize, orphans: [] }
  return { ...plan, ...part, digest: digestOfPlan(part) }
}

/** In the order of the plan. */
function withNeeds(steps: readonly Step[], targets: readonly Address[]): readonly Step[] {
  const all = new Map(steps.map((step) => [step.address, step]))
  const kept = new Set<Address>()
  const keep = (address: Address): void => {
    const step = all.get(address)
    if (step === undefined || kept.has(address)) return
    kept.add(address)
    step.needs.forEach(keep)
  }
  for (const target of targets) {
    if (!all.has(target)) throw unknown(target, [...all.keys()])
    keep(target)
  }
  return steps.filter(({ address }) => kept.has(address))
}

const unknown = (target: Address, known: readonly Address[]): PlumblineError =>
  new PlumblineError('USAGE', `the plan holds nothing for ${target}${didYouMean(target, known)}`, {
    help: 'Addresses are Kind/name or Kind/namespace/name, as `plumbline plan` shows them.',
  })
