import { CookieJar } from 'tough-cookie'
import { PlumblineError } from '../config/errors.ts'

const MOST_REDIRECTS = 10
const MILLISECONDS = 30_000

/** In the place of a browser: it keeps cookies and goes where it is sent, at one origin. */
export class Agent {
  readonly #jar = new CookieJar()
  readonly #origin: string
  readonly #signal: AbortSignal
  readonly #headers: Readonly<Record<string, string>>

  constructor(origin: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin
    this.#signal = signal
    this.#headers = headers
  }

  /** Follows redirects to the first address that `wanted` takes, without opening it. Throws UNEXPECTED_RESPONSE when it ends elsewhere. */
  async follow(address: URL, wanted: (address: URL) => boolean): Promise<URL> {
    let at = address
    for (let i = 0; i < MOST_REDIRECTS; i++) {
      if (wanted(at)) return at
      const answer = at.origin === this.#origin ? await this.#open(at) : undefined
      const location = answer?.headers.get('location')
      if (location == null) throw elsewhere(at, answer?.status)
      at = new URL(location, at)
    }
    throw elsewhere(at)
  }

  /** Posts JSON to the service. */
  async post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return this.#open(new URL(path, this.#origin), { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Opens a page of the service. */
  async page(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#open(new URL(path, this.#origin), { headers })
  }

  /** Sends a form of a page of the service. */
  async form(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.#open(new URL(path, this.#origin), { method: 'POST', body: new URLSearchParams(fields) })
  }

  async #open({ href }: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = await this.#jar.getCookieString(href)
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(MILLISECONDS)])
    const headers = { ...this.#headers, ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const answer = await fetch(href, { ...init, headers, redirect: 'manual', signal })
    for (const text of answer.headers.getSetCookie()) await this.#jar.setCookie(text, href)
    return answer
  }
}

const elsewhere = (at: URL, status?: number) =>
  new PlumblineError(
    'UNEXPECTED_RESPONSE',
    `the login ended at ${at.origin}${at.pathname}${status ? ` with ${status}` : ''}`,
    {
      help: 'The service wants something that only a browser can show, or the client is not registered for this; see `plumbline login --help`.',
    },
  )
