import { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { System } from '../reconciler/adapter.ts'
import type { Clock } from '../reconciler/retry.ts'
import { Runtime } from '../reconciler/runtime.ts'
import { secretSource } from '../reconciler/secret-source.ts'
import type { Cache } from './cache.ts'
import type { KubeApi, ResourceType } from './kube/api.ts'

export const SECRETS: ResourceType = { group: '', version: 'v1', plural: 'secrets' }

export interface SessionsOptions {
  readonly api: KubeApi
  readonly cache: Cache
  readonly systems: ReadonlyMap<string, System>
  readonly embedded: () => Promise<{ readonly fetch: typeof fetch }>
  readonly clock: Clock
  readonly signal: AbortSignal
}

interface Kept {
  readonly runtime: Runtime
  readonly generation: number | undefined
}

/**
 * One Runtime per Connection object, made anew when the Connection or a Secret that it reads has changed. Secrets come
 * from the Connection's own namespace and nowhere else; environment and files of the controller are not reachable.
 */
export class Sessions {
  readonly #o: SessionsOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: SessionsOptions) {
    this.#o = options
  }

  /** The Runtime of a document's Connection. */
  of(connection: Resource): Runtime {
    const place = `${connection.metadata.namespace}/${connection.metadata.name}`
    const kept = this.#kept.get(place)
    if (kept !== undefined && kept.generation === connection.metadata.generation) return kept.runtime
    const runtime = this.#open(connection.metadata.namespace ?? '')
    this.#kept.set(place, { runtime, generation: connection.metadata.generation })
    return runtime
  }

  /** Forgets what was opened with the credentials of a namespace's Secret. */
  secretChanged(namespace: string): void {
    for (const place of [...this.#kept.keys()]) if (place.startsWith(`${namespace}/`)) this.#kept.delete(place)
  }

  #open(namespace: string): Runtime {
    const { api, cache, systems, embedded, clock, signal } = this.#o
    const kubernetes = async (name: string, key: string): Promise<string | undefined> => {
      const secret = await api.get(SECRETS, namespace, name, signal).catch(absent)
      const value = secret?.data?.[key]
      return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
    }
    const secrets = secretSource({ env: {}, folder: '', kubernetes })
    const source: typeof secrets = async (reference) => {
      if (reference.fromSecret === undefined) throw notHere(Object.keys(reference)[0] ?? 'source')
      return secrets(reference)
    }
    return new Runtime({ index: cache, systems, secrets: source, embedded, clock })
  }
}

const notHere = (source: string): PlumblineError =>
  new PlumblineError('UNRESOLVED_SECRET', `${source} is not read in a cluster`, { help: 'Use fromSecret.' })

function absent(thrown: unknown): undefined {
  if (thrown instanceof PlumblineError && thrown.code === 'NOT_FOUND') return undefined
  throw thrown
}
