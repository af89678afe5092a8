/** Why something is in the queue; lower goes first. */
export const PRIORITY = { change: 0, delete: 1, retry: 2, drift: 3 } as const
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]

/** An item handed to a worker, with its most urgent reason. */
export interface Taken {
  readonly item: string
  readonly priority: Priority
}

const LEVELS = Object.keys(PRIORITY).length

/**
 * A work queue with the semantics of controller-runtime's: an item is in it once, whatever its reasons, at its most
 * urgent one; an item that is being worked on is not handed out a second time, but comes again when it was added
 * meanwhile.
 */
export class WorkQueue {
  readonly #levels: readonly Map<string, true>[] = Array.from({ length: LEVELS }, () => new Map())
  readonly #level = new Map<string, Priority>()
  readonly #working = new Map<string, Priority | undefined>()
  readonly #waiting: ((taken: Taken | undefined) => void)[] = []
  #closed = false

  /** Items of a priority that wait for a worker. */
  depthOf(priority: Priority): number {
    return this.#levels[priority]?.size ?? 0
  }

  add(item: string, priority: Priority): void {
    if (this.#closed) return
    if (this.#working.has(item)) {
      const noted = this.#working.get(item)
      this.#working.set(item, noted === undefined ? priority : (Math.min(noted, priority) as Priority))
      return
    }
    const at = this.#level.get(item)
    if (at !== undefined && at <= priority) return
    if (at !== undefined) this.#levels[at]?.delete(item)
    this.#level.set(item, priority)
    this.#levels[priority]?.set(item, true)
    this.#hand()
  }

  /** The most urgent item, as soon as there is one; `undefined` once the queue is closed. */
  take(): Promise<Taken | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#hand()
    })
  }

  /** Ends the work on an item; what came in meanwhile is handed out now. */
  done(item: string): void {
    const noted = this.#working.get(item)
    this.#working.delete(item)
    if (noted !== undefined) this.add(item, noted)
  }

  /** No more items; whoever waits gets `undefined`. */
  close(): void {
    this.#closed = true
    for (const resolve of this.#waiting.splice(0)) resolve(undefined)
  }

  #hand(): void {
    while (this.#waiting.length > 0) {
      const taken = this.#closed ? undefined : this.#next()
      if (taken === undefined && !this.#closed) return
      if (taken !== undefined) this.#working.set(taken.item, undefined)
      this.#waiting.shift()?.(taken)
    }
  }

  #next(): Taken | undefined {
    for (const priority of Object.values(PRIORITY)) {
      const item = this.#levels[priority]?.keys().next().value
      if (item === undefined) continue
      this.#levels[priority]?.delete(item)
      this.#level.delete(item)
      return { item, priority }
    }
    return undefined
  }
}
