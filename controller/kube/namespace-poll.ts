import type { PlumblineError } from '../../config/errors.ts'
import type { Clock } from '../../reconciler/retry.ts'
import { lookRepeatedly } from '../rounds.ts'
import type { KubeApi, KubeObject, KubeResourceType } from './api.ts'

const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces' }
const PERIOD_MS = 5_000

export interface NamespacePollOptions {
  readonly api: KubeApi
  readonly name: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly changed: (namespace: KubeObject) => void
  readonly onFault: (error: PlumblineError) => void
}

/** One namespace, asked for again and again: whoever has rights in it alone may get it, and neither list nor watch it. */
export class NamespacePoll {
  readonly #o: NamespacePollOptions
  #version: string | undefined
  readonly #synced = Promise.withResolvers<void>()
  /** Resolves after the first answer. */
  readonly synced = this.#synced.promise

  constructor(options: NamespacePollOptions) {
    this.#o = options
  }

  /** Runs until the signal aborts; never throws. */
  run(): Promise<void> {
    const { clock, signal } = this.#o
    const onFault = (error: PlumblineError): void => this.#failed(error)
    return lookRepeatedly({ periodMs: PERIOD_MS, clock, signal, look: () => this.#look(), onFault })
  }

  async #look(): Promise<void> {
    const { api, name, signal, changed } = this.#o
    const found = await api.get(NAMESPACES, undefined, name, signal)
    if (found.metadata.resourceVersion !== this.#version) changed(found)
    this.#version = found.metadata.resourceVersion
    this.#synced.resolve()
  }

  /** A namespace that is not there is none that anything hangs on. */
  #failed(error: PlumblineError): void {
    if (error.code === 'NOT_FOUND') this.#synced.resolve()
    else this.#o.onFault(error)
  }
}
