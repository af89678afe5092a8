import { createHash } from 'node:crypto'
import { namespaceBehind, referencesOf } from '../config/references.ts'
import { type Cache, clusterResource, type Item, partsOf } from './cache.ts'
import type { Selector } from './selector.ts'

/** One of several controllers that share the work: of `count`, the one at `index`, from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** What a controller sees, and which part of that it works on. Absent: all of it. */
export interface ControllerScope {
  /** Namespaces that are listed and watched; rights in them alone are enough. */
  readonly namespaces?: readonly string[]
  readonly shard?: Shard
  /** Labels of the objects that are worked on. */
  readonly selector?: Selector
}

/**
 * Whether an item is worked on here. All that goes through one Connection is in one shard, by the namespace of that
 * Connection: it shares what is read and takes turns where a system takes one writer. A reference to a Connection never
 * changes, so neither does the shard of an object.
 */
export function isMine({ shard, selector }: ControllerScope, cache: Cache): (item: Item) => boolean {
  return (item) => {
    const object = cache.get(item)
    if (object === undefined) return true
    if (selector !== undefined && !selector.matches(object.metadata.labels ?? {})) return false
    return shard === undefined || shardOf(namespaceServing(item, cache), shard.count) === shard.index
  }
}

/** The Lease by which the controllers of one scope elect the one that acts. */
export function leaseOf(base: string, { shard, selector }: ControllerScope): string {
  const parts = [
    ...(shard === undefined ? [] : [`${shard.index}-of-${shard.count}`]),
    ...(selector === undefined ? [] : [digest(selector.text).toString('hex').slice(0, 8)]),
  ]
  return [base, ...parts].join('-')
}

/** From 1 to `count`, always the same for a namespace. */
export const shardOf = (namespace: string, count: number): number => (digest(namespace).readUInt32BE() % count) + 1

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function namespaceServing(item: Item, cache: Cache): string {
  const { kind, namespace } = partsOf(item)
  const object = cache.get(item)
  if (object === undefined) return namespace
  const resource = clusterResource(kind, object)
  const edge = referencesOf(resource).find((e) => e.kind === 'Connection')
  return (edge && namespaceBehind(edge, resource)) ?? namespace
}
