import type { Resource } from '../config/resource.ts'
import { withRetry } from '../reconciler/retry.ts'
import { type Cache, type Item, itemFor, itemKey, partsOf } from './cache.ts'
import type { Objects } from './objects.ts'
import { READ_AGE, type Sessions } from './sessions.ts'

/** On a Connection: its final action is due. It stays there until the action has succeeded, also over a crash. */
const DUE_ANNOTATION = 'plumbline.dev/final-action-due'
const KIND = 'FinalAction'

/** The final action of a Connection (CIM: the reload that makes texts and pages live) has an item of its own. */
const finalActionOf = (connection: Item): Item => {
  const { namespace, name } = partsOf(connection)
  return itemKey(KIND, namespace, name)
}
export const isFinalAction = (item: Item): boolean => partsOf(item).kind === KIND
/** The Connection whose final action an item is; `undefined` for any other item. */
export function connectionOfFinalAction(item: Item): Item | undefined {
  const { namespace, name } = partsOf(item)
  return isFinalAction(item) ? itemKey('Connection', namespace, name) : undefined
}

export interface FinalActionsOptions {
  readonly cache: Cache
  readonly objects: Objects
  readonly sessions: Sessions
  readonly signal: AbortSignal
  /** Runs the item once nothing was written through the connection for a moment. */
  readonly later: (item: Item) => void
}

/** Runs final actions once per quiet moment. */
export class FinalActions {
  readonly #o: FinalActionsOptions

  constructor(options: FinalActionsOptions) {
    this.#o = options
  }

  /** Before a write: notes durably that the final action has to follow. */
  async due(connection: Resource): Promise<void> {
    this.#o.later(finalActionOf(itemFor(connection)))
    if (!isDue(connection)) await this.#o.objects.annotate(connection, { [DUE_ANNOTATION]: 'true' })
  }

  /** Takes up what an earlier process left. */
  resume(connection: Resource): void {
    if (isDue(connection)) this.#o.later(finalActionOf(itemFor(connection)))
  }

  async run(item: Item): Promise<void> {
    const { cache, sessions, objects, signal } = this.#o
    const { namespace, name } = partsOf(item)
    const connection = cache.find('Connection', name, namespace)
    if (connection === undefined || !isDue(connection)) return
    const opened = sessions.of(connection)
    await opened.use(async () => {
      const { session, clock } = await opened.connections.connection(name)
      await withRetry(async () => session.finalize?.(signal), clock, signal)
      await objects.annotate(connection, { [DUE_ANNOTATION]: null })
    }, READ_AGE.burst)
  }
}

const isDue = ({ metadata }: Resource): boolean => metadata.annotations?.[DUE_ANNOTATION] !== undefined
