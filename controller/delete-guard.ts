import { PlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import { isAboveShare, percent } from '../reconciler/guards.ts'
import { type Cache, clusterResource, partsOf } from './cache.ts'
import { leavesAlone } from './deletion-policy.ts'
import type { KubeObject } from './kube/api.ts'
import type { Status } from './status.ts'

/** On an object or on its namespace: however many objects are deleted, it may be. */
export const ALLOW_DELETE_ANNOTATION = 'plumbline.dev/allow-delete'

const allowsDelete = ({ metadata }: KubeObject): boolean => metadata.annotations?.[ALLOW_DELETE_ANNOTATION] === 'true'

/** So many deletes at once are no accident, whatever share of a namespace they are. */
const FEW = 5
/** Deletes within this time count together. */
const WINDOW_MS = 10 * 60_000

export interface DeleteGuardOptions {
  readonly cache: Cache
  /** Largest share of what a namespace owns that may be deleted from systems within ten minutes, 0 to 1. */
  readonly maxShare: number
  readonly now: () => number
}

/** Guards against an accident that would take everything of a namespace away. What is retained is nobody's accident. */
export class DeleteGuard {
  readonly #o: DeleteGuardOptions
  readonly #allowed = new Set<string>()
  /** When objects were deleted, by namespace. */
  readonly #deleted = new Map<string, readonly number[]>()

  constructor(options: DeleteGuardOptions) {
    this.#o = options
  }

  /** Notes a namespace; true when what it allows has changed. */
  noteNamespace(namespace: KubeObject): boolean {
    const { name } = namespace.metadata
    const before = this.#allowed.has(name)
    if (allowsDelete(namespace)) this.#allowed.add(name)
    else this.#allowed.delete(name)
    return before !== this.#allowed.has(name)
  }

  /** Throws REFUSED where too much of a namespace would be deleted from its systems. */
  require(object: KubeObject, { metadata: { namespace = '' } }: Resource): void {
    const { maxShare } = this.#o
    if (allowsDelete(object) || this.#allowed.has(namespace)) return
    const deleted = this.#recent(namespace).length
    const { owned, leaving } = this.#count(namespace)
    const [wanted, all] = [leaving + deleted, owned + deleted]
    if (wanted <= FEW || !isAboveShare(wanted, all, maxShare)) return
    throw new PlumblineError(
      'REFUSED',
      `${wanted} of the ${all} objects of the namespace are to be deleted from systems`,
      {
        help: `At most ${percent(maxShare)} are within ten minutes. If that is meant, annotate the namespace with ${ALLOW_DELETE_ANNOTATION}=true; if not, set deletionPolicy: Retain.`,
      },
    )
  }

  /** An object was deleted from its system. */
  note({ metadata: { namespace = '' } }: Resource): void {
    this.#deleted.set(namespace, [...this.#recent(namespace), this.#o.now()])
  }

  #recent(namespace: string): readonly number[] {
    const recent = (this.#deleted.get(namespace) ?? []).filter((at) => this.#o.now() - at < WINDOW_MS)
    if (recent.length === 0) this.#deleted.delete(namespace)
    return recent
  }

  #count(namespace: string): { readonly owned: number; readonly leaving: number } {
    const { cache } = this.#o
    const objects = [...cache.items()]
      .filter((item) => partsOf(item).namespace === namespace)
      .flatMap((item) => {
        const object = cache.get(item)
        return object !== undefined && isOwned(object)
          ? [{ object, resource: clusterResource(partsOf(item).kind, object) }]
          : []
      })
    const leaving = objects.filter(
      ({ object, resource }) => object.metadata.deletionTimestamp !== undefined && !leavesAlone(object, resource),
    )
    return { owned: objects.length, leaving: leaving.length }
  }
}

const isOwned = ({ status }: KubeObject): boolean => {
  const { owned } = (status ?? {}) as Status
  return owned !== undefined && owned.heldBy === undefined
}
