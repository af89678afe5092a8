import { kindOf } from '../../config/kinds/index.ts'
import { connectionOf, resolve } from '../../config/references.ts'
import { addressOf, type Resource } from '../../config/resource.ts'
import { factsOf } from '../../reconciler/facts.ts'
import { DocumentResource, FinalizerResource } from './resources.ts'

/**
 * Declares one resource per managed document, each after those that it needs, and one finalizer per connection that
 * has a final action. Returns how many documents are resources. The documents have to be valid.
 */
export function declareAll(documents: readonly Resource[]): number {
  const index = resolve(documents)
  const managed = new Map(documents.filter((r) => kindOf(r.kind)?.system !== undefined).map((r) => [addressOf(r), r]))
  const declared = new Map<string, DocumentResource>()
  const declare = (document: Resource): DocumentResource => {
    const known = declared.get(addressOf(document))
    if (known) return known
    const needs = factsOf(document, index).needs.flatMap((address) => managed.get(address) ?? [])
    const made = new DocumentResource(document, needs.map(declare))
    declared.set(addressOf(document), made)
    return made
  }
  const finalized = [...managed.values()].filter((r) => kindOf(r.kind)?.finalize)
  const byConnection = Map.groupBy(finalized, (r) => connectionOf(r, index)?.metadata.name ?? '')
  for (const document of managed.values()) declare(document)
  for (const [connection, members] of byConnection) new FinalizerResource(connection, members.map(declare))
  return declared.size
}
