import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { Controller } from '../../controller/controller.ts'
import { KubeApi, type KubeObject, type KubeResourceType } from '../../controller/kube/api.ts'
import { type ControllerScope, leaseOf } from '../../controller/scope.ts'
import { EVIDENCE } from '../../evidence/log-store.ts'
import { readAdminKey } from '../../identity/directory/data-folder.ts'
import { EMBEDDED_URL, fetchOf } from '../../identity/embedded.ts'
import { ChangeFeed } from '../../identity/platform/audit/changes.ts'
import { openService, type Service } from '../../identity/service.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import { type Kube, startKube, until } from '../support/kube.ts'
import { Cluster } from './cluster.ts'

const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces' }
const FOREVER = new AbortController().signal
/** The real times, but for the pause between two tries, so that nothing waits for a lease that is given back. */
const TIMES = { lease: 15, renew: 10, retry: 0.2 }
/** For faults of the API server that last as long as this machine takes to start one. */
export const PATIENT = { lease: 90, renew: 60, retry: 0.2 }

export interface Running {
  readonly identity: string
  /** Where its metrics and probes are. */
  readonly adminUrl: Promise<string>
  /** What it has logged so far. */
  readonly logged: readonly string[]
  /** The records of what it has written. */
  readonly evidence: readonly string[]
  /** Ends it in good order. */
  stop(): Promise<void>
  /** Resolves or rejects when it has ended. */
  readonly ended: Promise<void>
}

interface Settings {
  readonly api?: KubeApi
  readonly times?: typeof TIMES
  /** Whether it hears of changes in the runtime at once (default: at the drift interval only). */
  readonly follows?: boolean
  /** What it sees and works on (default: everything). */
  readonly scope?: ControllerScope
  /** The controller's own namespace: another release has another one. */
  readonly release?: string
}

/** The identity service that stands for the systems, and the way into it. */
interface Runtime {
  readonly service: Service
  readonly fetch: typeof fetch
  readonly adminKey: string | undefined
}

/** One request to a system. */
export interface Sent {
  /** Identity of the controller that sent it. */
  readonly by: string
  /** `METHOD path` */
  readonly request: string
  readonly body: string
}

/** An API server, the embedded runtime as the systems, and controllers on both. */
export class ControllerWorld {
  readonly kube: Kube
  readonly runtime: Runtime
  readonly #folder: string
  readonly #running = new Set<Running>()
  /** Requests to the systems, as `METHOD path`, also those that did not reach them. */
  readonly requests: string[] = []
  /** Every request that reached the systems, in order. */
  readonly sent: Sent[] = []
  /** While true no request reaches a system. */
  isDown = false
  /** Requests that get lost on their way to a system. */
  isLost: (request: string) => boolean = () => false

  private constructor(kube: Kube, runtime: Runtime, folder: string) {
    this.kube = kube
    this.runtime = runtime
    this.#folder = folder
  }

