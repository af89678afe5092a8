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

/**
 * For doors that order documents themselves: the documents of the next lower rank among the writes of the same
 * connection, by address. Together with `Facts.needs` they give the order of `ordered`.
 */
export function precedents(documents: readonly Facts[]): ReadonlyMap<Address, readonly Facts[]> {
  const ranked = documents.filter((d) => d.kind.order !== undefined)
  return new Map(ranked.map((d) => [d.address, nextLower(d, ranked)]))
}

const rankOf = ({ kind, spec }: Facts): number => kind.order?.(spec as never) ?? 0

function nextLower(document: Facts, ranked: readonly Facts[]): readonly Facts[] {
  const lower = ranked.filter((d) => d.connection === document.connection && rankOf(d) < rankOf(document))
  const next = Math.max(...lower.map(rankOf))
  return lower.filter((d) => rankOf(d) === next)
}
