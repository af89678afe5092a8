import type { Deps } from '../../deps.ts'
import { type Collection, GLOBAL } from '../../store/store.ts'

/** An administrative change of the last seconds. It says what was touched, by ids; what is there now is asked of the API. */
export interface AuditedChange {
  /** Id of the request (`x-request-id` of its answer). */
  readonly id: string
  /** Milliseconds since 1970, by the clock of the replica that served the request. */
  readonly at: number
  /** Method and route, e.g. `PUT /v1/tenants/:tenant_id`. */
  readonly event: string
  /** Parameters of the route. */
  readonly subject: Readonly<Record<string, string>>
}

const CHANGES: Collection<AuditedChange> = { name: 'changes', id: (c) => c.id, indexes: ['at'] }
const LIFE_SECONDS = 30
const PAGE = 500
/** Clocks of replicas differ, and what was stamped first may be stored last. */
const OVERLAP_MS = 2_000

type Recording = Pick<Deps, 'store' | 'now'>

/** Notes a change for whoever follows; it is gone after half a minute. */
export const recordChange = ({ store, now }: Recording, change: Omit<AuditedChange, 'at'>): Promise<void> =>
  store.create(CHANGES, GLOBAL, { ...change, at: now().getTime() }, LIFE_SECONDS)

/** What has happened since the last question. */
export interface News {
  readonly changes: readonly AuditedChange[]
  /** There was more than could be told: anything may have changed. */
  readonly isCut: boolean
}

/** Follows the changes that any replica of the runtime makes. */
export class ChangeFeed {
  readonly #deps: Recording
  /** Changes told of that a later question would find again: id → time. */
  readonly #told = new Map<string, number>()
  #asked: number
  #newest: number

  constructor(deps: Recording) {
    this.#deps = deps
    this.#asked = this.#newest = deps.now().getTime()
  }

  /** Throws UNAVAILABLE when the store does not answer; the next question makes up for it. */
  async news(): Promise<News> {
    const now = this.#deps.now().getTime()
    const { items } = await this.#deps.store.find(CHANGES, GLOBAL, { orderBy: 'at', direction: 'desc', limit: PAGE })
    const from = this.#newest - OVERLAP_MS
    const changes = items.filter((c) => c.at >= from && !this.#told.has(c.id))
    const isCut = (items.at(-1)?.at ?? 0) >= from && items.length === PAGE
    const isLate = now - this.#asked > (LIFE_SECONDS * 1_000) / 2
    this.#remember(changes, now)
    return { changes, isCut: isCut || isLate }
  }

  #remember(changes: readonly AuditedChange[], now: number): void {
    this.#asked = now
    for (const { id, at } of changes) {
      this.#told.set(id, at)
      this.#newest = Math.max(this.#newest, at)
    }
    for (const [id, at] of this.#told) if (at < this.#newest - OVERLAP_MS) this.#told.delete(id)
  }
}
