import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import { connectionName, connectionPlace } from '../config/references.ts'
import type { Resource, Spec } from '../config/resource.ts'
import type { System } from '../reconciler/adapter.ts'
import {
  type Connected,
  type ConnectionAccess,
  Connections,
  type ConnectionsOptions,
} from '../reconciler/connections.ts'
import type { Clock } from '../reconciler/retry.ts'
import { type SecretSource, secretSource } from '../reconciler/secret-source.ts'
import type { Send } from '../reconciler/send.ts'
import type { Cache, Item } from './cache.ts'
import { itemFor } from './cache.ts'
import type { KubeApi, KubeObject, KubeResourceType } from './kube/api.ts'
import { Listings } from './listings.ts'

export const SECRETS: KubeResourceType = { group: '', version: 'v1', plural: 'secrets' }

export interface SessionsOptions {
  readonly api: KubeApi
  readonly cache: Cache
  readonly systems: ReadonlyMap<string, System>
  readonly embedded: () => Promise<{ readonly fetch: Send }>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** How old what was read may be, in milliseconds: for a burst of changes, and where a person asks for a look. */
export const READ_AGE = { burst: 1_000, fresh: 0 } as const

/** The Runtime of one Connection object: whatever name it is asked for, it opens this one. */
class ConnectionRuntime extends Connections {
  readonly #connection: Resource

  constructor(connection: Resource, options: ConnectionsOptions) {
    super(options)
    this.#connection = connection
  }

  override connection(): Promise<Connected> {
    return super.connection(connectionName(this.#connection))
  }
}

/** What is open behind one Connection object. */
class Opened {
  readonly connections: Connections
  readonly spec: Spec
  readonly #name: string
  readonly #listings: Listings
  #readAt = Number.NEGATIVE_INFINITY
  #refusal: PlumblineError | undefined

  constructor(connections: Connections, connection: Resource, listings: Listings) {
    this.connections = connections
    this.spec = connection.spec
    this.#name = connection.metadata.name
    this.#listings = listings
  }

  /** Notes whether the system took the credentials; true when that is news. */
  noteAccess(refusal: PlumblineError | undefined): boolean {
    const isNews = (this.#refusal === undefined) !== (refusal === undefined)
    this.#refusal = refusal
    return isNews
  }

  /** Throws when the credentials are not there, and what the system said when it refused them last. */
  async requireAccess(): Promise<void> {
    await this.connections.connection(this.#name)
    if (this.#refusal !== undefined) throw this.#refusal
  }

  /** The runtime for the looks of a sweep: lists stand in for single reads. */
  swept(maxAgeMs: number): ConnectionAccess {
    const { clock, secrets } = this.connections
    const connection = async (name: string): Promise<Connected> => {
      const connected = await this.connections.connection(name)
      return { ...connected, session: this.#listings.over(connected.session, maxAgeMs) }
    }
    return { clock, secrets, connection, refresh: () => this.connections.refresh() }
  }

  /** Does work behind the connection, on reads of at most this age. How much of it at once is a matter of the queue. */
  async use<T>(work: () => Promise<T>, maxAgeMs: number): Promise<T> {
    const now = this.connections.clock.now()
    if (now - this.#readAt >= maxAgeMs) {
      this.#readAt = now
      await this.connections.refresh()
    }
    return work()
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

  /** Every Connection, by its `connectionName`. */
  get all(): Pick<ConnectionAccess, 'connection' | 'clock'> {
    const { cache, clock } = this.#o
    const connection = async (connectionName: string): Promise<Connected> => {
      const { name, namespace } = connectionPlace(connectionName)
      const document = cache.find('Connection', name, namespace)
      if (document === undefined) throw new PlumblineError('UNRESOLVED_REFERENCE', `Connection ${name} does not exist`)
      return this.of(document).connections.connection(name)
    }
    return { clock, connection }
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
    const connections = new ConnectionRuntime(connection, { index: cache, systems, secrets, embedded, clock })
    const listings = new Listings(cache, connection, clock)
    return new Opened(connections, connection, listings)
  }
}

const notHere = (source: string): PlumblineError =>
  new PlumblineError('UNRESOLVED_SECRET', `${source} is not read in a cluster`, { help: 'Use fromSecret.' })

/** A proven absence is no fault. */
export function absent(thrown: unknown): undefined {
  if (thrown instanceof PlumblineError && thrown.code === 'NOT_FOUND') return undefined
  throw thrown
}
