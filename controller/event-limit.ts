/** Milliseconds after which the same thing is a new event, and not one more of a series (client-go: 6 minutes). */
const SERIES_MS = 6 * 60_000
/** Events of one object at once, and the time after which there may be one more (client-go: 25, and one in 5 minutes). */
const BURST = 25
const REFILL_MS = 5 * 60_000
/** Objects that are remembered; what was dropped may tell a little more than it should. */
const MOST = 4_096

/** One event that was sent, and how often the same has happened since. */
export interface Series {
  readonly name: string
  count: number
  at: number
}

interface Budget {
  readonly tokens: number
  readonly at: number
}

/** Which events are sent: the same reason of the same object is one series, and no object fills the log of its namespace. */
export class EventLimit {
  readonly #series = new Map<string, Series>()
  readonly #budgets = new Map<string, Budget>()

  /** The series that an event goes on, with the event counted; `undefined` when it begins one under this name. */
  goesOn(what: string, name: string, now: number): Series | undefined {
    const found = this.#series.get(what)
    if (found === undefined || now - found.at > SERIES_MS) {
      remember(this.#series, what, { name, count: 1, at: now })
      return undefined
    }
    found.count++
    found.at = now
    return found
  }

  /** The event that began a series is not there. */
  forget(what: string): void {
    this.#series.delete(what)
  }

  /** Whether one more request about an object may be sent; then it is counted. */
  allows(object: string, now: number): boolean {
    const before = this.#budgets.get(object) ?? { tokens: BURST, at: now }
    const tokens = Math.min(BURST, before.tokens + (now - before.at) / REFILL_MS)
    remember(this.#budgets, object, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
    return tokens >= 1
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MOST && oldest !== undefined) map.delete(oldest)
}
