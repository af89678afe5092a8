import { PlumblineError, toPlumblineError } from '../../config/errors.ts'
import type { Clock } from '../../reconciler/retry.ts'
import type { KubeApi, KubeObject, KubeResourceType } from './api.ts'

const LEASES: KubeResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }

export interface ElectionOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly name: string
  /** Unique per process. */
  readonly identity: string
  readonly clock: Clock
  /** Milliseconds of a clock that nobody sets: time since the lease was seen or renewed is measured with it (default: the process's). */
  readonly elapsed?: () => number
  readonly signal: AbortSignal
  /** Told of every try that failed for another reason than that somebody else leads. */
  readonly onFault: (error: PlumblineError) => void
  /** Seconds; the values of controller-runtime are 15, 10 and 2. */
  readonly times?: { readonly lease: number; readonly renew: number; readonly retry: number }
}

interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/**
 * Leader election on a Lease (coordination.k8s.io/v1) with the rules of client-go: a candidate takes the lease only
 * after it has itself watched it unchanged for the lease's duration, so clocks of machines need not agree.
 */
export class Election {
  readonly #o: ElectionOptions
  readonly #elapsed: () => number
  readonly #times: { readonly lease: number; readonly renew: number; readonly retry: number }
  /** A lease of somebody else, and when it is free unless it changes before. */
  #seen: { readonly version: string; readonly freeAt: number } | undefined
  /** This process itself has written its name into the lease. */
  #isMine = false

  constructor(options: ElectionOptions) {
    this.#o = options
    this.#elapsed = options.elapsed ?? (() => performance.now())
    this.#times = options.times ?? { lease: 15, renew: 10, retry: 2 }
  }

  /** Resolves when this process holds the lease; rejects only when the signal aborts. */
  async acquire(): Promise<void> {
    for (;;) {
      this.#o.signal.throwIfAborted()
      if ((await this.#attempt()) === 'held') return
      await this.#pause()
    }
  }

  /**
   * Keeps the lease. Resolves when the signal aborts (after giving the lease back), throws CONFLICT when it could not
   * be renewed in time, and as soon as another name stands in it: the process must end, because another one may lead.
   */
  async hold(): Promise<void> {
    let renewed = this.#elapsed()
    while (!this.#o.signal.aborted) {
      await this.#pause().catch(() => undefined)
      if (this.#o.signal.aborted) break
      const result = await this.#attempt()
      if (result === 'held') renewed = this.#elapsed()
      else if (result === 'taken' || this.#elapsed() - renewed > this.#times.renew * 1_000) {
        throw new PlumblineError('CONFLICT', 'the lease was lost; this process must not go on')
      }
    }
    await this.#release()
  }

  /** Until the next try: a lease that nobody renews is taken as soon as it is free, and not a whole pause later. */
  #pause(): Promise<void> {
    const { clock, signal } = this.#o
    const usual = this.#times.retry * 1_000 * (1 + clock.random() / 5)
    const untilFree = (this.#seen?.freeAt ?? Number.POSITIVE_INFINITY) - this.#elapsed()
    return clock.sleep(untilFree > 0 ? Math.min(usual, untilFree) : usual, signal)
  }

  /**
   * One try to take or renew. Every fault of the server counts as a failed try, a refusal too: a server that has just
   * started refuses what its roles allow a moment later.
   */
  async #attempt(): Promise<'held' | 'taken' | 'failed'> {
    const signal = AbortSignal.any([this.#o.signal, AbortSignal.timeout(this.#times.renew * 500)])
    try {
      return (await this.#takeOrRenew(signal)) ? 'held' : 'taken'
    } catch (thrown) {
      if (!this.#o.signal.aborted) this.#o.onFault(toPlumblineError(thrown))
      return 'failed'
    }
  }

  /** False while the lease is somebody else's. */
  async #takeOrRenew(signal: AbortSignal): Promise<boolean> {
    const { api, namespace, name } = this.#o
    const found = await absentIfNotFound(api.get(LEASES, namespace, name, signal))
    const spec = (found?.spec ?? {}) as LeaseSpec
    if (found === undefined) await api.create(LEASES, this.#lease({}), signal)
    else if (!this.#isFree(found, spec)) return false
    else await api.replace(LEASES, this.#lease(spec, found.metadata.resourceVersion), signal)
    this.#isMine = true
    return true
  }

  /** Our name that somebody else has written is not ours yet: who held the lease before may not know so far. */
  #isFree(lease: KubeObject, spec: LeaseSpec): boolean {
    if (!spec.holderIdentity || (this.#isMine && spec.holderIdentity === this.#o.identity)) return true
    if (this.#isMine) return false
    const version = lease.metadata.resourceVersion ?? ''
    const now = this.#elapsed()
    const freeAt = now + (spec.leaseDurationSeconds ?? this.#times.lease) * 1_000
    if (this.#seen?.version !== version) this.#seen = { version, freeAt }
    return now >= this.#seen.freeAt
  }

  #lease(old: LeaseSpec, resourceVersion?: string): KubeObject {
    const { namespace, name, identity, clock } = this.#o
    const now = microTime(clock.now())
    const mine = old.holderIdentity === identity
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: this.#times.lease,
        acquireTime: mine ? old.acquireTime : now,
        renewTime: now,
        leaseTransitions: (old.leaseTransitions ?? 0) + (mine || !old.holderIdentity ? 0 : 1),
      },
    }
  }

  /** Gives the lease back, so that a successor need not wait. */
  async #release(): Promise<void> {
    const { api, namespace, name, identity } = this.#o
    const signal = AbortSignal.timeout(2_000)
    const found = await absentIfNotFound(api.get(LEASES, namespace, name, signal)).catch(() => undefined)
    const spec = found?.spec as LeaseSpec | undefined
    if (found === undefined || spec?.holderIdentity !== identity) return
    const free = { ...found, spec: { ...spec, holderIdentity: '', leaseDurationSeconds: 1 } }
    await api.replace(LEASES, free, signal).catch(() => undefined)
  }
}

/** Kubernetes MicroTime. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

async function absentIfNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (thrown) {
    if (toPlumblineError(thrown).code === 'NOT_FOUND') return undefined
    throw thrown
  }
}
