import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { KubeConfig } from '@kubernetes/client-node'
import { HttpMethod, RequestContext } from '@kubernetes/client-node'
import { type Dispatcher, fetch } from 'undici'
import { type Code, PlumblineError } from '../../config/errors.ts'

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
  }
  readonly spec?: unknown
  readonly status?: unknown
  readonly data?: Readonly<Record<string, string>>
}

export interface KubeList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly KubeObject[]
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } }

/** A resource of the API server, e.g. `{ group: 'plumbline.dev', version: 'v1alpha1', plural: 'tenants' }`. */
export interface ResourceType {
  readonly group: string
  readonly version: string
  readonly plural: string
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  readonly signal: AbortSignal
}

const CONNECTION_LIFE_MS = 10 * 60_000
const REQUEST_TIMEOUT_MS = 30_000
export const FIELD_MANAGER = 'plumbline'

const CODES: Readonly<Record<number, Code>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
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
  #dispatcher: { readonly value: Dispatcher; readonly until: number } | undefined
  /** Requests sent so far, for the metrics. */
  requests = 0

  constructor(config: KubeConfig, now: () => number = Date.now) {
    this.#config = config
    this.#now = now
  }

  get namespace(): string {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace ?? 'default'
  }

  list(type: ResourceType, options: { limit: number; continue?: string; signal: AbortSignal }): Promise<KubeList> {
    const query = { limit: options.limit, continue: options.continue }
    return this.#json({ method: 'GET', path: pathOf(type), query, signal: options.signal })
  }

  get(type: ResourceType, namespace: string | undefined, name: string, signal: AbortSignal): Promise<KubeObject> {
    return this.#json({ method: 'GET', path: pathOf(type, namespace, name), signal })
  }

  create(type: ResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    return this.#json({ method: 'POST', path: pathOf(type, object.metadata.namespace), body: object, signal })
  }

  /** Replaces; a `resourceVersion` in the object makes it a compare-and-swap (CONFLICT). */
  replace(type: ResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const { name, namespace } = object.metadata
    return this.#json({ method: 'PUT', path: pathOf(type, namespace, name), body: object, signal })
  }

  delete(type: ResourceType, namespace: string | undefined, name: string, signal: AbortSignal): Promise<unknown> {
    return this.#json({ method: 'DELETE', path: pathOf(type, namespace, name), signal })
  }

  /** Server-side apply of the whole object, or of one subresource. */
  apply(type: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const { name, namespace } = object.metadata
    const path = pathOf(type, namespace, name) + (options.subresource === undefined ? '' : `/${options.subresource}`)
    const query = { fieldManager: options.fieldManager ?? FIELD_MANAGER, force: true }
    return this.#json({
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
    type: ResourceType,
    at: { namespace?: string; name: string },
    body: unknown,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const path = pathOf(type, at.namespace, at.name)
    return this.#json({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json', signal })
  }

  /**
   * Watch events from a resource version on. Ends when the server closes the stream; throws PLAN_STALE when the
   * version is too old (410), UNAVAILABLE when the connection is lost, UNEXPECTED_RESPONSE for a line that is no event.
   */
  async *watch(
    type: ResourceType,
    from: string,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const query = { watch: true, allowWatchBookmarks: true, resourceVersion: from, timeoutSeconds }
    const response = await this.#send({ method: 'GET', path: pathOf(type), query, signal })
    if (!response.ok || response.body === null) throw await failure(response)
    const lines = createInterface({ input: Readable.fromWeb(response.body), crlfDelay: Number.POSITIVE_INFINITY })
    try {
      for await (const line of lines) if (line !== '') yield eventOf(line)
    } catch (cause) {
      if (cause instanceof PlumblineError) throw cause
      throw new PlumblineError('UNAVAILABLE', `the watch of ${type.plural} broke off`, { cause, retry: 'backoff' })
    } finally {
      lines.close()
    }
  }

  async #json<T>(call: Call): Promise<T> {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)])
    const response = await this.#send({ ...call, signal })
    if (!response.ok) throw await failure(response)
    return (await response.json()) as T
  }

  async #send({ method, path, query, body, contentType, signal }: Call) {
    const url = new URL((this.#config.getCurrentCluster()?.server ?? '').replace(/\/$/, '') + path)
    for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined) url.searchParams.set(k, String(v))
    const { headers, dispatcher } = await this.#access(url)
    this.requests += 1
    try {
      return await fetch(url, {
        method,
        signal,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        },
        ...(dispatcher === undefined ? {} : { dispatcher }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new PlumblineError('UNAVAILABLE', 'the API server did not answer', { cause, retry: 'backoff' })
    }
  }

  /** Tokens may be rotated, so headers are asked for each time; the connection pool is kept for a while. */
  async #access(url: URL) {
    const context = new RequestContext(url.toString(), HttpMethod.GET)
    await this.#config.applySecurityAuthentication(context)
    if (this.#dispatcher === undefined || this.#dispatcher.until < this.#now()) {
      const value = context.getDispatcher() as Dispatcher | undefined
      this.#dispatcher = value && { value, until: this.#now() + CONNECTION_LIFE_MS }
    }
    return { headers: context.getHeaders(), dispatcher: this.#dispatcher?.value }
  }
}

export interface ApplyOptions {
  readonly signal: AbortSignal
  readonly subresource?: 'status'
  readonly fieldManager?: string
}

/** `/api/v1/…` for the core group, `/apis/<group>/…` for all others. */
function pathOf({ group, version, plural }: ResourceType, namespace?: string, name?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${within}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

function eventOf(line: string): WatchEvent {
  try {
    return JSON.parse(line) as WatchEvent
  } catch (cause) {
    throw new PlumblineError('UNEXPECTED_RESPONSE', 'a line of a watch is not JSON', { cause, retry: 'backoff' })
  }
}

async function failure(response: {
  readonly status: number
  text(): Promise<string>
  readonly headers: { get(name: string): string | null }
}) {
  const code = CODES[response.status] ?? (response.status >= 500 ? 'UNAVAILABLE' : 'REJECTED')
  const after = Number(response.headers.get('retry-after'))
  const waits = code === 'RATE_LIMITED' || code === 'UNAVAILABLE'
  const retry = !waits ? 'never' : after > 0 ? { afterSeconds: after } : 'backoff'
  return new PlumblineError(code, `the API server answered ${response.status}: ${messageOf(await response.text())}`, {
    retry,
  })
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: string }).message ?? '').slice(0, 500)
  } catch {
    return text.slice(0, 200)
  }
}
