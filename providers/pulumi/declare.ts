import { kindOf } from '../../config/kinds/index.ts'
import { resolve } from '../../config/references.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import { afterNamed, type Facts } from '../../reconciler/facts.ts'
import { precedents } from '../../reconciler/order.ts'
import { isOverwritten } from '../../reconciler/plan.ts'
import { DocumentResource, FinalizerResource, OwnerResource } from './resources.ts'
import type { PulumiRun } from './run.ts'
import { factsIn } from './state.ts'

/**
 * Declares who the stack is, one resource per managed document, each after those that it needs, and one finalizer per
 * connection that has a final action. Returns how many documents are resources. The documents have to be valid.
 */
export function declareAll(
  documents: readonly Resource[],
  stack: string,
  { mayEnd, changed, aliases }: PulumiRun,
): number {
  const { owner } = new OwnerResource({ stack, mayEnd, changed })
  const index = resolve(documents)
  const managed = new Map(
    documents.filter((r) => kindOf(r.kind)?.system !== undefined).map((r) => [placedAddressOf(r), r]),
  )
  const facts = new Map(afterNamed([...managed.values()].map((r) => factsIn(r, index))).map((f) => [f.address, f]))
  const before = precedents([...facts.values()])
  const declared = new Map<string, DocumentResource>()
  const declare = (document: Resource): DocumentResource => {
    const address = placedAddressOf(document)
    const known = declared.get(address)
    if (known) return known
    const needs = facts.get(address)?.needs.flatMap((a) => managed.get(a) ?? []) ?? []
    const earlier = before.get(address)?.map((f) => f.resource) ?? []
    const follows = earlier.filter((r) => follow(facts.get(placedAddressOf(r)), facts.get(address)))
    const belonging = { owner, formerly: aliases.get(address) }
    const made = new DocumentResource(document, belonging, [...needs, ...earlier].map(declare), follows.map(declare))
    declared.set(address, made)
    return made
  }
  const finalized = [...managed.values()].filter((r) => kindOf(r.kind)?.finalize)
  const byConnection = Map.groupBy(finalized, (r) => facts.get(placedAddressOf(r))?.connection ?? '')
  for (const document of managed.values()) declare(document)
  for (const [connection, members] of byConnection) new FinalizerResource(connection, members.map(declare))
  return declared.size
}

/** A write of the first undoes what the second wrote. */
const follow = (first: Facts | undefined, second: Facts | undefined): boolean =>
  first?.kind.overwrites?.(first.spec as never) === true && second !== undefined && isOverwritten(second, first)
