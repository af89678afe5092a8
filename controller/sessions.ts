import { isDeepStrictEqual } from 'node:util'
import pLimit, { type LimitFunction } from 'p-limit'
import { PlumblineError } from '../config/errors.ts'
import { connectionName } from '../config/references.ts'
import type { Resource, Spec } from '../config/resource.ts'
import type { System } from '../reconciler/adapter.ts'
import type { Clock } from '../reconciler/retry.ts'
import { type Connected, Runtime, type RuntimeOptions } from '../reconciler/runtime.ts'
import { type SecretSource, secretSource } from '../reconciler/secret-source.ts'
import type { Cache, Item } from './cache.ts'
import { itemFor } from './cache.ts'
import type { KubeApi, KubeObject, ResourceType } from './kube/api.ts'

export const SECRETS: ResourceType = { group: '', version: 'v1', plural: 'secrets' }

export interface SessionsOptions {
  readonly api: KubeApi
  readonly cache: Cache
  readonly systems: ReadonlyMap<string, System>
  readonly embedded: () => Promise<{ readonly fetch: typeof fetch }>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Reads that are younger than this are shared by everything that goes through the connection. */
const SHARED_READ_MS = 1_000

/** The Runtime of one Connection object: whatever name it is asked for, it opens this one. */
class ConnectionRuntime extends Runtime {
  readonly #connection: Resource

  constructor(connection: Resource, options: RuntimeOptions) {
    super(options)
    this.#connection = connection
  }

  override connection(): Promise<Connected> {
    return super.connection(connectionName(this.#connection))
  }
}

/** What is open behind one Connection object. */
class Opened {
  readonly runtime: Runtime
  readonly spec: Spec
  readonly #clock: Clock
  readonly #limit: LimitFunction | undefined
  #readAt = 0

  constructor(runtime: Runtime, connection: Resource, system: System | undefined, clock: Clock) {
    this.runtime = runtime
    this.spec = connection.spec
    this.#clock = clock
    this.#limit = system?.parallelWrites === 1 ? pLimit(1) : undefined
  }

  /** Does work behind the connection: one at a time where the system can take only that, on reads that are fresh enough. */
  use<T>(work: () => Promise<T>, fresh: boolean): Promise<T> {
    const task = async (): Promise<T> => {
      const now = this.#clock.now()
      if (fresh || now - this.#readAt > SHARED_READ_MS) {
        this.#readAt = now
        await this.runtime.refresh()
      }
      return work()
    }
    return this.#limit === undefined ? task() : this.#limit(task)
  }
}

/**
 * One Runtime per Connection object, made anew when the Connection or a Secret that it reads has changed. Secrets come
 * from the Connection's own namespace and nowhere else; environment and files of the controller are not reachable.
 */
export class Sessions {
  readonly #o: SessionsOptions
  readonly #kept = new Map<Item, Opened>()
  /** Secrets that this turn of the event loop reads: several keys of one are one request. */
  readonly #reading = new Map<string, Promise<KubeObject | undefined>>()

  constructor(options: SessionsOptions) {
    this.#o = options
  }

  /** What is open behind a Connection. */
  of(connection: Resource): Opened {
    const item = itemFor(connection)
    const kept = this.#kept.get(item)
    if (kept !== undefined && isDeepStrictEqual(kept.spec, connection.spec)) return kept
    const opened = this.#open(connection)
    this.#kept.set(item, opened)
    return opened
  }

  /** The next use opens it anew, with credentials that are read again. */
  forget(connection: Item): void {
    this.#kept.delete(connection)
  }

  /** Secrets of one namespace. Throws UNRESOLVED_SECRET for any other kind of source. */
  secretsIn(namespace: string): SecretSource {
    const kubernetes = async (name: string, key: string): Promise<string | undefined> => {
      const secret = await this.#read(namespace, name)
      const value = secret?.data?.[key]
      return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
    }
    const source = secretSource({ env: {}, folder: '', kubernetes })
    return async (reference) => {
      if (reference.fromSecret === undefined) throw notHere(Object.keys(reference)[0] ?? 'source')
      return source(reference)
    }
  }

  #read(namespace: string, name: string): Promise<KubeObject | undefined> {
    const { api, signal } = this.#o
    const place = `${namespace}/${name}`
    const joined = this.#reading.get(place)
    if (joined !== undefined) return joined
    const reading = api.get(SECRETS, namespace, name, signal).catch(absent)
    this.#reading.set(place, reading)
    // Later turns may know of a change that this answer does not show.
    setImmediate(() => this.#reading.delete(place))
    return reading
  }

  #open(connection: Resource): Opened {
    const { cache, systems, embedded, clock } = this.#o
    const secrets = this.secretsIn(connection.metadata.namespace ?? '')
    const runtime = new ConnectionRuntime(connection, { index: cache, systems, secrets, embedded, clock })
    return new Opened(runtime, connection, systems.get(String(connection.spec.system)), clock)
  }
}

const notHere = (source: string): PlumblineError =>
  new PlumblineError('UNRESOLVED_SECRET', `${source} is not read in a cluster`, { help: 'Use fromSecret.' })

/** A proven absence is no fault. */
export function absent(thrown: unknown): undefined {
  if (thrown instanceof PlumblineError && thrown.code === 'NOT_FOUND') return undefined
  throw thrown
}
