import type { Kind } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import { tenantOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Adapter, Observed, Session, Target } from '../reconciler/adapter.ts'
import type { Clock } from '../reconciler/retry.ts'
import { type Cache, clusterResource, itemFor, partsOf } from './cache.ts'

/** Fewer documents than this are read one by one. */
const WORTH_A_LIST = 10
/** A list that holds this many times the documents is read no further: most of it is none of our business. */
const MOST_STRANGERS = 4

type Listed = ReadonlyMap<string, Observed>
interface Listing {
  readonly at: number
  readonly objects: Promise<Listed>
}

/**
 * Lists in place of many single reads, for the looks of one sweep through one Connection. What a list does not show is
 * read by itself, so an absence is still proven. Nothing is ever written on the ground of a list.
 */
export class Listings {
  readonly #cache: Cache
  readonly #connection: Resource
  readonly #clock: Clock
  readonly #listings = new Map<string, Listing>()
  #counts: { readonly at: number; readonly byPlace: ReadonlyMap<string, number> } | undefined

  constructor(cache: Cache, connection: Resource, clock: Clock) {
    this.#cache = cache
    this.#connection = connection
    this.#clock = clock
  }

  /** The session, with looks that are at most `maxAgeMs` old. */
  over(session: Session, maxAgeMs: number): Session {
    return { ...session, adapter: (kind) => this.#swept(session.adapter(kind), maxAgeMs) }
  }

  #swept(adapter: Adapter, maxAgeMs: number): Adapter {
    return {
      observe: async (target, signal) =>
        (await this.#find(adapter, target, maxAgeMs, signal)) ?? adapter.observe(target, signal),
      create: adapter.create.bind(adapter),
      update: adapter.update.bind(adapter),
      delete: adapter.delete.bind(adapter),
    }
  }

  async #find(adapter: Adapter, target: Target, maxAgeMs: number, signal: AbortSignal): Promise<Observed | undefined> {
    if (adapter.list === undefined || target.id === undefined) return undefined
    const place = placeOf(target.kind, target.tenant)
    const documents = this.#documentsAt(place, maxAgeMs)
    if (documents < WORTH_A_LIST) return undefined
    const kept = this.#listings.get(place)
    const now = this.#clock.now()
    const objects = kept && now - kept.at < maxAgeMs ? kept.objects : listed(adapter, target, documents, signal)
    if (objects !== kept?.objects) this.#listings.set(place, { at: now, objects })
    return (await objects).get(target.id)
  }

  /** How many documents go through the Connection, by kind and tenant: counted once per sweep. */
  #documentsAt(place: string, maxAgeMs: number): number {
    const now = this.#clock.now()
    if (this.#counts === undefined || now - this.#counts.at >= maxAgeMs)
      this.#counts = { at: now, byPlace: this.#count() }
    return this.#counts.byPlace.get(place) ?? 0
  }

  #count(): ReadonlyMap<string, number> {
    const byPlace = new Map<string, number>()
    for (const item of this.#cache.dependentsOf(itemFor(this.#connection))) {
      const { kind: name } = partsOf(item)
      const [kind, object] = [kindOf(name), this.#cache.get(item)]
      if (kind === undefined || object === undefined) continue
      const tenant = kind.scope === 'tenant' ? tenantOf(clusterResource(name, object), this.#cache) : undefined
      const place = placeOf(kind, tenant)
      byPlace.set(place, (byPlace.get(place) ?? 0) + 1)
    }
    return byPlace
  }
}

const placeOf = ({ name }: Kind, tenant: string | undefined): string => `${name}/${tenant ?? ''}`

/** Who may read an object need not be allowed to list: then there is no list, and each is read by itself. */
async function listed(adapter: Adapter, target: Target, documents: number, signal: AbortSignal): Promise<Listed> {
  const objects = new Map<string, Observed>()
  try {
    for await (const observed of adapter.list?.(target.tenant, signal) ?? []) {
      objects.set(observed.id, observed)
      if (objects.size >= documents * MOST_STRANGERS) break
    }
  } catch {
    signal.throwIfAborted()
  }
  return objects
}
