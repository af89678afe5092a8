import { globalAgent } from 'node:http'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Agent, type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'
import { exchange } from './exchange.ts'

/** What is used of `fetch`: every `fetch` is one. Redirects are answers. */
export type Send = (url: string, request: Outgoing) => Promise<Answered>

export interface Outgoing {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null
}

export interface AnswerHeaders {
  get(name: string): string | null
}

/** Bytes of an answer that are read at most. */
export const ANSWER_LIMIT = 8 * 1024 * 1024

/** Node.js 24 has it there; its types do not. */
interface Proxied {
  readonly options: { readonly proxyEnv?: unknown }
}

/** HTTP/1.1, and the proxies of the environment where Node.js is told to mind them: as `fetch` does it. */
const dispatcher: Dispatcher =
  (globalAgent as unknown as Proxied).options.proxyEnv === undefined
    ? new Agent({ allowH2: false })
    : new EnvHttpProxyAgent({ allowH2: false })

// To load undici puts a dispatcher of its own below `fetch`, which knows no proxies.
setGlobalDispatcher(dispatcher)

/** Sends over the network. Of an answer above `ANSWER_LIMIT` the first part is handed on, which is above it as well. */
export const sendOverNetwork: Send = async (url, { method, headers, body, signal }) => {
  const answer = await exchange(dispatcher, {
    url: new URL(url),
    method,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'plumbline', ...headers },
    body,
    signal,
    limit: ANSWER_LIMIT,
  })
  const get = (name: string): string | null => answer.headers[name]?.toString() ?? null
  const isZipped = get('content-encoding') === 'gzip'
  return {
    status: answer.status,
    headers: { get },
    body: isZipped ? Readable.from([answer.body]).pipe(createGunzip()) : [answer.body],
  }
}
