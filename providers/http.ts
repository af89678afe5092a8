import { PlumblineError } from '../config/errors.ts'

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

/** Failures before anything was sent. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function lost(call: HttpCall, cause: unknown): PlumblineError {
  const code = networkCodeOf(cause)
  const why = code === undefined ? '' : ` (${code})`
  if (!call.once || NEVER_SENT.has(code)) {
    return new PlumblineError('UNAVAILABLE', `${call.label}: no answer${why}`, { retry: 'backoff', cause })
  }
  return new PlumblineError(
    'OUTCOME_UNKNOWN',
    `${call.label}: the answer was lost${why}; it may have been carried out`,
    {
      cause,
    },
  )
}

function networkCodeOf(thrown: unknown): string | undefined {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
  const code = (cause as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** Seconds to wait by Retry-After (RFC 9110, section 10.2.3: seconds or an HTTP date); `undefined` when unreadable. */
export function retryAfter(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}
