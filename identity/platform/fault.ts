/** One thing that is wrong with a request: where (a JSON Pointer into the part) and what, for people. */
export interface Issue {
  readonly part: 'body' | 'querystring' | 'params' | 'headers'
  readonly pointer: string
  readonly message: string
}

export interface FaultOptions {
  /** Code of the contract's own closed list, where it has one. */
  readonly code?: number | string
  /** Key of the text that pages say it with; it goes into no answer to a program. */
  readonly text?: string
  readonly issues?: readonly Issue[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** A refused request. Each contract says it in its own words through an `ErrorForm`; `message` goes out, so it holds no secret. */
export class Fault extends Error {
  readonly status: number
  readonly code: number | string | undefined
  readonly text: string | undefined
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.status = status
    this.code = options.code
    this.text = options.text
    this.issues = options.issues ?? []
    this.headers = options.headers ?? {}
  }
}

/** What a contract answers to a fault. `body` absent: an empty body. */
export type ErrorForm = (fault: Fault) => {
  readonly status: number
  readonly body?: unknown
  readonly type?: string
}
