import { setTimeout as delay } from 'node:timers/promises'
import { typeOf } from '../../controller/cache.ts'
import { isReady } from '../../controller/conditions.ts'
import type { KubeObject } from '../../controller/kube/api.ts'
import { ListWatch } from '../../controller/kube/list-watch.ts'
import { systemClock } from '../../reconciler/retry.ts'
import type { BenchCluster } from './cluster.ts'
import { NAMESPACE } from './documents.ts'
import type { ControllerProcess } from './process.ts'

const TENANT = typeOf('Tenant')
/** Between two changes, so that they do not wait for each other. */
const PAUSE_MS = 50
/** Changes between two looks whether the sweep goes on. */
const LOOK = 5

/** Seconds from `kubectl apply` of a changed Tenant to Ready, for one after the other as long as the controller has less than `until` reconciles done. */
export async function changesDuringSweep(
  cluster: BenchCluster,
  controller: ControllerProcess,
  until: number,
): Promise<readonly number[]> {
  const stop = new AbortController()
  const tenants = new Tenants(cluster, stop.signal)
  const names = await tenants.names()
  while ((await controller.reconciles()) === 0) await delay(PAUSE_MS)
  const seconds: number[] = []
  for (let i = 0; i % LOOK !== 0 || (await controller.reconciles()) < until; i += 1) {
    seconds.push(await tenants.change(names[(i * 7) % names.length] ?? '', `changed ${i}`))
    await delay(PAUSE_MS)
  }
  stop.abort()
  return seconds
}

/** All Tenants, as they are reported by a watch. */
export class Tenants {
  readonly #cluster: BenchCluster
  readonly #signal: AbortSignal
  readonly #watch: ListWatch
  #told: (object: KubeObject) => void = () => {}

  constructor(cluster: BenchCluster, signal: AbortSignal) {
    this.#cluster = cluster
    this.#signal = signal
    const handler = { changed: (object: KubeObject) => this.#told(object), gone: () => {} }
    this.#watch = new ListWatch({ api: cluster.kube.admin, type: TENANT, handler, clock: systemClock, signal })
    this.#watch.run()
  }

  async names(): Promise<readonly string[]> {
    await this.#watch.synced
    return [...this.#watch.objects.values()].map((o) => o.metadata.name)
  }

  /** Changes the display name; resolves with the seconds until a watch says that the new version is Ready. */
  async change(name: string, displayName: string): Promise<number> {
    const started = performance.now()
    const ready = new Promise<void>((resolve) => {
      this.#told = (o) => {
        const { displayName: seen } = o.spec as { displayName?: string }
        if (o.metadata.name === name && seen === displayName && isReady(o)) resolve()
      }
    })
    await this.#cluster.kube.admin.patch(
      TENANT,
      { namespace: NAMESPACE, name },
      { spec: { displayName } },
      this.#signal,
    )
    await ready
    return (performance.now() - started) / 1_000
  }
}
