import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the proxy does with a request instead of passing it on. */
type Fault =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body?: string
    }
  /** The connection is cut before any answer. `afterwards`: once the service has carried the request out. */
  | { readonly kind: 'cut'; readonly afterwards?: true }
  /** No answer ever comes; `arrived` is called with the request in hand. */
  | { readonly kind: 'hang'; readonly arrived: () => void }
  /** The service answers; its JSON body is changed on the way back. */
  | { readonly kind: 'alter'; readonly change: (body: unknown) => unknown }

export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server in front of `upstream` that passes requests on, or does to them what `inject` says. */
export interface FaultProxy {
  readonly url: string
  /** Every request since the last `clear`, in order. */
  readonly seen: readonly SeenRequest[]
  /** From now on, requests that match meet the fault; `times` limits how many. */
  inject(fault: Fault, when?: { readonly matches?: (request: SeenRequest) => boolean; readonly times?: number }): void
  /** Passes everything on again and forgets what was seen. */
  clear(): void
  close(): Promise<void>
}

interface Rule {
  readonly fault: Fault
  readonly matches: (request: SeenRequest) => boolean
  left: number
}

/** Starts a proxy on a free port of the loopback interface. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  let rules: Rule[] = []
  const seen: SeenRequest[] = []
  const server = createServer(async (incoming, response) => {
    const request = await received(incoming)
    seen.push(request)
    const rule = rules.find((r) => r.left > 0 && r.matches(request))
    if (rule) rule.left -= 1
    await serve(upstream, request, response, rule?.fault)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    inject(fault, { matches = () => true, times = Number.POSITIVE_INFINITY } = {}) {
      rules.push({ fault, matches, left: times })
    },
    clear() {
      rules = []
      seen.length = 0
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function received(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method = '', url = '', headers } = incoming
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
}

async function serve(
  upstream: string,
  request: SeenRequest,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === 'hang') return fault.arrived()
  if (fault?.kind === 'answer') return send(response, fault.status, fault.headers ?? {}, fault.body ?? '')
  if (fault?.kind === 'cut' && !fault.afterwards) return cut(response)
  const answer = await passedOn(upstream, request)
  const text = await answer.text()
  if (fault?.kind === 'cut') return cut(response)
  const body = fault?.kind === 'alter' ? JSON.stringify(fault.change(JSON.parse(text))) : text
  send(response, answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }, body)
}

const cut = (response: ServerResponse): void => {
  response.socket?.destroy()
}

function passedOn(upstream: string, { method, url, headers, body }: SeenRequest): Promise<Response> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name))
  return fetch(upstream + url, {
    method,
    headers: kept.map(([name, value]): [string, string] => [name, String(value)]),
    redirect: 'manual',
    ...(body === '' ? {} : { body }),
  })
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
])

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, headers)
  response.end(body)
}
