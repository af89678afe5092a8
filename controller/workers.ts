import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Clock } from '../reconciler/retry.ts'
import { type Item, partsOf } from './cache.ts'
import type { Delayed } from './delayed.ts'
import type { Metrics } from './metrics.ts'
import { PRIORITY, type Priority, type Taken, type WorkQueue } from './queue.ts'
import type { Next } from './reconcile.ts'
import { waitFor } from './sweep.ts'

/** Per-item exponential backoff of controller-runtime: 5 ms, doubling to 1,000 s. */
const BACKOFF_MS = { first: 5, most: 1_000_000 }

export interface WorkersOptions {
  readonly queue: WorkQueue
  readonly delayed: Delayed
  readonly metrics: Metrics
  readonly clock: Clock
  /** Works on one item; what it throws is tried again. */
  readonly work: (item: Item, priority: Priority) => Promise<Next>
  readonly onFault: (error: PlumblineError, item: Item) => void
}

/** Takes items from the queue until it is closed, and puts them back for later. */
export class Workers {
  readonly #o: WorkersOptions
  readonly #failures = new Map<Item, number>()

  constructor(options: WorkersOptions) {
    this.#o = options
  }

  /** Resolves when the queue is closed and all work in hand is done. */
  async run(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#loop()))
  }

  async #loop(): Promise<void> {
    const { queue, metrics } = this.#o
    for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
      metrics.active(1)
      await this.#one(taken)
      metrics.active(-1)
      queue.done(taken.item)
    }
  }

  async #one({ item, priority }: Taken): Promise<void> {
    const { clock, metrics, work, onFault } = this.#o
    const started = clock.now()
    const next = await work(item, priority).catch((thrown: unknown): Next => {
      onFault(toPlumblineError(thrown), item)
      return { after: 'retry' }
    })
    const result = next.after === 'retry' ? 'error' : next.after === 'drift' ? 'requeue_after' : 'success'
    metrics.reconciled(partsOf(item).kind, result, (clock.now() - started) / 1_000)
    this.#schedule(item, next)
  }

  #schedule(item: Item, next: Next): void {
    const { delayed, clock, metrics } = this.#o
    if (next.after === 'retry') {
      metrics.retried()
      delayed.after(this.#backoffMs(item, next.seconds), item, PRIORITY.retry)
      return
    }
    this.#failures.delete(item)
    if (next.after === 'nothing') delayed.cancel(item)
    else delayed.after(waitFor(next, clock), item, PRIORITY.drift)
  }

  #backoffMs(item: Item, seconds: number | undefined): number {
    const failures = this.#failures.get(item) ?? 0
    this.#failures.set(item, failures + 1)
    return Math.max((seconds ?? 0) * 1_000, Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** failures))
  }
}
