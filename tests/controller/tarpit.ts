import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { EMBEDDED_URL } from '../../identity/embedded.ts'

/** The embedded service on a port of its own, until it stops to answer. */
export class Tarpit {
  readonly #server: Server
  readonly #held = new Set<() => void>()
  #isHolding = false
  /** Questions that wait for an answer right now, and the most that ever did. */
  waiting = 0
  mostWaiting = 0

  private constructor(fetching: typeof fetch, root: string) {
    this.#server = createServer((asked, answer) => {
      // What cannot be handed on, as the service behind has gone, has no answer.
      this.#serve(asked, answer, (input, init) => fetching(`${EMBEDDED_URL}${root}${input}`, init)).catch(() =>
        answer.destroy(),
      )
    })
  }

  /** `root`: the path in the service that its own root stands for. */
  static async before(fetching: typeof fetch, root = ''): Promise<Tarpit> {
    const tarpit = new Tarpit(fetching, root)
    tarpit.#server.listen(0, '127.0.0.1')
    await once(tarpit.#server, 'listening')
    return tarpit
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on no answer comes. */
  hold(): void {
    this.#isHolding = true
  }

  /** Answers what waits, and whatever comes. */
  release(): void {
    this.#isHolding = false
    for (const go of this.#held) go()
  }

  /** Drops what waits; nothing more reaches the service behind. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse, fetching: typeof fetch): Promise<void> {
    const body = await buffer(asked)
    if (this.#isHolding) await this.#wait(answer)
    if (answer.destroyed) return
    const { host: _, connection: _c, ...headers } = asked.headers as Record<string, string>
    const init = { method: asked.method ?? 'GET', headers, ...(body.length > 0 ? { body } : {}) }
    const said = await fetching(asked.url ?? '', init)
    answer.writeHead(said.status, { 'content-type': said.headers.get('content-type') ?? 'application/json' })
    answer.end(Buffer.from(await said.arrayBuffer()))
  }

  async #wait(answer: ServerResponse): Promise<void> {
    this.waiting++
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.add(resolve)
    answer.once('close', resolve)
    await promise
    this.#held.delete(resolve)
    this.waiting--
  }
}
