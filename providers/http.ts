import { PlumblineError } from '../config/errors.ts'
import { networkFault } from './network.ts'

/** Bytes of an answer that are read at most; a longer answer is refused. */
export const ANSWER_LIMIT = 8 * 1024 * 1024

/** One HTTP call. A time-out reaches it through `fetch` or `signal`: both reject. */
export interface HttpCall {
  readonly fetch: typeof fetch
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
  readonly headers: Headers
  readonly text: string
}

/**
 * Sends one call and reads the whole answer, whatever its status. Redirects are answers, never followed.
 * Throws UNAVAILABLE when the answer is lost, OUTCOME_UNKNOWN when that happens to a call that must not be repeated,
 * and UNEXPECTED_RESPONSE above `ANSWER_LIMIT`.
 */
export async function request(call: HttpCall): Promise<HttpAnswer> {
  const init = initOf(call)
  try {
    const response = await call.fetch(call.url, init)
    return { status: response.status, headers: response.headers, text: await readText(response, call) }
  } catch (cause) {
    throw cause instanceof PlumblineError && cause.code !== 'UNAVAILABLE' ? cause : lost(call, cause)
  }
}

function initOf({ method, body, signal, label, headers }: HttpCall): RequestInit {
  const type = body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json'
  const all = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }), ...headers }
  return {
    method,
    headers: headersOf(all, label),
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body) }),
  }
}

/** The error of `Headers` quotes the refused value, so it is not kept as the cause. */
function headersOf(values: Record<string, string>, label: string): Headers {
  try {
    return new Headers(values)
  } catch {
    throw new PlumblineError('UNRESOLVED_SECRET', `${label}: a credential cannot travel in a header`, {
      didNothing: true,
      stops: 'connection',
      help: 'Remove line breaks and characters outside Latin-1 from the credentials of the connection.',
    })
  }
}

async function readText(response: Response, call: HttpCall): Promise<string> {
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
export function retryAfter(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}
