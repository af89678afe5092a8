import type { ConnectOptions } from '../../reconciler/adapter.ts'
import { type Client, isRecord, type Operation } from '../client.ts'

const SCOPES = 'idn:password-org-config:read idn:password-org-config:write'
/** Seconds before its expiry at which a token is no longer used. */
const MARGIN_SECONDS = 30

interface Token {
  readonly value: string
  readonly usableUntil: number
}

/** The access token of one session (RFC 6749, section 4.4): asked for once, renewed before it expires. */
export class TokenSource {
  readonly #options: ConnectOptions
  #token: Promise<Token> | undefined

  constructor(options: ConnectOptions) {
    this.#options = options
  }

  /** A usable token. After a refusal a new one is asked for with credentials read from their sources again. */
  async get(client: Client, signal: AbortSignal, refused: boolean): Promise<string> {
    if (refused) this.#token = this.#ask(client, signal, await this.#options.renewCredentials())
    this.#token ??= this.#ask(client, signal, this.#options.credentials)
    const token = await this.#settled(this.#token)
    if (token.usableUntil > this.#options.now().getTime()) return token.value
    this.#token = this.#ask(client, signal, this.#options.credentials)
    return (await this.#settled(this.#token)).value
  }

  forget(): void {
    this.#token = undefined
  }

  /** A failure is not kept: the next call asks again. */
  async #settled(asked: Promise<Token>): Promise<Token> {
    try {
      return await asked
    } catch (error) {
      if (this.#token === asked) this.#token = undefined
      throw error
    }
  }

  async #ask(client: Client, signal: AbortSignal, credentials: ConnectOptions['credentials']): Promise<Token> {
    const operation: Operation = {
      id: 'oauth/token',
      method: 'POST',
      path: this.#options.tokenUrl ?? `${this.#options.baseUrl.replace(/\/beta$/, '')}/oauth/token`,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.credential(credentials, 'clientId'),
        client_secret: client.credential(credentials, 'clientSecret'),
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
      value: client.text(operation, answer, 'access_token'),
      usableUntil: asked + (seconds - MARGIN_SECONDS) * 1000,
    }
  }
}
