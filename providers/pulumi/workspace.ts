import pLimit, { type LimitFunction } from 'p-limit'
import { type Documents, environmentOf, readDocuments } from '../../config/project/documents.ts'
import { type Index, resolve } from '../../config/references.ts'
import { bringOver, keepOldName } from '../../reconciler/bring-over.ts'
import { fileDeliveries } from '../../reconciler/file-deliveries.ts'
import type { Context } from '../../reconciler/observe.ts'
import { Ownership } from '../../reconciler/ownership.ts'
import { withRetry } from '../../reconciler/retry.ts'
import { type EmbeddedRuntime, Runtime } from '../../reconciler/runtime.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import { SYSTEMS } from '../registry.ts'
import { type Config, selectionOf } from './settings.ts'

/** Names the owner that objects are to be taken from, as `entry.heldBy` shows it. */
const TAKE_OVER = 'plumbline:takeOver'

/** The project of the stack with its systems, opened once per process. */
export class Workspace {
  readonly documents: Documents
  readonly index: Index
  readonly runtime: Runtime
  readonly #config: Config
  readonly #queues = new Map<string, Promise<LimitFunction>>()

  private constructor(documents: Documents, config: Config, embedded: EmbeddedRuntime | undefined) {
    this.#config = config
    this.documents = documents
    this.index = resolve(this.documents.resources)
    this.runtime = new Runtime({
      index: this.index,
      systems: SYSTEMS,
      secrets: secretSource({
        env: environmentOf(this.documents),
        folder: this.documents.folder,
        allowed: this.documents.allowedSecrets,
        pulumiConfig: (key) => config(key.includes(':') ? key : `plumbline:${key}`),
      }),
      refused: this.documents.refused,
      embedded: async () => embedded ?? { fetch },
    })
  }

  /**
   * The embedded runtime opens first, since its first start makes the administrator key that secrets may refer to. It
   * is left open: the engine ends this process, and the store survives that.
   */
  static async open(config: Config): Promise<Workspace> {
    const documents = readDocuments(selectionOf(config))
    for (const note of bringOver(documents)) console.error(note)
    const { openEmbedded } = await import('../../identity/embedded.ts')
    if (usesEmbedded(documents)) keepOldName(documents)
    const embedded = usesEmbedded(documents) ? await openEmbedded(documents.runtime) : undefined
    return new Workspace(documents, config, embedded)
  }

  /** What observing and applying one document needs; `key` is that of its fingerprints, `owner` the stack. */
  context(key: string, owner?: string): Context {
    return {
      runtime: this.runtime,
      ...(owner === undefined ? {} : { ownership: this.#ownership(owner) }),
      deliveries: fileDeliveries(this.documents.folder),
      fingerprintKey: key,
      signal: new AbortController().signal,
    }
  }

  #ownership(owner: string): Ownership {
    const takeFrom = this.#config(TAKE_OVER)
    return new Ownership({
      runtime: this.runtime,
      owner,
      holderOf: (address) => address,
      ...(takeFrom === undefined ? {} : { takeFrom }),
      signal: new AbortController().signal,
    })
  }

  /** Runs a write as soon as its connection takes one. */
  async write<T>(connection: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(connection) ?? this.#openQueue(connection)
    this.#queues.set(connection, queue)
    return (await queue)(work)
  }

  /** The final action of a connection, which makes its writes live; nothing where the system has none. */
  async finalize(connection: string): Promise<void> {
    const { session } = await this.runtime.connection(connection)
    const { signal } = new AbortController()
    await withRetry(async () => session.finalize?.(signal), this.runtime.clock, signal)
  }

  async #openQueue(connection: string): Promise<LimitFunction> {
    return pLimit((await this.runtime.connection(connection)).parallelWrites)
  }
}

const usesEmbedded = ({ resources }: Documents): boolean =>
  resources.some((r) => r.kind === 'Connection' && r.spec.endpoint === 'embedded')
