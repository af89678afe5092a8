import { PlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import { connectionName, connectionOf } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import type { ConnectionAccess } from '../reconciler/connections.ts'
import { objectKeyOf, type Place } from '../reconciler/identity.ts'
import type { Entry } from '../reconciler/model.ts'
import { type Cache, clusterResource, type Item, itemFor, partsOf } from './cache.ts'
import { type Claims, documentClaims, writtenPlace } from './claims.ts'
import type { KubeObject } from './kube/api.ts'
import type { Objects } from './objects.ts'
import type { Status } from './status.ts'

export interface SuccessorsOptions {
  readonly cache: Cache
  readonly claims: Claims
  readonly objects: Objects
  /** Every Connection, by its `connectionName`. */
  readonly connections: Pick<ConnectionAccess, 'connection'>
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How long a delete waits for an object of another namespace that may describe the same and was not looked at so far. */
const GRACE_MS = 10_000

/**
 * A document that is renamed, or moves to another namespace, is deleted and made anew. What another present document
 * describes is then only handed on, with all that is remembered of it. In the same namespace every such document counts, in
 * any other one those that the system has let in.
 */
export class Successors {
  readonly #o: SuccessorsOptions
  readonly #started: number

  constructor(options: SuccessorsOptions) {
    this.#o = options
    this.#started = options.now()
  }

  /** Another present object that describes the same, as far as that can be told without asking anybody. */
  known(resource: Resource, entry: Entry): Item | undefined {
    const { cache } = this.#o
    const written = writtenPlace(resource, cache)
    const beside = this.#beside(resource, entry).find((other) => writtenPlace(other, cache) === written)
    return beside === undefined ? this.#letIn(resource, entry) : itemFor(beside)
  }

  /** The same before an object is deleted in its system. Throws while it cannot be told. */
  async of(object: KubeObject, resource: Resource, entry: Entry): Promise<Item | undefined> {
    const known = this.known(resource, entry)
    if (known !== undefined) return known
    for (const other of this.#beside(resource, entry)) if (await this.#isSamePlace(other, entry)) return itemFor(other)
    this.#requireDecided(object, resource, entry)
    return undefined
  }

  /** The successor remembers what was sent, and the id. Durable before it resolves. */
  async handOn(entry: Entry, to: Item): Promise<void> {
    const { cache, objects } = this.#o
    const object = cache.get(to)
    const status = (object?.status ?? {}) as Status
    const resource = object && clusterResource(partsOf(to).kind, object)
    if (resource === undefined || status.owned !== undefined) return
    // Without the digest its next look takes hold of the object in its own name.
    const { specDigest: _, ...kept } = entry
    const owned: Entry = { ...kept, address: addressOf(resource) }
    await objects.writeStatus(resource, object?.metadata.uid, { ...status, owned })
  }

  /** Of the same namespace. */
  #beside({ kind, metadata }: Resource, entry: Entry): readonly Resource[] {
    return this.#describing(this.#o.cache.all(kind, metadata.namespace), metadata.namespace ?? '', metadata.name, entry)
  }

  #describing(
    documents: readonly Resource[],
    namespace: string,
    name: string,
    { kind: kindName, tenant, key }: Entry,
  ): readonly Resource[] {
    const { cache } = this.#o
    const kind = kindOf(kindName)
    if (kind === undefined) return []
    const wanted = objectKeyOf({ kind, place: '', tenant: tenant ?? '', key })
    return documents.filter((other) => {
      const isItself = other.metadata.namespace === namespace && other.metadata.name === name
      if (isItself || !isPresent(cache.get(itemFor(other)))) return false
      return documentClaims(other, cache, '').some(({ id }) => id === wanted)
    })
  }

  /** Of any namespace, when the system has let it in. */
  #letIn(resource: Resource, { place }: Entry): Item | undefined {
    const { cache, claims } = this.#o
    const at = place ?? writtenPlace(resource, cache)
    if (at === undefined) return undefined
    return claims
      .othersAt(documentClaims(resource, cache, at), itemFor(resource))
      .find((item) => isPresent(cache.get(item)))
  }

  async #isSamePlace(other: Resource, entry: Entry): Promise<boolean> {
    const connection = connectionOf(other, this.#o.cache)
    if (connection === undefined) return false
    return (
      (await this.#placeOf(connectionName(connection))) === (entry.place ?? (await this.#placeOf(entry.connection)))
    )
  }

  async #placeOf(connection: string): Promise<Place> {
    return (await this.#o.connections.connection(connection)).place(this.#o.signal)
  }

  /** An object of another namespace that came a moment ago is looked at first; for a moment, so that it keeps nobody. */
  #requireDecided({ metadata }: KubeObject, { kind }: Resource, entry: Entry): void {
    const { cache, now } = this.#o
    if (now() - Math.max(Date.parse(metadata.deletionTimestamp ?? ''), this.#started) > GRACE_MS) return
    const items = [...cache.items()].filter((item) => partsOf(item).kind === kind && !isLookedAt(cache.get(item)))
    const documents = items.flatMap((item) => cache.find(kind, partsOf(item).name, partsOf(item).namespace) ?? [])
    const [undecided] = this.#describing(documents, metadata.namespace ?? '', metadata.name, entry)
    if (undecided === undefined) return
    const what = `${kind} ${undecided.metadata.namespace}/${undecided.metadata.name} may describe the same object`
    throw new PlumblineError('UNAVAILABLE', `${what} and is looked at first`, { retry: { afterSeconds: 1 } })
  }
}

const isPresent = (object: KubeObject | undefined): boolean =>
  object !== undefined &&
  object.metadata.deletionTimestamp === undefined &&
  ((object.spec ?? {}) as { management?: string }).management !== 'Observe'

const isLookedAt = (object: KubeObject | undefined): boolean =>
  ((object?.status ?? {}) as Status).observedGeneration === object?.metadata.generation
