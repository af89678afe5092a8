import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** When a run is killed: at the n-th write that it sends, or the first one like this, before or after the system has done it. */
export interface KillPoint {
  readonly write: number | RegExp
  readonly when: 'before' | 'after'
}

const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD'])

/** Stands between a run and a system, counts the writes, and kills the run at one of them. */
export class KillingProxy {
  /** Writes that have arrived, e.g. `POST /v1/tenants`. */
  readonly writes: string[] = []
  /** Bodies of the answers to writes that the system did, e.g. of `POST /v1/tenants`. */
  readonly answers = new Map<string, string>()
  /** Every write that the system did, in order, over all kills. */
  readonly done: { readonly write: string; readonly body: string; readonly answer: string }[] = []
  /** The write at which the run was killed. */
  killedAt = ''
  #armed: { readonly point: KillPoint; readonly kill: () => void } | undefined
  readonly #upstream: string
  readonly #server = createServer((request, response) => this.#handle(request, response))

  constructor(upstream: string) {
    this.#upstream = upstream
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The next run is killed at this point. */
  arm(point: KillPoint, kill: () => void): void {
    this.writes.length = 0
    this.#armed = { point, kill }
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const due = this.#count(request) ? this.#armed : undefined
    if (due?.point.when === 'before') return this.#kill(request)
    const answer = await this.#forward(request, body)
    const text = await answer.text()
    const write = `${request.method} ${request.url}`
    if (!READS.has(request.method)) this.answers.set(write, text)
    if (!READS.has(request.method) && answer.ok) this.done.push({ write, body: body.toString(), answer: text })
    if (due) return this.#kill(request)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(text)
  }

  /** Counts a write; true when it is the one to kill at. A token is no object, so asking for one is no write. */
  #count({ method, url }: IncomingMessage): boolean {
    if (READS.has(method) || url?.endsWith('/oauth/token')) return false
    this.writes.push(`${method} ${url}`)
    const point = this.#armed?.point.write
    return point instanceof RegExp ? point.test(`${method} ${url}`) : this.writes.length === point
  }

  #kill({ method, url, socket }: IncomingMessage): void {
    this.killedAt = `${method} ${url}`
    this.#armed?.kill()
    this.#armed = undefined
    socket.destroy()
  }

  #forward({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Promise<Response> {
    const sent = Object.entries(headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name))
    return fetch(`${this.#upstream}${url}`, {
      method,
      headers: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    })
  }
}
