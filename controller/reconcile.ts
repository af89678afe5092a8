import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import { connectionOf, referencesOf, targetOf } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { type Facts, factsOf } from '../reconciler/facts.ts'
import type { Entry, Step } from '../reconciler/model.ts'
import type { Context, Deliveries } from '../reconciler/observe.ts'
import { driftOf, reconcileOne } from '../reconciler/one.ts'
import { release } from '../reconciler/removal.ts'
import { ruleCheck } from '../reconciler/rules.ts'
import { type Cache, type Item, itemOf, partsOf, resourceOf, typeOf } from './cache.ts'
import type { Verdict } from './conditions.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import type { Sessions } from './sessions.ts'
import { contestedPaths, driftItems, nextCorrections, nextStatus, type Status, type StatusInput } from './status.ts'

export const FINALIZER = 'plumbline.dev/finalizer'
export const REQUEST_ANNOTATION = 'plumbline.dev/reconcile-request'
export const PAUSE_ANNOTATION = 'plumbline.dev/paused'

/** When to look at an object again. */
export type Next =
  | { readonly after: 'nothing' }
  | { readonly after: 'drift'; readonly seconds: number }
  | { readonly after: 'retry'; readonly seconds?: number }

export interface ReconcilerOptions {
  readonly api: KubeApi
  readonly cache: Cache
  readonly sessions: Sessions
  readonly deliveries: (namespace: string) => Deliveries
  readonly fingerprintKey: string
  readonly now: () => Date
  readonly signal: AbortSignal
  /** Told of what was done, for events and metrics. */
  readonly onOutcome: (object: KubeObject, outcome: { readonly step?: Step; readonly error?: PlumblineError }) => void
}

const DEFAULT_INTERVAL_SECONDS = 300
const UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

/** Brings one object of the cluster in step with its system, and writes its status once. */
export class Reconciler {
  readonly #o: ReconcilerOptions

  constructor(options: ReconcilerOptions) {
    this.#o = options
  }

  async reconcile(item: Item): Promise<Next> {
    const { kind } = partsOf(item)
    const object = this.#o.cache.get(item)
    if (object === undefined) return { after: 'nothing' }
    const resource = resourceOf(kind, object)
    if (object.metadata.deletionTimestamp !== undefined) return this.#finalize(object, resource)
    if (isPaused(object)) return this.#write(object, resource, pausedInput(object), { after: 'nothing' })
    if (kindOf(kind)?.system === undefined) return this.#accept(object, resource)
    if (!object.metadata.finalizers?.includes(FINALIZER)) await this.#addFinalizer(object, resource)
    return this.#converge(object, resource)
  }

