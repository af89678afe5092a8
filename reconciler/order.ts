import type { Facts } from './facts.ts'
import { type Address, REMOVALS, type Step } from './model.ts'

/**
 * Steps in the order of work: what is needed first, then by the kind's rank among the writes of a connection, then by
 * address; removals last. The order is total, so equal inputs give equal plans.
 */
export function ordered(steps: readonly Step[], documents: readonly Facts[]): readonly Step[] {
  const ranks = new Map(documents.map((d) => [d.address, rankOf(d)]))
  const rank = (step: Step): number =>
    REMOVALS.has(step.action) ? Number.MAX_SAFE_INTEGER : (ranks.get(step.address) ?? 0)
  const sorted = [...steps].sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1))
  return needsFirst(sorted)
}

interface Visit {
  readonly step: Step
  /** The next of its needs to look at. */
  next: number
}

/** Depth first, with a stack of its own: chains of needs may be longer than that of JavaScript. */
function needsFirst(steps: readonly Step[]): readonly Step[] {
  const byAddress = new Map(steps.map((step) => [step.address, step]))
  const begun = new Set<Step>()
  const out: Step[] = []
  const stack: Visit[] = []
  const begin = (step: Step | undefined): void => {
    if (step === undefined || begun.has(step)) return
    begun.add(step)
    stack.push({ step, next: 0 })
  }
  for (const first of steps) {
    begin(first)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.step.needs[top.next++]
      if (need !== undefined) begin(byAddress.get(need))
      else {
        stack.pop()
        out.push(top.step)
      }
    }
  }
  return out
}

/**
 * For doors that order documents themselves: the documents of the next lower rank among the writes of the same
 * connection, by address. Together with `Facts.needs` they give the order of `ordered`.
 */
export function precedents(documents: readonly Facts[]): ReadonlyMap<Address, readonly Facts[]> {
  const ranked = documents.filter((d) => d.kind.order !== undefined)
  const groups = [...Map.groupBy(ranked, (d) => d.connection).values()]
  return new Map(groups.flatMap(afterNextLower))
}

/** The documents of one connection, each with those of the rank below its own. */
function afterNextLower(documents: readonly Facts[]): readonly (readonly [Address, readonly Facts[]])[] {
  const byRank = [...Map.groupBy(documents, rankOf)].sort(([a], [b]) => a - b).map(([, members]) => members)
  return byRank.flatMap((members, i) => members.map((d) => [d.address, byRank[i - 1] ?? []] as const))
}

const rankOf = ({ kind, spec }: Facts): number => kind.order?.(spec as never) ?? 0
