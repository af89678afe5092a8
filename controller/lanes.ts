import { namespaceBehind, referencesOf } from '../config/references.ts'
import type { System } from '../reconciler/adapter.ts'
import { type Cache, clusterResource, type Item, itemKey, partsOf } from './cache.ts'
import { leavesAlone } from './deletion-policy.ts'
import { connectionOfFinalAction } from './final-actions.ts'
import type { Lanes } from './queue.ts'

/** Places of workers, and the most of them that the objects of one Connection may take. */
export const PLACES = 16

/** What goes to a system waits in the line of its Connection; what only leaves the cluster waits for no system. */
export function lanesOf(cache: Cache, systems: ReadonlyMap<string, System>): Lanes {
  return {
    laneOf: (item) => {
      const { namespace } = partsOf(item)
      const connection = connectionOfFinalAction(item) ?? connectionBehind(item, cache)
      return connection === undefined ? { namespace } : { namespace, connection }
    },
    slotsOf: (connection) => {
      const { namespace, name } = partsOf(connection)
      const system = systems.get(String(cache.find('Connection', name, namespace)?.spec.system))
      return system?.parallelWrites === 1 ? 1 : PLACES
    },
  }
}

function connectionBehind(item: Item, cache: Cache): Item | undefined {
  const { kind } = partsOf(item)
  const object = cache.get(item)
  if (object === undefined || kind === 'Connection') return undefined
  const resource = clusterResource(kind, object)
  const edge = referencesOf(resource).find((e) => e.kind === 'Connection')
  if (edge?.name === undefined || leavesAlone(object, resource)) return undefined
  return itemKey('Connection', namespaceBehind(edge, resource) ?? '', edge.name)
}
