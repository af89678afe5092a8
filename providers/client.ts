import { PlumblineError, type Retry } from '../config/errors.ts'
import { isRecord } from '../config/json.ts'
import type { Wire } from '../config/wire.ts'
import type { ConnectOptions } from '../reconciler/adapter.ts'
import { noteRequest } from '../reconciler/requests.ts'
import { Secret } from '../reconciler/secret.ts'
import { type HttpAnswer, request, retryAfter } from './http.ts'
import { COMMON, type FailureReaction, isRefusal, type Reactions, reactionTo } from './reactions.ts'

/** What tells one system's answers from another's. */
export interface SystemDialect {
  /** Name of the system, for messages. */
  readonly system: string
  /** Status → reaction; statuses that are not listed follow `COMMON`. */
  readonly reactions: Reactions
  /** What a body says about the failure, from documented fields only. */
  explain(body: unknown): string | undefined
  /** The reaction when the body decides rather than the status; `undefined` is a success. */
  judge?(status: number, body: unknown): FailureReaction | undefined
}

/** One call of a contract operation. */
export interface Operation {
  /** operationId of the contract. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base URL with its query, or a whole URL. */
  readonly path: string
  readonly body?: unknown
  /** Statuses outside 200 to 299 that are answers here, e.g. 404 of a read. */
  readonly accepts?: readonly number[]
  /** Must not be sent twice; the text says what to do when its outcome is unknown. */
  readonly once?: string
  /** Only reads, although its method does not say so. */
  readonly reads?: true
  /** A later request of a read that others began. */
  readonly continues?: true
  /** Statuses that mean something else for this operation. */
  readonly reactions?: Reactions
}

export interface Answer {
  readonly status: number
  /** The JSON body; `undefined` when empty. */
  readonly json: unknown
}

/** Headers that authenticate a call. `refused` is true when the system just refused the former ones. */
export type Authorize = (signal: AbortSignal, refused: boolean) => Promise<Readonly<Record<string, string>>>

/** Sends the operations of one connection and turns every answer that is not a success into a PlumblineError. */
export class SystemClient {
  readonly #dialect: SystemDialect
  readonly #options: ConnectOptions
  readonly #authorize: Authorize
  readonly #renews: boolean
  readonly #revealed = new Set<string>()

  /** `renews`: after UNAUTHENTICATED the credentials are renewed and the call repeated, once. */
  constructor(dialect: SystemDialect, options: ConnectOptions, authorize: Authorize, renews = false) {
    this.#dialect = dialect
    this.#options = options
    this.#authorize = authorize
    this.#renews = renews
  }

  /** The clear value of a secret that has to be sent; no message of this client will show it. */
  readonly reveal = (value: unknown): string | undefined => {
    if (!(value instanceof Secret)) return undefined
    return this.protect(value.reveal())
  }

  /** Keeps a value that a system handed out, e.g. a token, out of every message of this client. */
  protect(clear: string): string {
    if (clear !== '') this.#revealed.add(clear)
    return clear
  }

  /** The clear value of a credential. Throws UNRESOLVED_SECRET when the connection has none of that name. */
  credential(credentials: ConnectOptions['credentials'], name: string): string {
    const clear = this.reveal(credentials[name])
    if (clear !== undefined) return clear
    throw new PlumblineError('UNRESOLVED_SECRET', `${this.#dialect.system}: the connection has no credential ${name}`, {
      stops: 'connection',
    })
  }

  /** Answers with a success or an accepted status; throws otherwise. A refused or lost read is repeated, by itself. */
  call(operation: Operation, signal: AbortSignal): Promise<Answer> {
    const { repeat } = this.#options
    if (repeat === undefined || !isRead(operation)) return this.#callOnce(operation, signal)
    return repeat(() => this.#callOnce(operation, signal), signal, operation.continues ?? false)
  }

  async #callOnce(operation: Operation, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#send(operation, signal, false)
    } catch (error) {
      if (!this.#renews || !(error instanceof PlumblineError) || error.code !== 'UNAUTHENTICATED') throw error
      return await this.#send(operation, signal, true)
    }
  }

