import { isDeepStrictEqual } from 'node:util'
import pLimit, { type LimitFunction } from 'p-limit'
import { PlumblineError } from '../../config/errors.ts'
import { type Documents, environmentOf, readDocuments } from '../../config/project/documents.ts'
import { type Index, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { bringOver, keepOldName } from '../../reconciler/bring-over.ts'
import { Connections, type EmbeddedRuntime } from '../../reconciler/connections.ts'
import { fileDeliveries } from '../../reconciler/file-deliveries.ts'
import type { Entry } from '../../reconciler/model.ts'
import type { Context } from '../../reconciler/observe.ts'
import { type Books, Ownership } from '../../reconciler/ownership.ts'
import { withRetry } from '../../reconciler/retry.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import { speakersAmong } from '../../reconciler/speakers.ts'
import { SYSTEMS } from '../registry.ts'
import { stackWitness } from './evidence.ts'
import { type Config, selectionOf } from './settings.ts'
import { type OwnerInputs, objectOf } from './state.ts'

/** Names the owner that objects are to be taken from, as `entry.heldBy` shows it. */
const TAKE_OVER = 'plumbline:takeOver'

/** The project of the stack with its systems, opened once per process. */
export class StackWorkspace {
  readonly documents: Documents
  readonly index: Index
  readonly connections: Connections
  /** What the program of this run said; absent where none runs, as in `pulumi destroy`. */
  program: OwnerInputs | undefined
  /** Who manages what, as this run has read it. */
  readonly books: Books = new Map()
  readonly #signal = new AbortController().signal
  readonly #config: Config
  readonly #witness: ReturnType<typeof stackWitness>
  readonly #queues = new Map<string, Promise<LimitFunction>>()

  private constructor(documents: Documents, config: Config, embedded: EmbeddedRuntime | undefined) {
    this.#config = config
    this.documents = documents
    this.index = resolve(this.documents.resources)
    this.#witness = stackWitness(documents)
    this.connections = new Connections({
      index: this.index,
      systems: SYSTEMS,
      secrets: secretSource({
        env: environmentOf(this.documents, process.env),
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
  static async open(config: Config): Promise<StackWorkspace> {
    const documents = readDocuments(selectionOf(config), process.env)
    for (const note of bringOver(documents)) console.error(note)
    const { openEmbedded } = await import('../../identity/embedded.ts')
    const { serviceSettings } = await import('../../identity/environment.ts')
    if (usesEmbedded(documents)) keepOldName(documents)
    const embedded = usesEmbedded(documents)
      ? await openEmbedded({ ...documents.runtime, ...serviceSettings(process.env) })
      : undefined
    return new StackWorkspace(documents, config, embedded)
  }

  /**
   * What observing and applying one document needs; `key` is that of its fingerprints, `owner` who the stack is, and
   * `before` who it was when it wrote the document last.
   */
  context(key: string, owner?: string, before?: string): Context {
    return {
      connections: this.connections,
      ...(owner === undefined ? {} : { ownership: this.#ownership(owner, before === owner ? undefined : before) }),
      speaker: speakersAmong(this.documents.resources, this.index, this.connections, this.#signal),
      deliveries: fileDeliveries(this.documents.folder),
      fingerprintKey: key,
      witness: this.#witness(this.program?.stack ?? owner),
      signal: this.#signal,
    }
  }

  /** What the stack holds under its former name it takes from there. */
  #ownership(owner: string, before: string | undefined): Ownership {
    const takeFrom = this.#config(TAKE_OVER) ?? before
    return new Ownership({
      connections: this.connections,
      owner,
      aliases: before === undefined ? [] : [before],
      holderOf: (address) => (this.program === undefined ? address : `${address} of ${this.program.stack}`),
      ...(takeFrom === undefined ? {} : { takeFrom }),
      signal: this.#signal,
    })
  }

  /** Throws unless the guards of the project let this run delete or reset the object; the program has asked them. */
  requireConsent(entry: Entry): void {
    if (this.program?.mayEnd.includes(objectOf(entry))) return
    throw new PlumblineError('REFUSED', `${entry.address}: the guards of the project were not asked about it`, {
      help: 'To delete or reset an object, remove its document and run `pulumi up`; to only forget it, apply deletionPolicy: Retain first.',
    })
  }

  /** Exactly this document is in the project. */
  holds({ kind, metadata, spec }: Resource): boolean {
    return isDeepStrictEqual(this.index.find(kind, metadata.name, metadata.namespace)?.spec, spec)
  }

  /** Runs a write as soon as its connection takes one. */
  async write<T>(connection: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(connection) ?? this.#openQueue(connection)
    this.#queues.set(connection, queue)
    return (await queue)(work)
  }

  /** The final action of a connection, which makes its writes live; nothing where the system has none. */
  async finalize(connection: string): Promise<void> {
    const { session, clock } = await this.connections.connection(connection)
    const { signal } = new AbortController()
    await withRetry(async () => session.finalize?.(signal), clock, signal)
  }

  async #openQueue(connection: string): Promise<LimitFunction> {
    return pLimit((await this.connections.connection(connection)).parallelWrites)
  }
}

const usesEmbedded = ({ resources }: Documents): boolean =>
  resources.some((r) => r.kind === 'Connection' && r.spec.endpoint === 'embedded')
