import type { KubeConfig } from '@kubernetes/client-node'
import { HttpMethod, RequestContext } from '@kubernetes/client-node'
import { type Dispatcher, getGlobalDispatcher, request } from 'undici'
import { type Code, PlumblineError } from '../../config/errors.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { within } from '../../reconciler/deadline.ts'
import { type Exchange, type Exchanged, exchange } from '../../reconciler/exchange.ts'
import { poolOf } from './pool.ts'

/** Any object of the API server. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly creationTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
    /** Only in the answer of `getManaged`. */
    readonly managedFields?: readonly ManagedFields[]
  }
  readonly spec?: unknown
  readonly status?: unknown
  readonly data?: Readonly<Record<string, string>>
}

interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** Who wrote which fields: `fieldsV1` of a Secret has `f:data` → `f:<key>`. */
interface ManagedFields {
  readonly manager: string
  readonly fieldsV1?: { readonly 'f:data'?: Readonly<Record<string, unknown>> }
}

export interface KubeList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly KubeObject[]
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } }

/** A resource of the API server, e.g. `{ group: 'plumbline.dev', version: 'v1alpha1', plural: 'tenants' }`. */
export interface KubeResourceType {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Only names, versions and annotations are wanted, e.g. of Secrets: their content never reaches this process. */
  readonly metadataOnly?: true
  /** Only what lies in this namespace is listed and watched. */
  readonly within?: string
}

/** What became of one request; `code` is the HTTP status, or `<error>` when no answer came. */
export interface Sent {
  readonly method: string
  readonly code: string
  readonly host: string
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
  readonly signal: AbortSignal
}

const POOL_LIFE_MS = 10 * 60_000
/** Tokens of service accounts are rotated, with an hour to spare. */
const TOKEN_LIFE_MS = 60_000
const REQUEST_TIMEOUT_MS = 30_000
/** etcd takes objects of 1.5 MiB, and JSON may be longer than what is stored. */
const LONGEST_LINE = 16 * 1024 * 1024
const FIELD_MANAGER = 'plumbline'
const MANAGER = { fieldManager: FIELD_MANAGER }
/** As client-go names a program: name, version, platform. */
const USER_AGENT = `plumbline-controller/${packageFile.version} (${process.platform}/${process.arch})`

const CODES: Readonly<Record<number, Code>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'PLAN_STALE',
  410: 'PLAN_STALE',
  422: 'REJECTED',
  429: 'RATE_LIMITED',
}

/**
 * The few calls that the controller makes, on the connection settings of @kubernetes/client-node. Its own request and
 * watch code is not used: it opens a new connection pool for every request, reopens an idle watch every 30 s and drops
 * lines that it cannot parse without a word.
 */
export class KubeApi {
  readonly #config: KubeConfig
  readonly #now: () => number
  #pool: { readonly value: Dispatcher | undefined; readonly until: number } | undefined
  #headers: { readonly value: Readonly<Record<string, string>>; readonly until: number } | undefined
  /** Told of every request, for the metrics. */
  onSent: (sent: Sent) => void = () => {}

  constructor(config: KubeConfig, now: () => number = Date.now) {
    this.#config = config
    this.#now = now
  }

  get namespace(): string {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace ?? 'default'
  }

  async list(
    type: KubeResourceType,
    options: { limit: number; continue?: string; signal: AbortSignal },
  ): Promise<KubeList> {
    const query = { limit: options.limit, continue: options.continue }
    const accept = type.metadataOnly && 'PartialObjectMetadataList'
    const call: Call = {
      method: 'GET',
      path: pathOf(type, type.within),
      query,
      ...accepting(accept),
      signal: options.signal,
    }
    const page = await this.#json<KubeList>(call)
    // Without objects of the type the metadata form has `items: null`.
    const items = (page.items as KubeList['items'] | null) ?? []
    return { ...page, items: items.map(withoutManagedFields) }
  }

  get(type: KubeResourceType, namespace: string | undefined, name: string, signal: AbortSignal): Promise<KubeObject> {
    return this.#object({ method: 'GET', path: pathOf(type, namespace, name), signal })
  }

