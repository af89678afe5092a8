import type { PlumblineError } from '../config/errors.ts'
import { KINDS } from '../config/kinds/index.ts'
import type { Clock } from '../reconciler/retry.ts'
import { typeOf } from './cache.ts'
import type { KubeApi, KubeObject, ResourceType } from './kube/api.ts'
import { type Handler, ListWatch } from './kube/list-watch.ts'
import { SECRETS } from './sessions.ts'

const NAMESPACES: ResourceType = { group: '', version: 'v1', plural: 'namespaces', metadataOnly: true }

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
  readonly onFault: (error: PlumblineError, what: string) => void
}

type Kept = (object: KubeObject) => KubeObject

/** Annotations of Secrets are nobody's business here, and may hold as much as a Secret does. */
const nameAndVersion: Kept = ({ metadata: { name, namespace, resourceVersion } }) => ({
  metadata: { name, ...(namespace && { namespace }), ...(resourceVersion && { resourceVersion }) },
})

/** One list-watch per kind, one for the names and versions of Secrets, one for those of namespaces. */
export class Watches {
  readonly #all: readonly ListWatch[]

  constructor({ api, clock, signal, observer, onFault }: WatchesOptions) {
    const watch = (type: ResourceType, handler: Handler, kept?: Kept): ListWatch =>
      new ListWatch({
        api,
        type,
        handler,
        clock,
        signal,
        onFault: (error) => onFault(error, type.plural),
        ...(kept && { kept }),
      })
    const same = (told: (object: KubeObject) => void): Handler => ({ changed: told, gone: told })
    this.#all = [
      watch(
        NAMESPACES,
        same((o) => observer.namespace(o)),
      ),
      watch(
        { ...SECRETS, metadataOnly: true },
        same((o) => observer.secret(o)),
        nameAndVersion,
      ),
      ...KINDS.map(({ name }) =>
        watch(typeOf(name), {
          changed: (object) => observer.changed(name, object),
          gone: (object) => observer.gone(name, object),
        }),
      ),
    ]
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
