import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { typeOf } from '../../controller/cache.ts'
import { isReady } from '../../controller/conditions.ts'
import type { KubeObject, KubeResourceType } from '../../controller/kube/api.ts'
import { SECRETS } from '../../controller/sessions.ts'
import { type Kube, startKube } from '../../tests/support/kube.ts'
import { NAMESPACE, secretsOf } from './documents.ts'
import type { Opened } from './service.ts'

const SERVICE = fileURLToPath(new URL('service.ts', import.meta.url))
const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces' }
const FOREVER = new AbortController().signal
const WRITERS = 32
const PAGE = 500

/** A real API server, the identity service in a process of its own, and the objects of one run. Always fresh, so that all runs start alike. */
export class BenchCluster {
  readonly kube: Kube
  readonly system: Opened
  readonly folder: string
  readonly #service: ChildProcess

  private constructor(kube: Kube, system: Opened, folder: string, service: ChildProcess) {
    this.kube = kube
    this.system = system
    this.folder = folder
    this.#service = service
  }

  static async start(): Promise<BenchCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'))
    const service = fork(SERVICE, [join(folder, 'data')], { execArgv: ['--import', 'tsx'] })
    const [system] = (await once(service, 'message')) as [Opened]
    const kube = await startKube()
    await writeFile(join(folder, 'kubeconfig'), kube.configOf('admin').exportConfig(), { mode: 0o600 })
    await kube.admin.create(NAMESPACES, { metadata: { name: NAMESPACE } }, FOREVER)
    const cluster = new BenchCluster(kube, system, folder, service)
    await kube.admin.create(SECRETS, secretsOf(system), FOREVER)
    return cluster
  }

  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig')
  }

  async create(objects: readonly KubeObject[]): Promise<void> {
    const limit = pLimit(WRITERS)
    const made = objects.map((o) => limit(() => this.kube.admin.create(typeOf(o.kind ?? ''), o, FOREVER)))
    await Promise.all(made)
  }

  /** Requests that the system has had so far. */
  async systemRequests(): Promise<number> {
    this.#service.send('')
    const [count] = (await once(this.#service, 'message')) as [number]
    return count
  }

  /** Objects of some kinds that are not Ready: how many, by what they say. */
  async notReady(kinds: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const reasons = new Map<string, number>()
    for (const name of kinds)
      for await (const object of this.#all(name)) {
        if (isReady(object)) continue
        const why = `${name}: ${whyOf(object)}`
        reasons.set(why, (reasons.get(why) ?? 0) + 1)
      }
    return reasons
  }

  async *#all(kind: string): AsyncGenerator<KubeObject> {
    for (let more: string | undefined = ''; more !== undefined; ) {
      const page = await this.kube.admin.list(typeOf(kind), {
        limit: PAGE,
        ...(more && { continue: more }),
        signal: FOREVER,
      })
      yield* page.items
      more = page.metadata.continue || undefined
    }
  }

  async stop(): Promise<void> {
    const closed = once(this.#service, 'close')
    this.#service.kill('SIGKILL')
    await closed
    await this.kube.end()
    await rm(this.folder, { recursive: true, force: true })
  }
}

function whyOf({ status }: KubeObject): string {
  const { conditions = [] } = (status ?? {}) as {
    conditions?: readonly { type: string; reason: string; message: string }[]
  }
  const ready = conditions.find((c) => c.type === 'Ready')
  return ready === undefined ? 'nobody has looked' : `${ready.reason}: ${ready.message}`
}