  /** Like `get`, and who wrote which field. */
  getManaged(type: KubeResourceType, namespace: string, name: string, signal: AbortSignal): Promise<KubeObject> {
    return this.#json({ method: 'GET', path: pathOf(type, namespace, name), signal })
  }

  create(type: KubeResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const path = pathOf(type, object.metadata.namespace)
    return this.#object({ method: 'POST', path, query: MANAGER, body: object, signal })
  }

  /** Replaces; a `resourceVersion` in the object makes it a compare-and-swap (PLAN_STALE). */
  replace(type: KubeResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const { name, namespace } = object.metadata
    return this.#object({ method: 'PUT', path: pathOf(type, namespace, name), query: MANAGER, body: object, signal })
  }

  delete(type: KubeResourceType, namespace: string | undefined, name: string, signal: AbortSignal): Promise<unknown> {
    return this.#json({ method: 'DELETE', path: pathOf(type, namespace, name), signal })
  }

  /** Server-side apply of the whole object, or of one subresource. */
  apply(type: KubeResourceType, object: KubeObject, options: FieldManagerOptions): Promise<KubeObject> {
    const { name, namespace } = object.metadata
    const path = pathOf(type, namespace, name) + (options.subresource === undefined ? '' : `/${options.subresource}`)
    const query = { fieldManager: options.fieldManager ?? FIELD_MANAGER, force: true }
    return this.#object({
      method: 'PATCH',
      path,
      query,
      body: object,
      contentType: 'application/apply-patch+yaml',
      signal: options.signal,
    })
  }

  /** JSON merge patch (RFC 7396). */
  patch(
    type: KubeResourceType,
    at: { namespace?: string; name: string },
    body: unknown,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const path = pathOf(type, at.namespace, at.name)
    const contentType = 'application/merge-patch+json'
    return this.#object({ method: 'PATCH', path, query: MANAGER, body, contentType, signal })
  }

  /**
   * Watch events from a resource version on. Ends when the server closes the stream; throws PLAN_STALE when the
   * version is too old (410), UNAVAILABLE when the connection is lost, UNEXPECTED_RESPONSE for a line that is no event.
   */
  async *watch(
    type: KubeResourceType,
    from: string,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const query = { watch: true, allowWatchBookmarks: true, resourceVersion: from, timeoutSeconds }
    const accept = accepting(type.metadataOnly && 'PartialObjectMetadata')
    const call: Call = { method: 'GET', path: pathOf(type, type.within), query, ...accept, signal }
    const { status, headers, body } = await this.#send(call, opened)
    if (!isOk(status)) throw failure(status, headers, await body.text())
    try {
      for await (const line of linesOf(body)) if (line !== '') yield eventOf(line)
    } catch (cause) {
      if (cause instanceof PlumblineError) throw cause
      throw new PlumblineError('UNAVAILABLE', `the watch of ${type.plural} broke off`, { cause, retry: 'backoff' })
    }
  }

  async #object(call: Call): Promise<KubeObject> {
    return withoutManagedFields(await this.#json<KubeObject>(call))
  }

  #json<T>(call: Call): Promise<T> {
    return within(REQUEST_TIMEOUT_MS, call.signal, async (signal) => {
      const { status, headers, body } = await this.#send({ ...call, signal }, exchange)
      const text = body.toString('utf8')
      if (!isOk(status)) throw failure(status, headers, text)
      return JSON.parse(text) as T
    })
  }

  async #send<T extends { readonly status: number }>(call: Call, ask: Ask<T>): Promise<T> {
    const { method, path, query } = call
    const url = new URL((this.#config.getCurrentCluster()?.server ?? '').replace(/\/$/, '') + path)
    for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined) url.searchParams.set(k, String(v))
    const answer = await this.#ask(url, call, ask).catch((cause: unknown) => {
      this.onSent({ method, code: '<error>', host: url.host })
      throw new PlumblineError('UNAVAILABLE', 'the API server did not answer', { cause, retry: 'backoff' })
    })
    this.onSent({ method, code: String(answer.status), host: url.host })
    if (answer.status === 401) this.#headers = undefined
    return answer
  }

  async #ask<T>(url: URL, { method, body, contentType, accept, signal }: Call, ask: Ask<T>): Promise<T> {
    const { headers, dispatcher } = await this.#access(url)
    return ask(dispatcher ?? getGlobalDispatcher(), {
      url,
      method,
      signal,
      headers: {
        ...headers,
        'user-agent': USER_AGENT,
        accept: accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  /** A pool of connections is kept for a while; client-node would make one with every set of headers. */
  async #access(url: URL) {
    const now = this.#now()
    if (this.#headers === undefined || this.#headers.until < now) {
      const context = new RequestContext(url.toString(), HttpMethod.GET)
      await this.#config.applySecurityAuthentication(context)
      this.#headers = { value: context.getHeaders(), until: now + TOKEN_LIFE_MS }
      if (this.#pool === undefined || this.#pool.until < now)
        this.#pool = {
          value: await poolOf(this.#config, context.getDispatcher() as Dispatcher),
          until: now + POOL_LIFE_MS,
        }
    }
    return { headers: this.#headers.value, dispatcher: this.#pool?.value }
  }
}

type Ask<T> = (dispatcher: Dispatcher, request: Exchange) => Promise<T>

/** A request whose answer has no end. */
const opened: Ask<Opened> = async (dispatcher, { url, method, body = null, ...rest }) => {
  const answer = await request(url, { ...rest, dispatcher, method: method as Dispatcher.HttpMethod, body })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body }
}

interface Opened extends Omit<Exchanged, 'body'> {
  readonly body: Dispatcher.ResponseData['body']
}

const accepting = (form: string | undefined) =>
  form === undefined ? {} : { accept: `application/json;as=${form};g=meta.k8s.io;v=v1` }

export interface FieldManagerOptions {
  readonly signal: AbortSignal
  readonly subresource?: 'status'
  readonly fieldManager?: string
}

/** `/api/v1/…` for the core group, `/apis/<group>/…` for all others. */
function pathOf({ group, version, plural }: KubeResourceType, namespace?: string, name?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${within}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

/** Whole lines only: what a broken connection left of the last one is dropped, and comes again with the next watch. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new PlumblineError('UNEXPECTED_RESPONSE', 'a line of a watch is too long')
    yield* lines
  }
}

/** What nobody here reads is not kept: it can be larger than the object itself. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  delete (object.metadata as { managedFields?: unknown }).managedFields
  return object
}

function eventOf(line: string): WatchEvent {
  try {
    const event = JSON.parse(line) as WatchEvent
    if (event.type !== 'ERROR') withoutManagedFields(event.object)
    return event
  } catch (cause) {
    throw new PlumblineError('UNEXPECTED_RESPONSE', 'a line of a watch is not JSON', { cause, retry: 'backoff' })
  }
}

const isOk = (status: number): boolean => status >= 200 && status < 300

function failure(status: number, headers: Exchanged['headers'], text: string): PlumblineError {
  const { message, reason } = failureOf(text)
  const code = reason === 'AlreadyExists' ? 'ALREADY_EXISTS' : codeOf(status)
  const after = Number(headers['retry-after'])
  const retry = !PASSING.has(code) ? 'never' : after > 0 ? { afterSeconds: after } : 'backoff'
  return new PlumblineError(code, `the API server answered ${status}: ${message}`, { retry })
}

/** Faults that may be gone the next time; a server that has just started refuses what it allows a moment later. */
const PASSING: ReadonlySet<Code> = new Set([
  'FORBIDDEN',
  'PLAN_STALE',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
])

const codeOf = (status: number): Code => CODES[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'REJECTED')

/** The Status object of an error; proxies answer with other texts. */
function failureOf(text: string): { readonly message: string; readonly reason?: string } {
  try {
    const { message, reason } = JSON.parse(text) as { message?: string; reason?: string }
    return { message: String(message ?? '').slice(0, 500), ...(reason === undefined ? {} : { reason }) }
  } catch {
    return { message: text.slice(0, 200) }
  }
}