  /** A Connection: it is good when its credentials are there. */
  async #accept(object: KubeObject, resource: Resource): Promise<Next> {
    try {
      await this.#o.sessions.of(resource).connection(resource.metadata.name, resource.metadata.namespace)
      return await this.#write(object, resource, { ...generationOf(object), verdicts: READY }, { after: 'nothing' })
    } catch (thrown) {
      return this.#fail(object, resource, toPlumblineError(thrown))
    }
  }

  async #converge(object: KubeObject, resource: Resource): Promise<Next> {
    try {
      const status = (object.status ?? {}) as Status
      this.#requireReferences(resource)
      const facts = this.#facts(resource, status)
      const ledger = this.#ledger(object, resource, status.owned)
      const { step, entry } = await reconcileOne(facts, ledger, this.#context(resource), ruleCheck)
      const input = await this.#success(object, status, { facts, step, entry })
      this.#o.onOutcome(object, { step })
      return await this.#write(object, resource, input, { after: 'drift', seconds: intervalOf(resource) })
    } catch (thrown) {
      return this.#fail(object, resource, toPlumblineError(thrown))
    }
  }

  /** Contested fields are left alone: they count as ignored until the document changes. */
  #facts(resource: Resource, status: Status): Facts {
    const facts = factsOf(resource, this.#o.cache, status.owned)
    const contested =
      resource.metadata.generation === status.observedGeneration ? contestedPaths(status.corrections ?? []) : []
    if (contested.length === 0) return facts
    return { ...facts, steering: { ...facts.steering, ignore: [...facts.steering.ignore, ...contested] } }
  }

  #requireReferences(resource: Resource): void {
    for (const edge of referencesOf(resource)) {
      if (edge.name === undefined) continue
      const target = targetOf(edge, resource, this.#o.cache)
      if (target === undefined) throw unresolved(`${edge.kind} ${edge.name} is not there`)
      if (!isReady(this.#o.cache.get(itemFor(target)))) throw unresolved(`${edge.kind} ${edge.name} is not ready`)
    }
  }

  #context(resource: Resource): Context {
    const connection = connectionOf(resource, this.#o.cache)
    if (connection === undefined) throw unresolved('its Connection is not there')
    const { deliveries, fingerprintKey, signal, sessions } = this.#o
    return {
      runtime: sessions.of(connection),
      deliveries: deliveries(resource.metadata.namespace ?? ''),
      fingerprintKey,
      signal,
    }
  }

  /** The inventory of one object is its status. The intent of a create is written before the create is sent. */
  #ledger(object: KubeObject, resource: Resource, owned: Entry | undefined) {
    const entries = new Map(owned === undefined ? [] : [[owned.address, owned]])
    return {
      entries,
      put: async (entry: Entry) => {
        if (entry.id === undefined)
          await this.#writeStatus(object, resource, { ...((object.status ?? {}) as Status), owned: entry })
        entries.set(entry.address, entry)
      },
      drop: async (address: string) => void entries.delete(address),
      finalizeDue: async () => {},
    }
  }

  async #success(
    object: KubeObject,
    status: Status,
    done: { facts: Facts; step: Step; entry: Entry },
  ): Promise<StatusInput> {
    const { step, entry, facts } = done
    const now = this.#o.now()
    const corrections = nextCorrections(status.corrections ?? [], step)
    const contested = await this.#contestedDrift(facts, entry, contestedPaths(corrections))
    const reported = step.action === 'report' ? step.changes : []
    const drift = [
      ...driftItems(reported, 'Reported', status.drift ?? [], now),
      ...driftItems(contested, 'Contested', status.drift ?? [], now),
    ]
    const request = object.metadata.annotations?.[REQUEST_ANNOTATION]
    return {
      ...generationOf(object),
      verdicts: { ...READY, Drifted: driftVerdict(drift.length, contested.length) },
      ...(facts.kind.system === undefined ? {} : { system: facts.kind.system }),
      owned: entry,
      drift,
      corrections,
      ...(request === undefined ? {} : { request }),
      ...(step.changes.length > 0 && step.action !== 'report' ? { history: historyOf(step, object, now) } : {}),
    }
  }

  async #contestedDrift(facts: Facts, entry: Entry, contested: readonly string[]) {
    if (contested.length === 0) return []
    const ignore = facts.steering.ignore.filter((p) => !contested.includes(p))
    const open = { ...facts, steering: { ...facts.steering, ignore } }
    const found = await driftOf(open, entry, this.#context(facts.resource))
    return found?.changes.filter((c) => contested.includes(c.path)) ?? []
  }

  async #fail(object: KubeObject, resource: Resource, error: PlumblineError): Promise<Next> {
    this.#o.onOutcome(object, { error })
    const unresolved = error.code === 'UNRESOLVED_REFERENCE'
    const terminal = error.retry === 'never' && !unresolved
    const verdict: Verdict = {
      status: 'False',
      reason: reasonOf(error),
      message: error.help ? `${error.message} ${error.help}` : error.message,
    }
    const input: StatusInput = {
      ...generationOf(object),
      verdicts: {
        Ready: verdict,
        Synced: verdict,
        ReferencesResolved: unresolved ? verdict : RESOLVED,
        ...(terminal ? { Stalled: { ...verdict, status: 'True' } } : { Reconciling: { ...verdict, status: 'True' } }),
      },
    }
    // What waits for a reference is woken by it; a terminal error is looked at again at the drift interval.
    if (unresolved) return this.#write(object, resource, input, { after: 'nothing' })
    if (terminal) return this.#write(object, resource, input, { after: 'drift', seconds: intervalOf(resource) })
    const seconds = typeof error.retry === 'object' ? error.retry.afterSeconds : undefined
    return this.#write(object, resource, input, { after: 'retry', ...(seconds === undefined ? {} : { seconds }) })
  }

  /** Deletion: the finalizer leaves only after a confirmed delete, or when the object is to be kept. */
  async #finalize(object: KubeObject, resource: Resource): Promise<Next> {
    if (!object.metadata.finalizers?.includes(FINALIZER)) return { after: 'nothing' }
    try {
      const { owned } = (object.status ?? {}) as Status
      if (owned !== undefined) await this.#release(resource, owned)
      const finalizers = object.metadata.finalizers.filter((f) => f !== FINALIZER)
      await this.#patchMetadata(object, resource, { finalizers })
      return { after: 'nothing' }
    } catch (thrown) {
      const error = toPlumblineError(thrown)
      if (error.code === 'NOT_FOUND') return { after: 'nothing' }
      await this.#fail(object, resource, error)
      return { after: 'retry' }
    }
  }

  async #release(resource: Resource, owned: Entry): Promise<void> {
    const deletionPolicy = (resource.spec.deletionPolicy as Entry['deletionPolicy'] | undefined) ?? 'Retain'
    if (deletionPolicy === 'Retain') return
    const ignored = { put: async () => {}, drop: async () => {} }
    await release({ ...owned, deletionPolicy }, this.#context(resource), ignored)
  }

  #addFinalizer(object: KubeObject, resource: Resource): Promise<void> {
    return this.#patchMetadata(object, resource, { finalizers: [...(object.metadata.finalizers ?? []), FINALIZER] })
  }

  async #patchMetadata(object: KubeObject, { kind, metadata }: Resource, change: object): Promise<void> {
    const body = { metadata: { ...change, resourceVersion: object.metadata.resourceVersion } }
    const patched = await this.#o.api.patch(typeOf(kind), metadata, body, this.#o.signal)
    this.#o.cache.put(kind, patched)
  }

  async #write(object: KubeObject, resource: Resource, input: StatusInput, next: Next): Promise<Next> {
    const old = (object.status ?? {}) as Status
    const status = nextStatus(old, input, this.#o.now())
    if (JSON.stringify(status) !== JSON.stringify(old)) await this.#writeStatus(object, resource, status)
    return next
  }

  async #writeStatus(object: KubeObject, { apiVersion, kind, metadata }: Resource, status: Status): Promise<void> {
    const { name, namespace } = metadata
    const body = {
      apiVersion,
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid: object.metadata.uid },
      status,
    }
    const written = await this.#o.api.apply(typeOf(kind), body as KubeObject, {
      signal: this.#o.signal,
      subresource: 'status',
    })
    this.#o.cache.put(kind, written)
  }
}

