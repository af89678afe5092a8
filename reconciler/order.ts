import type { Facts } from './facts.ts'
import { type Address, REMOVALS, type Step } from './model.ts'

/**
 * Steps in the order of work: what is needed first, then by the kind's rank among the writes of a connection, then by
 * address; removals last. The order is total, so equal inputs give equal plans.
 */
export function ordered(steps: readonly Step[], documents: readonly Facts[]): readonly Step[] {
  const ranks = new Map(documents.map((d) => [d.address, d.kind.order?.(d.spec as never) ?? 0]))
  const rank = (step: Step): number =>
    REMOVALS.has(step.action) ? Number.MAX_SAFE_INTEGER : (ranks.get(step.address) ?? 0)
  const sorted = [...steps].sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1))
  const byAddress = new Map(sorted.map((step) => [step.address, step]))
  const done = new Set<Address>()
  const out: Step[] = []
  const visit = (step: Step): void => {
    if (done.has(step.address)) return
    done.add(step.address)
    for (const need of step.needs) {
      const needed = byAddress.get(need)
      if (needed) visit(needed)
    }
    out.push(step)
  }
  for (const step of sorted) visit(step)
  return out
}
