import type { PlumblineError } from '../config/errors.ts'
import type { Clock } from '../reconciler/retry.ts'
import type { Send } from '../reconciler/send.ts'
import { affectedBy, type RuntimeChange } from './affected.ts'
import type { Cache, Item } from './cache.ts'
import { lookRepeatedly } from './rounds.ts'

/** The embedded runtime tells what was changed in it since the last question, by whichever replica. */
export interface ChangeSource {
  news(): Promise<{ readonly changes: readonly RuntimeChange[]; readonly isCut: boolean }>
}

export interface FeedOptions {
  readonly source: ChangeSource
  readonly cache: Cache
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onAffected: (item: Item) => void
  readonly onFault: (error: PlumblineError) => void
}

const PERIOD_MS = 250
/** Ids of own requests that are kept; what was dropped costs one look too many. */
const MOST_OWN = 10_000

/**
 * Looks at once at what somebody changed in the embedded runtime. What the controller changed itself is known by the ids of
 * its requests; so that the id of an answer is there in time, a change is acted on one round after it was heard of.
 */
export class Feed {
  readonly #o: FeedOptions
  readonly #own = new Set<string>()

  constructor(options: FeedOptions) {
    this.#o = options
  }

  /** A `fetch` whose changes are our own. */
  marking(fetching: Send): Send {
    return async (url, request) => {
      const answer = await fetching(url, request)
      const id = answer.headers.get('x-request-id')
      if (request.method !== 'GET' && id !== null) this.#noteOwn(id)
      return answer
    }
  }

  /** Runs until the signal aborts; never throws. */
  run(): Promise<void> {
    const { clock, signal, source, onFault } = this.#o
    let heard: readonly RuntimeChange[] = []
    const look = async (): Promise<void> => {
      const { changes, isCut } = await source.news()
      if (isCut) this.#all()
      this.#act(heard)
      heard = changes
    }
    return lookRepeatedly({ periodMs: PERIOD_MS, clock, signal, look, onFault })
  }

  #act(changes: readonly RuntimeChange[]): void {
    const foreign = changes.filter((change) => !this.#own.delete(change.id))
    for (const item of affectedBy(foreign, this.#o.cache)) this.#o.onAffected(item)
  }

  #all(): void {
    for (const item of this.#o.cache.items()) this.#o.onAffected(item)
  }

  #noteOwn(id: string): void {
    this.#own.add(id)
    const [oldest] = this.#own
    if (this.#own.size > MOST_OWN && oldest !== undefined) this.#own.delete(oldest)
  }
}