const itemFor = ({ kind, metadata }: Resource): Item => itemOf(kind, metadata.namespace ?? '', metadata.name)

const generationOf = (object: KubeObject) => ({ generation: object.metadata.generation ?? 0 })

const isPaused = (object: KubeObject): boolean => object.metadata.annotations?.[PAUSE_ANNOTATION] === 'true'

export function isReady(object: KubeObject | undefined): boolean {
  const status = (object?.status ?? {}) as Status
  const ready = status.conditions?.find((c) => c.type === 'Ready')
  return ready?.status === 'True' && ready.observedGeneration === object?.metadata.generation
}

const RESOLVED: Verdict = { status: 'True', reason: 'Resolved', message: 'every reference leads to a ready object' }
const READY: StatusInput['verdicts'] = {
  Ready: { status: 'True', reason: 'Reconciled', message: 'the system is as the document says' },
  Synced: { status: 'True', reason: 'Reconciled', message: 'written and read back' },
  ReferencesResolved: RESOLVED,
}

const pausedInput = (object: KubeObject): StatusInput => ({
  ...generationOf(object),
  verdicts: {
    Synced: { status: 'Unknown', reason: 'Paused', message: `paused by the annotation ${PAUSE_ANNOTATION}` },
  },
})

const driftVerdict = (count: number, contested: number): Verdict =>
  count === 0
    ? { status: 'False', reason: 'InSync', message: 'no difference' }
    : {
        status: 'True',
        reason: contested > 0 ? 'Contested' : 'Reported',
        message:
          contested > 0
            ? `${contested} fields were corrected again and again and are left alone now`
            : `${count} fields differ`,
      }

const unresolved = (message: string): PlumblineError => new PlumblineError('UNRESOLVED_REFERENCE', message)

/** `UNRESOLVED_REFERENCE` → `UnresolvedReference`, as reasons are written. */
const reasonOf = ({ code }: PlumblineError): string =>
  code.toLowerCase().replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

function intervalOf(resource: Resource): number {
  const text = (resource.spec.drift as { interval?: string } | undefined)?.interval
  const match = /^(\d+)([smh])$/.exec(text ?? '')
  return match ? Number(match[1]) * (UNIT[match[2] ?? ''] ?? 1) : DEFAULT_INTERVAL_SECONDS
}

const historyOf = (step: Step, object: KubeObject, now: Date) => ({
  at: now.toISOString(),
  action: step.drift ? 'correct' : step.action,
  generation: object.metadata.generation ?? 0,
  outcome: 'done',
  paths: step.changes.slice(0, 50).map((c) => c.path),
})
