import type { Priority } from './queue.ts'

/** Longest wait that a timer takes. */
const MOST_MS = 2 ** 31 - 1

/** Items that become due later. A new time for an item replaces its old one. */
export class Delayed {
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #due: (item: string, priority: Priority) => void

  constructor(due: (item: string, priority: Priority) => void) {
    this.#due = due
  }

  after(milliseconds: number, item: string, priority: Priority): void {
    this.cancel(item)
    const timer = setTimeout(
      () => {
        this.#timers.delete(item)
        this.#due(item, priority)
      },
      Math.min(milliseconds, MOST_MS),
    )
    this.#timers.set(item, timer)
  }

  cancel(item: string): void {
    clearTimeout(this.#timers.get(item))
    this.#timers.delete(item)
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }
}
