import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import type { AnswerHeaders } from './send.ts'

/** A request that was to change something, so that it can be found in the logs of its system. */
export interface SentRequest {
  /** operationId of the contract. */
  readonly operation: string
  /** `traceparent` (W3C Trace Context) that went with it. */
  readonly trace: string
  /** Status of the answer; absent: none arrived. */
  readonly status?: number
  /** What the system calls the request. */
  readonly id?: string
}

/** A request on its way. */
export interface RequestNote {
  readonly trace: string
  answered(status: number, headers: AnswerHeaders): void
}

/** Headers in which systems name a request; the first one that says something counts. */
export const ID_HEADERS: readonly string[] = [
  'x-request-id',
  'request-id',
  'slpt-request-id',
  'x-correlation-id',
  'x-trace-id',
]
/** What a system may call a request: nothing that a terminal or a log could take for something else. */
const ID = /^[\w.:/+=@-]{1,128}$/

/** The requests of one step. */
class Collected {
  readonly #trace = randomBytes(16).toString('hex')
  readonly sent: SentRequest[] = []

  note(operation: string): RequestNote {
    const trace = `00-${this.#trace}-${randomBytes(8).toString('hex')}-00`
    const at = this.sent.push({ operation, trace }) - 1
    const answered = (status: number, headers: AnswerHeaders): void => {
      const id = ID_HEADERS.map((name) => headers.get(name)).find((value) => value !== null && ID.test(value))
      this.sent[at] = { operation, trace, status, ...(id && { id }) }
    }
    return { trace, answered }
  }
}

const collecting = new AsyncLocalStorage<Collected>()

/** Notes a request that is about to be sent; `undefined`: no step of a run sends it. */
export const noteRequest = (operation: string): RequestNote | undefined => collecting.getStore()?.note(operation)

/** Does something, and tells what was sent for it. Never throws. */
export async function withRequests<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: PromiseSettledResult<T>; readonly told: { readonly requests?: readonly SentRequest[] } }> {
  const collected = new Collected()
  const [done] = await Promise.allSettled([collecting.run(collected, work)])
  return { done, told: collected.sent.length === 0 ? {} : { requests: collected.sent } }
}
