/** Every way in which Plumbline fails. Closed: a new code is a design decision. */
export type Code =
  | 'INVALID_DOCUMENT' // the text or its meaning is wrong; nothing was sent
  | 'UNRESOLVED_REFERENCE' // a document, tenant or organization that is named but not there
  | 'UNRESOLVED_SECRET' // a secret reference that leads nowhere
  | 'UNAUTHENTICATED' // the system refuses the credentials
  | 'FORBIDDEN' // the credentials are good, the permission is missing
  | 'API_DISABLED' // the system's configuration API is switched off
  | 'NOT_FOUND' // proven absent where it had to be present
  | 'ALREADY_EXISTS' // the natural key is taken
  | 'CONFLICT' // clashes with another object in the system
  | 'REJECTED' // the system calls the request wrong
  | 'RATE_LIMITED'
  | 'UNAVAILABLE' // server fault, time-out or lost answer of a call that is safe to repeat
  | 'OUTCOME_UNKNOWN' // lost answer of a call that must not be repeated
  | 'UNEXPECTED_RESPONSE' // an answer that is not what the contract says
  | 'DIVERGED' // written without error, yet reads back different
  | 'PLAN_STALE' // the world moved since the plan was made
  | 'REFUSED' // a guard of ours: policy, gate, allow-list
  | 'USAGE' // the command line
  | 'IO' // files, folders, processes of this machine
  | 'INTERNAL' // a fault in Plumbline itself

/** When trying again can help. `attempts` caps the tries after the first one. */
export type Retry = 'never' | 'backoff' | { readonly afterSeconds: number; readonly attempts?: number }

export interface ErrorOptions {
  readonly retry?: Retry
  readonly cause?: unknown
  /** The error stops everything behind the same connection (wrong credentials, API switched off), or the whole run (memory that cannot be written). */
  readonly stops?: 'connection' | 'run'
  /** It is certain that the request changed nothing: it was refused, or never sent. */
  readonly didNothing?: true
  /** What a person can do about it. */
  readonly help?: string
}

/** The one error class of the project. `message` is for people and never holds a secret. */
export class PlumblineError extends Error {
  readonly code: Code
  readonly retry: Retry
  readonly stops: 'connection' | 'run' | undefined
  readonly didNothing: boolean
  readonly help: string | undefined

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PlumblineError'
    this.code = code
    this.retry = options.retry ?? 'never'
    this.stops = options.stops
    this.didNothing = options.didNothing ?? false
    this.help = options.help
  }
}

/** Any thrown value as the one class; what we did not foresee is `INTERNAL`. */
export function toPlumblineError(thrown: unknown): PlumblineError {
  if (thrown instanceof PlumblineError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new PlumblineError('INTERNAL', text, { cause: thrown })
}