  /** `dataFolder`: the store of a runtime that others have open, too (default: a new one). */
  static async start(dataFolder?: string): Promise<ControllerWorld> {
    const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'plumbline-controller-')))
    const service = await openService({ store: folder, dataFolder: folder })
    const runtime = { service, fetch: fetchOf(service.app), adminKey: await readAdminKey(folder) }
    const kube = await startKube()
    for (const role of await roles()) await grant(kube, role)
    return new ControllerWorld(kube, runtime, folder)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((r) => r.stop()))
    await this.kube.stop()
    await this.runtime.service.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get running(): readonly Running[] {
    return [...this.#running]
  }

  /** Starts a controller with the rights of config/deploy and on the server itself, unless told otherwise. */
  controller({
    api = new KubeApi(this.kube.configOf('controller')),
    times = TIMES,
    follows = false,
    scope = {},
    release = 'default',
  }: Settings = {}): Running {
    const stop = new AbortController()
    const identity = `controller-${randomUUID()}`
    const { promise: adminUrl, resolve } = Promise.withResolvers<string>()
    const logged: string[] = []
    const evidence: string[] = []
    const controller = new Controller({
      api,
      systems: SYSTEMS,
      embedded: async () => ({ fetch: this.#fetchOf(identity) }),
      ...(follows ? { changes: new ChangeFeed(this.runtime.service.deps) } : {}),
      namespace: release,
      scope,
      identity,
      admin: { host: '127.0.0.1', port: 0 },
      log: (level, message, about) => {
        if (about === EVIDENCE) return void evidence.push(message)
        logged.push(message)
        const listening = /^metrics and probes on (.*)$/.exec(message)
        if (listening?.[1]) resolve(listening[1])
        if (process.env.KUBE_LOG) console.log(level, about ?? '', message)
      },
      signal: stop.signal,
      graceMs: 2_000,
      times,
    })
    const ended = controller.run()
    ended.catch(() => this.#running.delete(running))
    const running: Running = {
      identity,
      adminUrl,
      logged,
      evidence,
      ended,
      stop: async () => {
        this.#running.delete(running)
        stop.abort()
        await ended
      },
    }
    this.#running.add(running)
    return running
  }

  #fetchOf(by: string): typeof fetch {
    return (input, init) => {
      const request = `${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`
      this.requests.push(request)
      if (this.isDown || this.isLost(request)) return Promise.reject(new TypeError('the system is down'))
      if (init?.signal?.aborted) return Promise.reject(init.signal.reason)
      this.sent.push({ by, request, body: String(init?.body ?? '') })
      return this.runtime.fetch(input, init)
    }
  }

  /** A namespace with a Connection `runtime` to the embedded service, and its credentials. */
  async namespace(): Promise<Cluster> {
    const cluster = await this.emptyNamespace()
    await cluster.runtime(this.runtime.adminKey ?? '')
    return cluster
  }

  async emptyNamespace(): Promise<Cluster> {
    return new Cluster(this.kube.admin, await this.kube.namespace())
  }

  /** Every delete that the systems were asked for. A claim that is given back is none: what it is about stays. */
  get deletions(): readonly string[] {
    return this.requests.filter((r) => r.startsWith('DELETE ') && r !== 'DELETE /v1/claims')
  }

  /** What was sent with a request, e.g. `POST /v1/tenants`, so far. */
  bodiesOf(request: string): readonly string[] {
    return this.sent.filter((s) => s.request === request).map((s) => s.body)
  }

  readonly until = async <T>(what: string, ask: () => T | Promise<T>, seconds?: number): Promise<NonNullable<T>> =>
    (await until(what, async () => (await ask()) || undefined, seconds)) as NonNullable<T>

  /** Ages are whole seconds: the next object of the cluster is younger than all there is. */
  aSecondLater(): Promise<boolean> {
    const second = Math.floor(Date.now() / 1_000)
    return this.until('the second is over', async () => Math.floor(Date.now() / 1_000) > second)
  }

  /** What the chart grants for shards and selectors: a Lease for each. */
  async allowLeases(...scopes: readonly ControllerScope[]): Promise<void> {
    const resourceNames = scopes.map((scope) => leaseOf('plumbline-controller', scope))
    const rules = [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames, verbs: ['get', 'update'] },
    ]
    await grant(this.kube, { kind: 'Role', metadata: { name: 'leases' }, ...{ rules } })
  }

  annotateNamespace(name: string, annotations: Readonly<Record<string, string | null>>): Promise<KubeObject> {
    return this.kube.admin.patch(NAMESPACES, { name }, { metadata: { annotations } }, FOREVER)
  }

  /** Calls the embedded service as its administrator, behind everybody's back. */
  call(method: string, path: string, body?: unknown) {
    return this.callWith(this.runtime.adminKey ?? '', method, path, body)
  }

  async callWith(apiKey: string, method: string, path: string, body?: unknown) {
    const answer = await this.runtime.fetch(`${EMBEDDED_URL}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }

  /** Names of the API keys of a tenant, as the system has them. */
  async apiKeysOf(tenant: string): Promise<readonly string[]> {
    const { body } = await this.call('GET', `/v1/api-keys?tenant_id=${tenant}`)
    return (body.api_keys as readonly { readonly name: string }[]).map(({ name }) => name).toSorted()
  }

  /** Changes fields of a tenant behind its document's back. */
  async changeTenant(id: string, change: object): Promise<void> {
    const { body } = await this.call('GET', `/v1/tenants/${id}`)
    const { is_2fa: _, ...writable } = body
    const { status } = await this.call('PUT', `/v1/tenants/${id}`, { ...writable, ...change })
    if (status !== 200) throw new Error(`the tenant could not be changed: ${status}`)
  }
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/** The Role and the ClusterRole that people install. */
async function roles(): Promise<readonly KubeObject[]> {
  const texts = await Promise.all(
    ['role', 'cluster-role'].map((file) =>
      readFile(new URL(`../../config/deploy/${file}.yaml`, import.meta.url), 'utf8'),
    ),
  )
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((d) => d.toJS() as KubeObject))
  return documents.filter((d) => d.kind === 'Role' || d.kind === 'ClusterRole')
}

/** Creates a role, in the namespace `default` where it has one, and gives it to the user `controller`. */
async function grant(kube: Kube, role: KubeObject): Promise<void> {
  const folder = role.kind === 'Role' ? `${RBAC}/namespaces/default/` : `${RBAC}/cluster`
  const { name } = role.metadata
  const subjects = [{ kind: 'User', name: 'controller', apiGroup: 'rbac.authorization.k8s.io' }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name }
  await kube.call('POST', `${folder}roles`, { body: role })
  await kube.call('POST', `${folder}rolebindings`, { body: { metadata: { name }, roleRef, subjects } })
}
