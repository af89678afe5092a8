import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { ConnectOptions, Credentials } from '../../reconciler/adapter.ts'
import type { Answer, Operation, SystemClient } from '../client.ts'
import { Once } from '../read-once.ts'

const READ = 'idn:password-org-config:read'
/** The publisher's OpenAPI names `manage` for writing, its texts name `write`: a client that lacks the one may have the other. */
const SCOPES = [`${READ} idn:password-org-config:manage`, `${READ} idn:password-org-config:write`]
/** Seconds before its expiry at which a token is no longer used. */
const MARGIN_SECONDS = 30

interface Token {
  readonly value: string
  readonly usableUntil: number
}

/** The access token of one session (RFC 6749, section 4.4): asked for once, renewed before it expires. */
export class TokenSource {
  readonly #client: SystemClient
  readonly #options: ConnectOptions
  #credentials: Credentials
  readonly #token: Once<Token>

  constructor(client: SystemClient, options: ConnectOptions) {
    this.#client = client
    this.#options = options
    this.#credentials = options.credentials
    this.#token = new Once((signal) => this.#ask(signal))
  }

  /** A usable token. After a refusal a new one is asked for, with credentials read from their sources again. */
  async get(signal: AbortSignal, refused: boolean): Promise<string> {
    if (refused) {
      this.#credentials = await this.#options.renewCredentials()
      this.forget()
    }
    const token = await this.#token.get(signal)
    if (token.usableUntil > this.#options.now().getTime()) return token.value
    this.forget()
    return (await this.#token.get(signal)).value
  }

  forget(): void {
    this.#token.forget()
  }

  async #ask(signal: AbortSignal): Promise<Token> {
    for (const scope of SCOPES) {
      const operation = this.#request(scope)
      const asked = this.#options.now().getTime()
      const answer = await this.#client.exchange(operation, {}, signal)
      if (answer.status === 200) return this.#tokenIn(operation, answer, asked)
      const error = errorIn(answer)
      if (error !== 'invalid_scope') throw refusal(error)
    }
    throw refusal('invalid_scope')
  }

  #request(scope: string): Operation {
    const client = this.#client
    return {
      id: 'oauth/token',
      method: 'POST',
      path: this.#options.tokenUrl ?? `${this.#options.baseUrl.replace(/\/beta$/, '')}/oauth/token`,
      accepts: [400],
      reads: true,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.credential(this.#credentials, 'clientId'),
        client_secret: client.credential(this.#credentials, 'clientSecret'),
        scope,
      }),
    }
  }

  #tokenIn(operation: Operation, answer: Answer, asked: number): Token {
    const lifetime = isRecord(answer.json) ? answer.json.expires_in : undefined
    const seconds = typeof lifetime === 'number' ? lifetime : 0
    return {
      value: this.#client.protect(this.#client.text(operation, answer, 'access_token')),
      usableUntil: asked + (seconds - MARGIN_SECONDS) * 1000,
    }
  }
}

/** Codes of RFC 6749, section 5.2; any other text of a system stays out of messages. */
function errorIn({ json }: Answer): string | undefined {
  const error = isRecord(json) ? json.error : undefined
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined
}

/** RFC 6749, section 5.2: invalid_client may be a 400. */
const refusal = (error: string | undefined): PlumblineError =>
  new PlumblineError(
    'UNAUTHENTICATED',
    `SailPoint oauth/token: answered 400${error === undefined ? '' : `: ${error}`}`,
    {
      stops: 'connection',
      help:
        error === 'invalid_scope'
          ? 'Give the client the scopes idn:password-org-config:read and idn:password-org-config:manage.'
          : 'Check clientId and clientSecret.',
    },
  )