  async #send(operation: Operation, signal: AbortSignal, refused: boolean): Promise<Answer> {
    const headers = await this.#authorize(signal, refused)
    return this.exchange(operation, headers, signal)
  }

  /** `call` with the given headers instead of the connection's own, e.g. for a token endpoint. */
  async exchange(
    operation: Operation,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { method, path, body, once } = operation
    const note = isRead(operation) ? undefined : noteRequest(operation.id)
    const answer = await request({
      fetch: this.#options.fetch,
      method,
      url: path.startsWith('/') ? this.#options.baseUrl + path : path,
      headers: note === undefined ? headers : { ...headers, traceparent: note.trace },
      body,
      signal,
      label: this.#label(operation),
      once: once !== undefined,
    }).catch((error: PlumblineError) => {
      throw withHelp(error, once)
    })
    note?.answered(answer.status, answer.headers)
    return this.#understand(operation, answer)
  }

  #label = (operation: Operation): string => `${this.#dialect.system} ${operation.id}`

  #understand(operation: Operation, answer: HttpAnswer): Answer {
    const { status } = answer
    const good = (status >= 200 && status < 300) || operation.accepts?.includes(status) === true
    const json = parse(answer.text)
    const reaction = this.#reaction(operation, status, json, good)
    if (reaction) throw this.#failure(operation, answer, json, reaction)
    if (json === INVALID) throw this.unexpected(operation, `answered ${status} with a body that is not JSON`)
    return { status, json }
  }

  #reaction(operation: Operation, status: number, json: unknown, good: boolean): FailureReaction | undefined {
    const judged = this.#dialect.judge?.(status, json)
    if (judged !== undefined || good) return judged
    return reactionTo({ ...COMMON, ...this.#dialect.reactions, ...operation.reactions }, status)
  }

  #failure(operation: Operation, answer: HttpAnswer, json: unknown, reaction: FailureReaction): PlumblineError {
    const reason = json === INVALID ? undefined : this.#dialect.explain(json)
    const message = `${this.#label(operation)}: answered ${answer.status}${reason ? `: ${this.#mask(reason)}` : ''}`
    if (operation.once !== undefined && reaction.code === 'UNAVAILABLE') {
      return new PlumblineError('OUTCOME_UNKNOWN', `${message}; it may have been carried out`, { help: operation.once })
    }
    const wait = retryAfter(answer.headers, this.#options.now())
    const { code, retry, stops, help } = reaction
    return new PlumblineError(code, message, {
      ...(isRefusal(answer.status) ? { didNothing: true as const } : {}),
      ...(retry === undefined ? {} : { retry: waiting(retry, wait) }),
      ...(stops === undefined ? {} : { stops }),
      ...(help === undefined ? {} : { help }),
    })
  }

  /** The error for an answer that breaks the contract. */
  unexpected(operation: Operation, what: string): PlumblineError {
    const message = `${this.#label(operation)}: ${what}`
    if (operation.once !== undefined) return new PlumblineError('OUTCOME_UNKNOWN', message, { help: operation.once })
    return new PlumblineError('UNEXPECTED_RESPONSE', message, { help: 'Check the endpoint of the connection.' })
  }

  /** The body as a JSON object. Throws UNEXPECTED_RESPONSE otherwise. */
  object(operation: Operation, { json }: Answer): Wire {
    if (isRecord(json)) return json
    throw this.unexpected(operation, 'answered without a JSON object')
  }

  /** The objects of the list that stands in one member of the body. Throws UNEXPECTED_RESPONSE when it is not there. */
  items(operation: Operation, answer: Answer, member: string): readonly Wire[] {
    const list = this.object(operation, answer)[member]
    if (Array.isArray(list) && list.every(isRecord)) return list
    throw this.unexpected(operation, `answered without the list ${member}`)
  }

  /** A member of the body that has to be text. */
  text(operation: Operation, answer: Answer, member: string): string {
    const value = this.object(operation, answer)[member]
    if (typeof value === 'string' && value !== '') return value
    throw this.unexpected(operation, `answered without ${member}`)
  }

  #mask(text: string): string {
    const masked = [...this.#revealed].reduce((t, secret) => t.replaceAll(secret, '(secret)'), text)
    return masked.length > REASON_LIMIT ? `${masked.slice(0, REASON_LIMIT)}…` : masked
  }
}

const isRead = ({ method, reads }: Operation): boolean => method === 'GET' || reads === true

const REASON_LIMIT = 300
const INVALID = Symbol('not JSON')

function parse(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return INVALID
  }
}

function waiting(retry: Retry, seconds: number | undefined): Retry {
  if (seconds === undefined || retry === 'never') return retry
  return { ...(retry === 'backoff' ? {} : retry), afterSeconds: seconds }
}

function withHelp(error: PlumblineError, help: string | undefined): PlumblineError {
  if (error.code !== 'OUTCOME_UNKNOWN' || help === undefined) return error
  return new PlumblineError(error.code, error.message, { cause: error.cause, help })
}

/** Texts joined for a message; what is not a non-empty text is dropped. */
export const sentence = (...parts: readonly unknown[]): string | undefined =>
  parts.filter((p) => typeof p === 'string' && p.trim() !== '').join(', ') || undefined
