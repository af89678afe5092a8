import type { PlumblineError } from '../config/errors.ts'
import { KINDS } from '../config/kinds/index.ts'
import type { Clock } from '../reconciler/retry.ts'
import { typeOf } from './cache.ts'
import type { KubeApi, KubeObject, KubeResourceType } from './kube/api.ts'
import { ListWatch, type WatchHandler } from './kube/list-watch.ts'
import { NamespacePoll } from './kube/namespace-poll.ts'
import { SECRETS } from './sessions.ts'

const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces', metadataOnly: true }

/** Told of everything in the cluster that matters to the controller. */
export interface Observer {
  changed(kind: string, object: KubeObject): void
  gone(kind: string, object: KubeObject): void
  secret(object: KubeObject): void
  namespace(object: KubeObject): void
}

export interface WatchesOptions {
  readonly api: KubeApi
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly observer: Observer
  /** Only these are listed and watched; absent: all. */
  readonly namespaces?: readonly string[]
  /** The controller's own namespace. */
  readonly ownNamespace: string
  readonly onFault: (error: PlumblineError, what: string) => void
}

type Kept = (object: KubeObject) => KubeObject

/** Annotations of Secrets are nobody's business here, and may hold as much as a Secret does. */
const nameAndVersion: Kept = ({ metadata: { name, namespace, resourceVersion } }) => ({
  metadata: { name, ...(namespace && { namespace }), ...(resourceVersion && { resourceVersion }) },
})

/** What keeps itself in step with the API server. */
interface Following {
  run(): Promise<void>
  readonly synced: Promise<void>
}

/** One list-watch per kind, one for the names and versions of Secrets, one for those of namespaces; each for every namespace, or once per namespace. */
export class Watches {
  readonly #o: WatchesOptions
  readonly #all: readonly Following[]

  constructor(options: WatchesOptions) {
    this.#o = options
    const { namespaces, ownNamespace } = options
    this.#all =
      namespaces === undefined
        ? [this.#namespaces(), ...this.#within(undefined)]
        : [...new Set([...namespaces, ownNamespace])]
            .map((name) => this.#namespace(name))
            .concat(namespaces.flatMap((name) => this.#within(name)))
  }

  #namespaces(): Following {
    const told = (o: KubeObject): void => this.#o.observer.namespace(o)
    return this.#watch(NAMESPACES, { changed: told, gone: told })
  }

  #namespace(name: string): Following {
    const { api, clock, signal, observer, onFault } = this.#o
    return new NamespacePoll({
      api,
      name,
      clock,
      signal,
      changed: (o) => observer.namespace(o),
      onFault: (error) => onFault(error, `namespace ${name}`),
    })
  }

  #within(namespace: string | undefined): readonly Following[] {
    const { observer } = this.#o
    const place = namespace === undefined ? {} : { within: namespace }
    const secret = (o: KubeObject): void => observer.secret(o)
    return [
      this.#watch({ ...SECRETS, metadataOnly: true, ...place }, { changed: secret, gone: secret }, nameAndVersion),
      ...KINDS.map(({ name }) =>
        this.#watch(
          { ...typeOf(name), ...place },
          { changed: (object) => observer.changed(name, object), gone: (object) => observer.gone(name, object) },
        ),
      ),
    ]
  }

  #watch(type: KubeResourceType, handler: WatchHandler, kept?: Kept): Following {
    const { api, clock, signal, onFault } = this.#o
    const about = [type.plural, type.within].filter((part) => part !== undefined).join(' in ')
    return new ListWatch({
      api,
      type,
      handler,
      clock,
      signal,
      onFault: (error) => onFault(error, about),
      ...(kept && { kept }),
    })
  }

  /** Resolves when the signal aborts. */
  async run(): Promise<void> {
    await Promise.all(this.#all.map((w) => w.run()))
  }

  /** Resolves when everything was listed once. */
  async synced(): Promise<void> {
    await Promise.all(this.#all.map((w) => w.synced))
  }
}
