import type { Day } from '../../exceptions.ts'
import type { Index } from '../../references.ts'
import type { Diagnostic, Resource } from '../../resource.ts'

/** What a check of meaning sees. */
export interface World {
  /** Documents of good shape. */
  readonly resources: readonly Resource[]
  /** Every document, also those that are broken in themselves. */
  readonly all: readonly Resource[]
  /** Index of `all`. */
  readonly index: Index
  readonly today: Day
}

/** Documents that are broken in themselves, e.g. of a kind that there is not. */
export function brokenIn({ all, resources }: World): readonly Resource[] {
  const good = new Set(resources)
  return all.filter((r) => !good.has(r))
}

/** Finds mistakes that only show across documents. */
export type MeaningCheck = (world: World) => readonly Diagnostic[]

/** Items by a key, in the order of their first item. Items whose key is `undefined` are left out. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}
