import { PlumblineError } from '../config/errors.ts'
import { dayOf } from '../config/exceptions.ts'
import { isGranted, notGranted } from '../config/grants.ts'
import { connectionOf, referencesOf, targetOf } from '../config/references.ts'
import type { Diagnostic, Resource, Spec } from '../config/resource.ts'
import { exceptionsMeanSomething } from '../config/validate/meaning/exceptions.ts'
import { allowListsHold, ignoredFieldsExist } from '../config/validate/meaning/limits.ts'
import { connectionsAreNamed, referencesAreGranted, systemsMatch } from '../config/validate/meaning/references.ts'
import type { MeaningCheck } from '../config/validate/meaning/world.ts'
import { validateOne } from '../config/validate/validate.ts'
import { type Cache, itemFor } from './cache.ts'
import { isReady, isStalled } from './conditions.ts'
import type { KubeObject } from './kube/api.ts'

/** Checks across documents that the API server cannot make, but that concern one object and what it refers to. */
const CHECKS: readonly MeaningCheck[] = [
  referencesAreGranted,
  connectionsAreNamed,
  systemsMatch,
  ignoredFieldsExist,
  exceptionsMeanSomething,
  allowListsHold,
]

/** What has to hold before anything is read or written for an object. Throws what does not. */
export class Gates {
  readonly #cache: Cache
  readonly #now: () => Date
  readonly #checked = new WeakMap<Spec, readonly Diagnostic[]>()

  constructor(cache: Cache, now: () => Date) {
    this.#cache = cache
    this.#now = now
  }

  /** The object may be looked at: it is valid, and what it refers to is ready. Its Connection. */
  pass(resource: Resource): Resource {
    this.requireReferences(resource)
    this.requireValid(resource)
    const connection = connectionOf(resource, this.#cache)
    if (connection === undefined) throw unresolved('its Connection does not exist')
    return connection
  }

  requireReferences(resource: Resource): void {
    for (const edge of referencesOf(resource)) {
      if (edge.name === undefined) continue
      // First of all: whether something is there is nobody's business without a grant.
      if (!isGranted(edge, resource, this.#cache)) throw unresolved(notGranted(edge, resource, this.#cache))
      const target = targetOf(edge, resource, this.#cache)
      if (target === undefined) throw unresolved(`${edge.kind} ${edge.name} does not exist`)
      if (!mayBeUsed(target, this.#cache.get(itemFor(target))))
        throw unresolved(`${edge.kind} ${edge.name} is not ready`)
    }
  }

  /** The API server checks shape and rules too, by the CRDs that happen to be installed. */
  requireValid(resource: Resource): void {
    const world = { resources: [resource], all: [resource], index: this.#cache, today: dayOf(this.#now()) }
    const found = [...this.#mistakesIn(resource), ...CHECKS.flatMap((check) => check(world))]
    const mistakes = found.filter((d) => d.severity === 'error')
    if (mistakes.length > 0)
      throw new PlumblineError(mistakes[0]?.code ?? 'INVALID_DOCUMENT', mistakes.map(told).join('; '))
  }

  /** Of the document by itself: the same one is checked once, however often it is looked at. */
  #mistakesIn(resource: Resource): readonly Diagnostic[] {
    const known = this.#checked.get(resource.spec)
    if (known !== undefined) return known
    const found = validateOne(resource)
    this.#checked.set(resource.spec, found)
    return found
  }
}

/** Behind a Connection whose credentials were refused each object asks by itself, and so finds out when they are taken again. */
const mayBeUsed = ({ kind }: Resource, object: KubeObject | undefined): boolean =>
  isReady(object) || (kind === 'Connection' && isStalled(object, 'Unauthenticated'))

const told = ({ pointer, message }: Diagnostic): string => (pointer ? `${pointer}: ${message}` : message)

const unresolved = (message: string): PlumblineError => new PlumblineError('UNRESOLVED_REFERENCE', message)
