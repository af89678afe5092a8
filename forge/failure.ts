import { RequestError } from 'octokit'
import { PlumblineError, type Retry } from '../config/errors.ts'
import { shortened } from '../config/text/printable.ts'
import { retryAfter } from '../providers/http.ts'
import { networkFault } from '../providers/network.ts'

interface Reaction {
  readonly code: ConstructorParameters<typeof PlumblineError>[0]
  readonly retry?: Retry
  readonly help?: string
}

const RIGHTS = 'Give the account of the token the right that is missing; docs/pull-requests.md lists them.'

const BY_STATUS: Readonly<Record<number, Reaction>> = {
  401: { code: 'UNAUTHENTICATED', help: 'Check the token: it may have expired.' },
  403: { code: 'FORBIDDEN', help: RIGHTS },
  404: { code: 'NOT_FOUND', help: `It does not exist, or the token cannot see it. ${RIGHTS}` },
  409: { code: 'CONFLICT' },
  410: { code: 'NOT_FOUND' },
  429: { code: 'RATE_LIMITED', retry: 'backoff' },
}

const reactionTo = (status: number): Reaction =>
  BY_STATUS[status] ?? (status >= 500 ? { code: 'UNAVAILABLE', retry: 'backoff' } : { code: 'REJECTED' })

const REASON_WIDTH = 300

/**
 * What an error of octokit means. A limit of GitHub comes as 403 or 429, with `Retry-After`, or with the time at which the
 * quota is full again. `once`: when the answer was lost nobody knows whether it was done.
 */
export function failureOf(thrown: unknown, label: string, once: boolean, now: Date): unknown {
  if (!(thrown instanceof RequestError)) return thrown
  const { response, status } = thrown
  if (response === undefined) return lost(thrown, label, once)
  const said = reasonIn(response.data)
  const message = `${label}: answered ${status}${said === '' ? '' : `: ${shortened(said, REASON_WIDTH)}`}`
  const pause = pauseOf(new Headers(headersOf(response.headers)), status, said, now)
  if (pause !== undefined)
    return new PlumblineError('RATE_LIMITED', message, { retry: pause, didNothing: true, help: 'Try again later.' })
  const { code, ...options } = reactionTo(status)
  if (once && status >= 500) return new PlumblineError('OUTCOME_UNKNOWN', `${message}; it may have been carried out`)
  return new PlumblineError(code, message, { ...options, ...(status < 500 && { didNothing: true as const }) })
}

const headersOf = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** The error of the network; that of octokit holds the request, and is not kept. */
function lost({ cause }: RequestError, label: string, once: boolean): PlumblineError {
  if (cause instanceof PlumblineError) return cause
  const { why, unsent, retry } = networkFault(cause)
  const message = `${label}: no answer: ${why}`
  if (once && !unsent)
    return new PlumblineError('OUTCOME_UNKNOWN', `${message}; it may have been carried out`, { cause })
  return new PlumblineError('UNAVAILABLE', message, { retry, cause, ...(unsent && { didNothing: unsent }) })
}

/** How long the forge asks to wait; `undefined` when it is no limit that stands in the way. */
function pauseOf(headers: Headers, status: number, said: string, now: Date): Retry | undefined {
  if (status !== 403 && status !== 429) return undefined
  const seconds = retryAfter(headers, now) ?? untilFull(headers, now)
  if (seconds !== undefined) return { afterSeconds: seconds }
  // GitHub: without either header wait a minute, then longer.
  return status === 429 || /secondary rate limit/i.test(said) ? { afterSeconds: 60 } : undefined
}

function untilFull(headers: Headers, now: Date): number | undefined {
  if (headers.get('x-ratelimit-remaining') !== '0') return undefined
  const reset = Number(headers.get('x-ratelimit-reset'))
  return Number.isFinite(reset) ? Math.max(1, Math.ceil(reset - now.getTime() / 1000)) : undefined
}

/** What the body says: `message`, and the details of GitHub's 422. */
function reasonIn(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const { message, errors } = data as { readonly message?: unknown; readonly errors?: unknown }
  const details = Array.isArray(errors) ? errors.map(detailOf).filter((text) => text !== '') : []
  return [typeof message === 'string' ? message : '', ...details].filter((text) => text !== '').join('; ')
}

function detailOf(error: unknown): string {
  if (typeof error === 'string') return error
  const { message, field, code } = (error ?? {}) as Readonly<Record<string, unknown>>
  if (typeof message === 'string') return message
  return [field, code].filter((part) => typeof part === 'string').join(' ')
}
