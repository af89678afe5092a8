import { setImmediate as inputAndOutput } from 'node:timers/promises'
import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Clock } from '../reconciler/retry.ts'
import { type Item, partsOf } from './cache.ts'
import type { Delayed } from './delayed-queue.ts'
import type { Metrics } from './metrics.ts'
import { PRIORITY, type Taken, type WorkQueue } from './queue.ts'
import type { Next, RetryAfter } from './reconcile.ts'
import { spread, waitFor } from './sweep.ts'

/** Per-item exponential backoff of controller-runtime: 5 ms, doubling to 1,000 s. */
const BACKOFF_MS = { first: 5, most: 1_000_000 }

export interface WorkersOptions {
  readonly queue: WorkQueue
  readonly delayed: Delayed
  readonly metrics: Metrics
  readonly clock: Clock
  /** Works on one item until it is stopped; what it throws is tried again. */
  readonly work: (taken: Taken, stop: AbortController) => Promise<Next>
  readonly onFault: (error: PlumblineError, item: Item) => void
}

/**
 * Work that has not ended after this long goes on in the slot of its Connection and gives its place up to others: many
 * systems that do not answer stop nobody.
 */
const PATIENCE_MS = 500

interface InHand {
  readonly ended: Promise<void>
  readonly stop: AbortController
  readonly since: number
}

/** Takes items from the queue until it is closed, and puts them back for later. */
export class Workers {
  readonly #o: WorkersOptions
  readonly #failures = new Map<Item, number>()
  readonly #inHand = new Map<Item, InHand>()

  constructor(options: WorkersOptions) {
    this.#o = options
  }

  /** Resolves when the queue is closed and all work in hand is done. */
  async run(places: number): Promise<void> {
    await Promise.all(Array.from({ length: places }, () => this.#loop()))
    await Promise.all([...this.#inHand.values()].map(({ ended }) => ended))
  }

  /** What is being done about an item is not wanted any more. */
  abandon(item: Item): void {
    this.#inHand.get(item)?.stop.abort()
  }

  /** How long each item in hand has been so, in seconds. */
  get ages(): readonly number[] {
    return [...this.#inHand.values()].map(({ since }) => (performance.now() - since) / 1_000)
  }

  /** All that is in hand ends at once. */
  stop(): void {
    for (const { stop } of this.#inHand.values()) stop.abort()
  }

  /** What an item that has gone leaves behind. */
  forget(item: Item): void {
    this.#failures.delete(item)
  }

  async #loop(): Promise<void> {
    const { queue } = this.#o
    for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
      const stop = new AbortController()
      const ended = this.#workOn(taken, stop)
      this.#inHand.set(taken.item, { ended, stop, since: performance.now() })
      await withPatience(ended)
      // A runtime in this process answers without any, so that news of the cluster and the Lease would wait for all looks.
      await inputAndOutput()
    }
  }

  async #workOn(taken: Taken, stop: AbortController): Promise<void> {
    const { queue, metrics } = this.#o
    metrics.taken(taken.waited / 1_000)
    await this.#one(taken, stop)
    metrics.done()
    this.#inHand.delete(taken.item)
    queue.done(taken.item)
  }

  async #one(taken: Taken, stop: AbortController): Promise<void> {
    const { metrics, work, onFault } = this.#o
    const { item } = taken
    const started = performance.now()
    const next = await work(taken, stop).catch((thrown: unknown): Next => {
      const error = toPlumblineError(thrown)
      if (error.code === 'INTERNAL') metrics.panicked(partsOf(item).kind)
      onFault(error, item)
      return { after: 'retry' }
    })
    const result = next.after === 'retry' ? 'error' : next.after === 'drift' ? 'requeue_after' : 'success'
    metrics.reconciled(partsOf(item).kind, result, (performance.now() - started) / 1_000)
    this.#schedule(item, next)
  }

  #schedule(item: Item, next: Next): void {
    const { delayed, clock, metrics } = this.#o
    if (next.after === 'retry') {
      metrics.retried()
      delayed.after(this.#backoffMs(item, next), item, PRIORITY.retry)
      return
    }
    this.#failures.delete(item)
    if (next.after === 'nothing') delayed.cancel(item)
    else delayed.after(waitFor(next, clock), item, PRIORITY.drift)
  }

  /** A system may ask for more time than this; nothing else puts a look off beyond the one that comes anyway. */
  #backoffMs(item: Item, { seconds = 0, within }: RetryAfter): number {
    const failures = this.#failures.get(item) ?? 0
    this.#failures.set(item, failures + 1)
    const most = within === undefined ? BACKOFF_MS.most : spread(within, this.#o.clock)
    return Math.max(seconds * 1_000, Math.min(most, BACKOFF_MS.most, BACKOFF_MS.first * 2 ** failures))
  }
}

/** Resolves when the work has ended, or has taken too long to wait for. */
async function withPatience(ended: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, PATIENCE_MS)
  await Promise.race([ended, promise])
  clearTimeout(timer)
}
