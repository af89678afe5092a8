import { PlumblineError, toPlumblineError } from '../../config/errors.ts'
import type { Clock } from '../../reconciler/retry.ts'
import type { KubeApi, KubeObject, ResourceType } from './api.ts'

const LEASES: ResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }

export interface ElectionOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly name: string
  /** Unique per process. */
  readonly identity: string
  readonly clock: Clock
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
  readonly #times: { readonly lease: number; readonly renew: number; readonly retry: number }
  #seen: { readonly version: string; readonly at: number } | undefined

  constructor(options: ElectionOptions) {
    this.#o = options
    this.#times = options.times ?? { lease: 15, renew: 10, retry: 2 }
  }

  /** Resolves when this process holds the lease; rejects only when the signal aborts. */
  async acquire(): Promise<void> {
    for (;;) {
      this.#o.signal.throwIfAborted()
      if (await this.#attempt()) return
      await this.#pause()
    }
  }

  /**
   * Keeps the lease. Resolves when the signal aborts (after giving the lease back), throws CONFLICT when it could not
   * be renewed in time: the process must end, because another one may lead by now.
   */
  async hold(): Promise<void> {
    let renewed = this.#o.clock.now()
    while (!this.#o.signal.aborted) {
      await this.#pause().catch(() => undefined)
      if (this.#o.signal.aborted) break
      if (await this.#attempt()) renewed = this.#o.clock.now()
      else if (this.#o.clock.now() - renewed > this.#times.renew * 1_000) {
        throw new PlumblineError('CONFLICT', 'the lease was lost; this process must not go on')
      }
    }
    await this.#release()
  }

  #pause(): Promise<void> {
    const { clock, signal } = this.#o
    return clock.sleep(this.#times.retry * 1_000 * (1 + clock.random() / 5), signal)
  }

  /**
   * One try to take or renew. Every fault of the server counts as a failed try, a refusal too: a server that has just
   * started refuses what its roles allow a moment later.
   */
  async #attempt(): Promise<boolean> {
    const signal = AbortSignal.any([this.#o.signal, AbortSignal.timeout(this.#times.renew * 500)])
    try {
      return await this.#takeOrRenew(signal)
    } catch (thrown) {
      this.#o.onFault(toPlumblineError(thrown))
      return false
    }
  }

  async #takeOrRenew(signal: AbortSignal): Promise<boolean> {
    const { api, namespace, name } = this.#o
    const found = await absentIfNotFound(api.get(LEASES, namespace, name, signal))
    if (found === undefined) {
      await api.create(LEASES, this.#lease({}), signal)
      return true
    }
    const spec = (found.spec ?? {}) as LeaseSpec
    if (!this.#isFree(found, spec)) return false
    const { resourceVersion } = found.metadata
    await api.replace(LEASES, this.#lease(spec, resourceVersion), signal)
    return true
  }

  #isFree(lease: KubeObject, spec: LeaseSpec): boolean {
    if (!spec.holderIdentity || spec.holderIdentity === this.#o.identity) return true
    const version = lease.metadata.resourceVersion ?? ''
    const now = this.#o.clock.now()
    if (this.#seen?.version !== version) this.#seen = { version, at: now }
    return now - this.#seen.at > (spec.leaseDurationSeconds ?? this.#times.lease) * 1_000
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
