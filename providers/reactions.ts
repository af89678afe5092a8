import type { Code, Retry } from '../config/errors.ts'

/** What an answer that is not a success means. */
export interface FailureReaction {
  readonly code: Code
  /** Retry-After, where sent, replaces the seconds. */
  readonly retry?: Retry
  readonly stops?: 'connection'
  readonly help?: string
}

/** Status → reaction. */
export type Reactions = Readonly<Record<number, FailureReaction>>

/** A create that says 409: its natural key is taken. */
export const KEY_TAKEN: Reactions = { 409: { code: 'ALREADY_EXISTS' } }

/** Where the notes of a contract say nothing else. */
export const COMMON: Reactions = {
  400: { code: 'REJECTED' },
  401: {
    code: 'UNAUTHENTICATED',
    stops: 'connection',
    help: 'Check the credentials of the connection; they are refused or expired.',
  },
  403: { code: 'FORBIDDEN', help: 'Give the credentials of the connection the permission for this operation.' },
  404: { code: 'NOT_FOUND' },
  405: { code: 'UNEXPECTED_RESPONSE', help: 'Check the endpoint of the connection.' },
  409: { code: 'CONFLICT' },
  422: { code: 'REJECTED' },
  429: { code: 'RATE_LIMITED', retry: 'backoff' },
}

const REDIRECT: FailureReaction = {
  code: 'UNEXPECTED_RESPONSE',
  help: 'Redirects are not followed. Give the connection the address that the redirect names, if it is yours.',
}
const SERVER_FAULT: FailureReaction = { code: 'UNAVAILABLE', retry: 'backoff' }
const UNLISTED: FailureReaction = { code: 'UNEXPECTED_RESPONSE' }

/** The reaction to a status outside 200 to 299. */
export function reactionTo(reactions: Reactions, status: number): FailureReaction {
  const listed = reactions[status]
  if (listed) return listed
  if (status >= 500) return SERVER_FAULT
  return status >= 300 && status < 400 ? REDIRECT : UNLISTED
}

/** Answers after which a request may still have been carried out: a time-out, too early, a client that hung up. */
const UNCLEAR: ReadonlySet<number> = new Set([408, 425, 499])
/** Permanent redirects (RFC 9110, sections 15.4.2 and 15.4.8 f.): the request has to be sent elsewhere. */
const ELSEWHERE: ReadonlySet<number> = new Set([301, 307, 308])

/** True for a status that proves that the request did nothing. */
export const isRefusal = (status: number): boolean =>
  ELSEWHERE.has(status) || (status >= 400 && status < 500 && !UNCLEAR.has(status))
