import type { FastifyInstance, HTTPMethods } from 'fastify'
import { readAdminKey } from './directory/data-folder.ts'
import { openService, type ServiceOptions } from './service.ts'

/** Base URL of the in-process endpoint; only its path reaches the routes. */
export const EMBEDDED_URL = 'http://embedded.invalid'

export interface Embedded {
  /** Same routes as over HTTP. Requests to another origin than `EMBEDDED_URL` are refused. */
  readonly fetch: typeof fetch
  /** The clear administrator key, when `dataFolder` holds it. */
  readonly adminKey: string | undefined
  close(): Promise<void>
}

/** Opens the runtime in this process, without a socket. Throws as `openService` does. */
export async function openEmbedded(options: ServiceOptions): Promise<Embedded> {
  const service = await openService(options)
  return {
    fetch: fetchOf(service.app),
    adminKey: await readAdminKey(options.dataFolder),
    close: () => service.close(),
  }
}

const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304])

/** A `fetch` that reaches the routes of an application in this process. */
export function fetchOf(app: FastifyInstance): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { origin, pathname, search } = new URL(request.url)
    if (origin !== EMBEDDED_URL) throw new TypeError(`the embedded endpoint serves ${EMBEDDED_URL} only`)
    const body = request.body === null ? {} : { payload: Buffer.from(await request.arrayBuffer()) }
    request.signal.throwIfAborted()
    const asked = app.inject({
      method: request.method as HTTPMethods,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      ...body,
    })
    const answer = await unlessAborted(asked, request.signal)
    const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value].flat().map((v): [string, string] => [name, String(v)]),
    )
    const content = BODYLESS.has(answer.statusCode) ? null : new Uint8Array(answer.rawPayload)
    return new Response(content, { status: answer.statusCode, headers })
  }
}

/** Rejects as soon as the signal aborts. What was asked for goes on, as on a server whose client has left. */
function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const giveUp = (): void => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  return Promise.race([asked, aborted]).finally(() => signal.removeEventListener('abort', giveUp))
}
