import { type Lane, type QueuePosition, Rotation } from './rotation.ts'

/** Why something is in the queue; lower goes first. `resume`: a controller that has just begun has to look at it. */
export const PRIORITY = { change: 0, delete: 1, resume: 2, retry: 3, drift: 4 } as const
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]

/** What people did, and the rest. */
const URGENT: readonly Priority[] = [PRIORITY.change, PRIORITY.delete]
const BACKGROUND: readonly Priority[] = [PRIORITY.resume, PRIORITY.retry, PRIORITY.drift]
/** One turn in so many goes to the background first, so that nobody keeps it waiting by endless changes. */
const BACKGROUND_TURN = 4

/** An item handed to a worker, with its most urgent reason. */
export interface Taken {
  readonly item: string
  readonly priority: Priority
  /** How long it has waited, in milliseconds. */
  readonly waited: number
  /** How long ago somebody asked for it last, in milliseconds: what was read before does not show why. */
  readonly askedAgo: number
}

export interface Lanes {
  laneOf(item: string): Lane
  /** How many items of a Connection may be worked on at once. */
  slotsOf(connection: string): number
}

interface Queued extends QueuePosition {
  readonly priority: Priority
  readonly since: number
  asked: number
}

/**
 * A work queue with the semantics of controller-runtime's: an item is in it once, whatever its reasons, at its most
 * urgent one; an item that is being worked on is not handed out a second time, but comes again when it was added
 * meanwhile. Namespaces take turns, and so do the Connections of one namespace. What has to wait for a slot of its
 * Connection keeps nobody else.
 */
export class WorkQueue {
  readonly #lanes: Lanes
  readonly #now: () => number
  readonly #rotation = new Rotation()
  readonly #queued = new Map<string, Queued>()
  readonly #depths = new Map<Priority, number>()
  readonly #working = new Map<string, { readonly connection: string | undefined; noted?: Priority }>()
  /** Items in hand, by Connection. */
  readonly #busy = new Map<string, number>()
  readonly #waiting: ((taken: Taken | undefined) => void)[] = []
  #turn = 0
  #closed = false

  constructor(lanes: Lanes, now: () => number = () => performance.now()) {
    this.#lanes = lanes
    this.#now = now
  }

  /** Items of a priority that wait for a worker. */
  depthOf(priority: Priority): number {
    return this.#depths.get(priority) ?? 0
  }

  add(item: string, priority: Priority): void {
    if (this.#closed) return
    const working = this.#working.get(item)
    if (working !== undefined) {
      working.noted = moreUrgent(working.noted, priority)
      return
    }
    const before = this.#queued.get(item)
    const now = this.#now()
    const queued: Queued = {
      ...this.#lanes.laneOf(item),
      priority: moreUrgent(before?.priority, priority),
      since: before?.since ?? now,
      asked: now,
    }
    if (before !== undefined) before.asked = now
    if (before !== undefined && isSame(before, queued)) return
    if (before !== undefined) this.#remove(item, before)
    this.#queued.set(item, queued)
    this.#count(queued.priority, 1)
    this.#rotation.add(item, queued)
    this.#hand()
  }

  /** The most urgent item whose turn it is, as soon as there is one; `undefined` once the queue is closed. */
  take(): Promise<Taken | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#hand()
    })
  }

  /** Ends the work on an item; what came in meanwhile is handed out now, and so is who waited for its slot. */
  done(item: string): void {
    const working = this.#working.get(item)
    this.#working.delete(item)
    if (working?.connection !== undefined) this.#occupy(working.connection, -1)
    if (working?.noted !== undefined) this.add(item, working.noted)
    this.#hand()
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
      this.#waiting.shift()?.(taken)
    }
  }

  #next(): Taken | undefined {
    const order = this.#turn % BACKGROUND_TURN === BACKGROUND_TURN - 1 ? [BACKGROUND, URGENT] : [URGENT, BACKGROUND]
    const item = order.map((levels) => this.#rotation.next(levels, this.#hasSlot)).find((found) => found !== undefined)
    const queued = item === undefined ? undefined : this.#queued.get(item)
    if (item === undefined || queued === undefined) return undefined
    this.#turn++
    this.#remove(item, queued)
    const { connection, priority, since, asked } = queued
    const now = this.#now()
    this.#working.set(item, { connection })
    if (connection !== undefined) this.#occupy(connection, 1)
    return { item, priority, waited: now - since, askedAgo: now - asked }
  }

  readonly #hasSlot = (connection: string | undefined): boolean =>
    connection === undefined || (this.#busy.get(connection) ?? 0) < this.#lanes.slotsOf(connection)

  #remove(item: string, queued: Queued): void {
    this.#queued.delete(item)
    this.#count(queued.priority, -1)
    this.#rotation.remove(item, queued)
  }

  #occupy(connection: string, change: 1 | -1): void {
    const busy = (this.#busy.get(connection) ?? 0) + change
    if (busy === 0) this.#busy.delete(connection)
    else this.#busy.set(connection, busy)
  }

  #count(priority: Priority, change: 1 | -1): void {
    this.#depths.set(priority, this.depthOf(priority) + change)
  }
}

const moreUrgent = (a: Priority | undefined, b: Priority): Priority => (a === undefined || b < a ? b : a)

const isSame = (a: Queued, b: Queued): boolean =>
  a.priority === b.priority && a.namespace === b.namespace && a.connection === b.connection
