import { App, Octokit } from 'octokit'
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../config/errors.ts'
import { type Clock, systemClock, withRetry } from '../reconciler/retry.ts'
import type { ForgeCredentials } from './credentials.ts'
import { failureOf } from './failure.ts'

export interface ClientOptions {
  /** Base URL of the API. */
  readonly api: string
  readonly credentials: ForgeCredentials
  /** `owner/name`. */
  readonly repository: string
  /** Name of the forge, for messages. */
  readonly forge: string
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

type Parameters = Readonly<Record<string, unknown>>

export interface WriteOptions {
  /** Must not be sent twice: it is not repeated unless it was refused. */
  readonly once?: true
}

const TIMEOUT_MS = 30_000
const INSTALLATION = Type.Object({ id: Type.Number() })

/** Calls of one repository's API through octokit, which pages and signs; errors, checks and pauses are ours. */
export class ForgeClient {
  readonly #options: ClientOptions
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #octokit: Promise<Octokit> | undefined

  constructor(options: ClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#signal = options.signal ?? new AbortController().signal
  }

  /** `route`: e.g. `GET /repos/{owner}/{repo}/pulls/{number}`; owner and repo are filled in. */
  read<S extends TSchema>(route: string, schema: S, parameters: Parameters = {}): Promise<Static<S>> {
    return this.#repeated(route, false, async (octokit) =>
      decoded(schema, (await octokit.request(route, this.#with(route, parameters))).data, this.#label(route)),
    )
  }

  /** Every page of a list. */
  readAll<S extends TSchema>(route: string, item: S, parameters: Parameters): Promise<readonly Static<S>[]> {
    return this.#repeated(route, false, async (octokit) =>
      decoded(Type.Array(item), await octokit.paginate(route, this.#with(route, parameters)), this.#label(route)),
    )
  }

  write<S extends TSchema>(
    route: string,
    schema: S,
    parameters: Parameters,
    { once }: WriteOptions = {},
  ): Promise<Static<S>> {
    return this.#repeated(route, once ?? false, async (octokit) =>
      decoded(schema, (await octokit.request(route, this.#with(route, parameters))).data, this.#label(route)),
    )
  }

  /** The installation token of an App, or the token itself: for git. */
  async token(): Promise<string> {
    const { credentials } = this.#options
    if ('token' in credentials) return credentials.token.reveal()
    const { token } = await this.#repeated('the token of the App', false, async (octokit) =>
      decoded(Type.Object({ token: Type.String() }), await octokit.auth({ type: 'installation' }), 'GitHub'),
    )
    return token
  }

  /** Login of the GitHub App; `undefined` for a token. */
  async appLogin(): Promise<string | undefined> {
    const app = this.#app()
    if (app === undefined) return undefined
    const { slug } = await this.#call('GET /app', false, async () =>
      decoded(Type.Object({ slug: Type.String() }), (await app.octokit.request('GET /app')).data, 'GitHub'),
    )
    return `${slug}[bot]`
  }

  /** Parameters that the route does not name would travel as a query. */
  #with(route: string, parameters: Parameters): Parameters & { readonly owner: string; readonly repo: string } {
    const [owner, repo] = this.#options.repository.split('/')
    return (route.includes('{owner}') ? { owner, repo, ...parameters } : parameters) as never
  }

  #label = (route: string): string =>
    `${this.#options.forge} ${route.replace('{owner}/{repo}', this.#options.repository)}`

  async #repeated<T>(route: string, once: boolean, work: (octokit: Octokit) => Promise<T>): Promise<T> {
    return withRetry(
      () => this.#call(route, once, async () => work(await this.#connected())),
      this.#clock,
      this.#signal,
    )
  }

  async #call<T>(route: string, once: boolean, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw failureOf(thrown, this.#label(route), once, new Date(this.#clock.now()))
    }
  }

  #connected(): Promise<Octokit> {
    this.#octokit ??= this.#connect().catch((error) => {
      this.#octokit = undefined
      throw error
    })
    return this.#octokit
  }

  async #connect(): Promise<Octokit> {
    const { credentials } = this.#options
    if ('token' in credentials) return new (this.#Octokit())({ auth: credentials.token.reveal() })
    const app = this.#app() as App
    const route = 'GET /repos/{owner}/{repo}/installation'
    const { data } = await app.octokit.request(route, this.#with(route, {}))
    return app.getInstallationOctokit(decoded(INSTALLATION, data, this.#label(route)).id)
  }

  #app(): App | undefined {
    const { credentials } = this.#options
    if ('token' in credentials) return undefined
    return new App({ appId: credentials.appId, privateKey: credentials.key.reveal(), Octokit: this.#Octokit() })
  }

  #Octokit(): typeof Octokit {
    const quiet = () => undefined
    return Octokit.defaults({
      baseUrl: this.#options.api,
      retry: { enabled: false },
      throttle: { enabled: false },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      request: { fetch: this.#fetch },
    })
  }

  /** The token goes nowhere else: redirects are not followed. */
  #fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)])
    const answer = await fetch(url, { ...init, redirect: 'manual', signal })
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return answer
    throw new PlumblineError('REJECTED', `${this.#options.forge}: ${new URL(url).pathname} has moved elsewhere`, {
      didNothing: true,
      help: 'Give the address that it has now; redirects are not followed with a token.',
    })
  }
}

function decoded<S extends TSchema>(schema: S, value: unknown, label: string): Static<S> {
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw new PlumblineError('UNEXPECTED_RESPONSE', `${label}: the answer is not what it should be${pathOf(first)}`, {
    help: 'Check the address of the forge.',
  })
}

const pathOf = (error: { readonly instancePath?: string; readonly message?: string } | undefined): string =>
  error === undefined ? '' : ` (${error.instancePath || 'as a whole'} ${error.message ?? ''})`
