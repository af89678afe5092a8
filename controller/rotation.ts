/** Behind whom an item waits. */
export interface Lane {
  readonly namespace: string
  /** The Connection whose slots it takes; absent: it never waits for a system. */
  readonly connection?: string
}

/** Where an item stands in the queue. */
export interface QueuePosition extends Lane {
  readonly priority: number
}

/** Items of one Connection in one namespace, by priority and in order of coming. */
type Levels = Map<number, Set<string>>
type Connection = string | undefined

/** Who waits, by namespace and Connection. Whoever had a turn goes to the end, so that a long line delays nobody else. */
export class Rotation {
  readonly #namespaces = new Map<string, Map<Connection, Levels>>()

  add(item: string, { namespace, connection, priority }: QueuePosition): void {
    const lanes = kept(this.#namespaces, namespace, () => new Map<Connection, Levels>())
    const levels = kept(lanes, connection, (): Levels => new Map())
    kept(levels, priority, () => new Set<string>()).add(item)
  }

  remove(item: string, { namespace, connection, priority }: QueuePosition): void {
    const lanes = this.#namespaces.get(namespace)
    const levels = lanes?.get(connection)
    const items = levels?.get(priority)
    items?.delete(item)
    if (items?.size === 0) levels?.delete(priority)
    if (levels?.size === 0) lanes?.delete(connection)
    if (lanes?.size === 0) this.#namespaces.delete(namespace)
  }

  /** The first item of these priorities whose Connection is free; it stays until it is removed. */
  next(priorities: readonly number[], isFree: (connection: Connection) => boolean): string | undefined {
    for (const [namespace, lanes] of this.#namespaces) {
      const item = nextIn(lanes, priorities, isFree)
      if (item === undefined) continue
      toEnd(this.#namespaces, namespace, lanes)
      return item
    }
    return undefined
  }
}

function nextIn(
  lanes: Map<Connection, Levels>,
  priorities: readonly number[],
  isFree: (connection: Connection) => boolean,
): string | undefined {
  for (const [connection, levels] of lanes) {
    const items = priorities.map((priority) => levels.get(priority)).find((found) => found !== undefined)
    if (items === undefined || !isFree(connection)) continue
    toEnd(lanes, connection, levels)
    return items.values().next().value
  }
  return undefined
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

function toEnd<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
}
