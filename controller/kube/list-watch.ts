import { PlumblineError, toPlumblineError } from '../../config/errors.ts'
import type { Clock } from '../../reconciler/retry.ts'
import type { KubeApi, KubeObject, KubeResourceType, WatchEvent } from './api.ts'

export interface WatchHandler {
  /** The object is new or has changed. */
  changed(object: KubeObject): void
  /** The object has gone; `object` is its last known form. */
  gone(object: KubeObject): void
}

export interface ListWatchOptions {
  readonly api: KubeApi
  readonly type: KubeResourceType
  readonly handler: WatchHandler
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told of every fault that was survived, for the log and the metrics. */
  readonly onFault?: (error: PlumblineError) => void
  /** What of an object to keep and report (default all of it). */
  readonly kept?: (object: KubeObject) => KubeObject
}

const PAGE = 500
/** The server closes a watch after this long; the next one resumes where it ended. Spread, so that not all end at once. */
const WATCH_SECONDS = 300
/** Shorter than client-go's 30 s: one controller hardly burdens a server that has just come back. */
const BACKOFF_MS = { first: 500, most: 10_000 }
/** A watch that worked for this long and then broke is opened again without a long wait. */
const HEALTHY_MS = 900

const namespacedName = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

/**
 * All objects of a type, kept in step with the API server: listed in pages, then watched with bookmarks. A watch that
 * ends or breaks is resumed from the last version seen; a version that is too old (410) leads to a new list, whose
 * difference to what is known is reported, so that no change is lost, deletions during an outage included.
 */
export class ListWatch {
  readonly #o: ListWatchOptions
  readonly #objects = new Map<string, KubeObject>()
  #version: string | undefined
  readonly #synced = Promise.withResolvers<void>()
  /** Resolves after the first complete list. */
  readonly synced = this.#synced.promise

  constructor(options: ListWatchOptions) {
    this.#o = options
  }

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#objects
  }

  /** Runs until the signal aborts; never throws for what the server does. */
  async run(): Promise<void> {
    const { clock, signal } = this.#o
    for (let faults = 0; !signal.aborted; ) {
      const started = clock.now()
      try {
        if (this.#version === undefined) await this.#list()
        await this.#watch()
        faults = 0
      } catch (thrown) {
        if (signal.aborted) return
        faults = clock.now() - started > HEALTHY_MS ? 1 : faults + 1
        await this.#recover(toPlumblineError(thrown), faults)
      }
    }
  }

  async #recover(error: PlumblineError, faults: number): Promise<void> {
    const { clock, signal, onFault } = this.#o
    onFault?.(error)
    if (error.code === 'PLAN_STALE') this.#version = undefined
    const wait = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** (faults - 1))
    await clock.sleep(wait / 2 + (clock.random() * wait) / 2, signal).catch(() => undefined)
  }

  async #list(): Promise<void> {
    const { api, type, signal } = this.#o
    const found = new Map<string, KubeObject>()
    let page = await api.list(type, { limit: PAGE, signal })
    for (;;) {
      for (const item of page.items) found.set(namespacedName(item), item)
      const next = page.metadata.continue
      if (!next) break
      page = await api.list(type, { limit: PAGE, continue: next, signal })
    }
    this.#replace(found)
    this.#version = page.metadata.resourceVersion
    this.#synced.resolve()
  }

  #replace(found: ReadonlyMap<string, KubeObject>): void {
    for (const [key, old] of [...this.#objects]) if (!found.has(key)) this.#remove(key, old)
    for (const object of found.values()) this.#store(object)
  }

  async #watch(): Promise<void> {
    const { api, type, clock, signal } = this.#o
    const seconds = Math.round(WATCH_SECONDS * (1 + clock.random()))
    for await (const event of api.watch(type, this.#version ?? '0', seconds, signal)) this.#event(event)
  }

  #event(event: WatchEvent): void {
    if (event.type === 'ERROR') throw watchError(event.object)
    const { object } = event
    this.#version = object.metadata.resourceVersion ?? this.#version
    if (event.type === 'BOOKMARK') return
    if (event.type === 'DELETED') this.#remove(namespacedName(object), object)
    else this.#store(object)
  }

  #store(whole: KubeObject): void {
    const object = this.#o.kept?.(whole) ?? whole
    const old = this.#objects.get(namespacedName(object))
    this.#objects.set(namespacedName(object), object)
    if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#o.handler.changed(object)
  }

  #remove(key: string, object: KubeObject): void {
    if (this.#objects.delete(key)) this.#o.handler.gone(object)
  }
}

function watchError({ code, message }: { readonly code?: number; readonly message?: string }): PlumblineError {
  const stale = code === 410
  return new PlumblineError(stale ? 'PLAN_STALE' : 'UNAVAILABLE', `the watch ended: ${message ?? code}`, {
    retry: 'backoff',
  })
}
