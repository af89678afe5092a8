import { PlumblineError } from '../config/errors.ts'
import { ANSWER_LIMIT, type Answered, type AnswerHeaders, type Outgoing, type Send } from '../reconciler/send.ts'
import { networkFault } from './network.ts'

/** One HTTP call. A time-out reaches it through `fetch` or `signal`: both reject. */
export interface HttpCall {
  readonly fetch: Send
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or a form as `URLSearchParams`. */
  readonly body?: unknown
  readonly signal: AbortSignal
  /** System and operation, for messages. */
  readonly label: string
  /** The call must not be sent twice: a lost answer leaves its outcome unknown. */
  readonly once?: boolean
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly text: string
}

/**
 * Sends one call and reads the whole answer, whatever its status. Redirects are answers, never followed.
 * Throws UNAVAILABLE when the answer is lost, OUTCOME_UNKNOWN when that happens to a call that must not be repeated,
 * and UNEXPECTED_RESPONSE above `ANSWER_LIMIT`.
 */
export async function request(call: HttpCall): Promise<HttpAnswer> {
  const outwards = outgoing(call)
  try {
    const response = await call.fetch(call.url, outwards)
    return { status: response.status, headers: response.headers, text: await readText(response, call) }
  } catch (cause) {
    throw cause instanceof PlumblineError && cause.code !== 'UNAVAILABLE' ? cause : lost(call, cause)
  }
}

function outgoing({ method, body, signal, label, headers }: HttpCall): Outgoing {
  const type = body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json'
  const all = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }), ...headers }
  return {
    method,
    headers: sendable(all, label),
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body) }),
  }
}

/** No line breaks, no control characters, Latin-1 (RFC 9110, section 5.5). */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/
/** What `fetch` takes off, too, e.g. the end of line behind a key that was read from a file. */
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g

function sendable(values: Readonly<Record<string, string>>, label: string): Record<string, string> {
  const trimmed = Object.entries(values).map(([name, value]) => [name, value.replace(AROUND, '')] as const)
  if (trimmed.every(([, value]) => SENDABLE.test(value))) return Object.fromEntries(trimmed)
  throw new PlumblineError('UNRESOLVED_SECRET', `${label}: a credential cannot travel in a header`, {
    didNothing: true,
    stops: 'connection',
    help: 'Remove line breaks and characters outside Latin-1 from the credentials of the connection.',
  })
}

async function readText(response: Answered, call: HttpCall): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > ANSWER_LIMIT) throw tooLong(call)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLong = ({ label, once }: HttpCall): PlumblineError =>
  new PlumblineError(once ? 'OUTCOME_UNKNOWN' : 'UNEXPECTED_RESPONSE', `${label}: the answer is above 8 MiB`)

function lost(call: HttpCall, cause: unknown): PlumblineError {
  const { why, unsent, retry, help } = networkFault(cause)
  const message = `${call.label}: no answer from ${new URL(call.url).origin}: ${why}`
  if (call.once && !unsent)
    return new PlumblineError('OUTCOME_UNKNOWN', `${message}; it may have been carried out`, { cause })
  return new PlumblineError('UNAVAILABLE', message, {
    retry,
    cause,
    ...(unsent === undefined ? {} : { didNothing: unsent }),
    ...(help === undefined ? {} : { help }),
  })
}

/** Seconds to wait by Retry-After (RFC 9110, section 10.2.3: seconds or an HTTP date); `undefined` when unreadable. */
export function retryAfter(headers: AnswerHeaders, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}
