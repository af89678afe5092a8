import type { ConnectOptions, Credentials } from '../../reconciler/adapter.ts'
import { type Client, isRecord, type Operation } from '../client.ts'
import { Once } from '../once.ts'

const SCOPES = 'idn:password-org-config:read idn:password-org-config:write'
/** Seconds before its expiry at which a token is no longer used. */
const MARGIN_SECONDS = 30

interface Token {
  readonly value: string
  readonly usableUntil: number
}

/** The access token of one session (RFC 6749, section 4.4): asked for once, renewed before it expires. */
export class TokenSource {
  readonly #client: Client
  readonly #options: ConnectOptions
  #credentials: Credentials
  readonly #token: Once<Token>

  constructor(client: Client, options: ConnectOptions) {
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
    const client = this.#client
    const operation: Operation = {
      id: 'oauth/token',
      method: 'POST',
      path: this.#options.tokenUrl ?? `${this.#options.baseUrl.replace(/\/beta$/, '')}/oauth/token`,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.credential(this.#credentials, 'clientId'),
        client_secret: client.credential(this.#credentials, 'clientSecret'),
        scope: SCOPES,
      }),
      // RFC 6749, section 5.2: invalid_client may be a 400.
      reactions: { 400: { code: 'UNAUTHENTICATED', stops: 'connection', help: 'Check clientId and clientSecret.' } },
    }
    const asked = this.#options.now().getTime()
    const answer = await client.exchange(operation, {}, signal)
    const lifetime = isRecord(answer.json) ? answer.json.expires_in : undefined
    const seconds = typeof lifetime === 'number' ? lifetime : 0
    return {
      value: client.protect(client.text(operation, answer, 'access_token')),
      usableUntil: asked + (seconds - MARGIN_SECONDS) * 1000,
    }
  }
}
