import { randomUUID } from 'node:crypto'
import { typeOf } from '../../controller/cache.ts'
import type { KubeApi, KubeObject, KubeResourceType } from '../../controller/kube/api.ts'
import { SECRETS } from '../../controller/sessions.ts'
import { REQUEST_ANNOTATION, type Status } from '../../controller/status.ts'
import { until } from '../support/kube.ts'

const EVENTS: KubeResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events' }
const FOREVER = new AbortController().signal

/** What a person does in one namespace. */
export class Cluster {
  readonly namespace: string
  readonly #api: KubeApi

  constructor(api: KubeApi, namespace: string) {
    this.#api = api
    this.namespace = namespace
  }

  /** `kubectl apply --server-side` of a document. */
  apply(kind: string, name: string, spec: object, metadata: object = {}): Promise<KubeObject> {
    const object = {
      apiVersion: 'plumbline.dev/v1alpha1',
      kind,
      metadata: { name, namespace: this.namespace, ...metadata },
      spec,
    }
    return this.#api.apply(typeOf(kind), object, { signal: FOREVER, fieldManager: 'person' })
  }

  /** A Connection `runtime` to a Secrets Vault service, with the key for it. */
  async runtime(key: string, endpoint = 'embedded', more: object = {}): Promise<void> {
    await this.secret('runtime', { key })
    const credentials = { apiKey: { fromSecret: { name: 'runtime', key: 'key' } } }
    await this.apply('Connection', 'runtime', { system: 'SecretsVault', endpoint, credentials, ...more })
  }

  tenant(name: string, spec: object = {}, metadata: object = {}): Promise<KubeObject> {
    return this.apply('Tenant', name, { connectionRef: { name: 'runtime' }, displayName: name, ...spec }, metadata)
  }

  async secret(name: string, values: Readonly<Record<string, string>>, metadata: object = {}): Promise<void> {
    await this.#applySecret(name, values, metadata, 'person')
  }

  /** What releases before the label `plumbline.dev/accepts-delivery` did to any Secret that a document named. */
  async overwrite(name: string, values: Readonly<Record<string, string>>, owner: KubeObject): Promise<void> {
    const { name: of, uid = '' } = owner.metadata
    const ownerReferences = [{ apiVersion: owner.apiVersion, kind: owner.kind, name: of, uid }]
    await this.#applySecret(name, values, { ownerReferences }, `plumbline-${uid}`)
  }

  async #applySecret(name: string, values: Readonly<Record<string, string>>, metadata: object, fieldManager: string) {
    const data = Object.entries(values).map(([k, v]) => [k, Buffer.from(v).toString('base64')])
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: this.namespace, ...metadata },
      data: Object.fromEntries(data),
    }
    await this.#api.apply(SECRETS, object, { signal: FOREVER, fieldManager })
  }

  /** The object, or `undefined` when it is not there. */
  async find(kind: string | KubeResourceType, name: string): Promise<KubeObject | undefined> {
    const type = typeof kind === 'string' ? typeOf(kind) : kind
    return this.#api.get(type, this.namespace, name, FOREVER).catch((error: { code?: string }) => {
      if (error.code === 'NOT_FOUND') return undefined
      throw error
    })
  }

  async secretValue(name: string, key: string): Promise<string | undefined> {
    const value = (await this.find(SECRETS, name))?.data?.[key]
    return value && Buffer.from(value, 'base64').toString('utf8')
  }

  deleteSecret(name: string): Promise<unknown> {
    return this.#api.delete(SECRETS, this.namespace, name, FOREVER)
  }

  async owners(secret: string): Promise<readonly unknown[]> {
    const { ownerReferences = [] } = ((await this.find(SECRETS, secret))?.metadata ?? {}) as { ownerReferences?: [] }
    return ownerReferences
  }

  /** Events about an object. */
  async events(name: string): Promise<readonly Event[]> {
    const { items } = await this.#api.list(EVENTS, { limit: 500, signal: FOREVER })
    const mine = items.filter((e) => e.metadata.namespace === this.namespace) as unknown as readonly Event[]
    return mine.filter((e) => e.regarding.name === name)
  }

  async seen(kind: string, name: string): Promise<Seen | undefined> {
    const object = await this.find(kind, name)
    return object && new Seen(object)
  }

  annotate(kind: string, name: string, annotations: Readonly<Record<string, string | null>>): Promise<KubeObject> {
    return this.#api.patch(typeOf(kind), this.#at(name), { metadata: { annotations } }, FOREVER)
  }

  patchSpec(kind: string, name: string, spec: object): Promise<KubeObject> {
    return this.#api.patch(typeOf(kind), this.#at(name), { spec }, FOREVER)
  }

  /** What a person does who wants to be rid of an object at once. */
  forceDelete = async (kind: string, name: string): Promise<void> => {
    await this.#api.patch(typeOf(kind), this.#at(name), { metadata: { finalizers: null } }, FOREVER)
    await this.delete(kind, name)
  }

  async delete(kind: string, name: string): Promise<void> {
    await this.#api.delete(typeOf(kind), this.namespace, name, FOREVER)
  }

  gone(kind: string, name: string): Promise<true> {
    return until(`${kind} ${name} has gone`, async () => (await this.find(kind, name)) === undefined)
  }

  /** Waits until the status of this generation of the object is as wanted; returns it. */
  async status(kind: string, name: string, wanted: (status: Seen) => boolean, what = 'as wanted'): Promise<Seen> {
    let last: Seen | undefined
    const ask = async (): Promise<Seen | false> => {
      const object = await this.find(kind, name)
      last = object && new Seen(object)
      return last?.isCurrent && wanted(last) ? last : false
    }
    return until(`${kind} ${name} is ${what}`, ask).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last?.status)}`)
    })
  }

  ready(kind: string, name: string): Promise<Seen> {
    return this.status(kind, name, (s) => s.is('Ready'), 'ready')
  }

  /** Asks for a reconcile and waits until it was acted on. */
  async reconciled(kind: string, name: string): Promise<Seen> {
    const request = randomUUID()
    await this.annotate(kind, name, { [REQUEST_ANNOTATION]: request })
    return this.status(kind, name, (s) => s.status.lastReconcileRequest === request, 'reconciled as asked')
  }

  #at = (name: string) => ({ namespace: this.namespace, name })
}

interface Event {
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly reportingInstance: string
  readonly regarding: { readonly name: string }
}

/** The status of an object, as a person sees it. */
export class Seen {
  readonly object: KubeObject
  readonly status: Status

  constructor(object: KubeObject) {
    this.object = object
    this.status = (object.status ?? {}) as Status
  }

  /** It is about the object as it is written now. */
  get isCurrent(): boolean {
    return this.status.observedGeneration === this.object.metadata.generation
  }

  condition(type: string) {
    return this.status.conditions?.find((c) => c.type === type)
  }

  is(type: string, reason?: string): boolean {
    const found = this.condition(type)
    return found?.status === 'True' && (reason === undefined || found.reason === reason)
  }
}
