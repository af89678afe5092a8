/** What the log says of an error: fields of drivers and mail servers repeat what people sent, so they stay out. */
interface LoggedError {
  readonly [field: string]: unknown
  readonly type: string
  readonly message: string
  readonly stack: string
}

function loggedError(error: unknown): LoggedError {
  const {
    name = 'Error',
    message = String(error),
    stack = '',
    code,
    cause,
  } = (error ?? {}) as Partial<Error> & { code?: string }
  return {
    type: name,
    ...(code === undefined ? {} : { code }),
    message,
    stack,
    ...(cause === undefined ? {} : { cause: loggedError(cause) }),
  }
}

/** Settings of the logger: JSON lines on standard error. `watchRequests` writes the line of each request. */
export const LOGGER = { level: 'info', stream: process.stderr, serializers: { err: loggedError } } as const
