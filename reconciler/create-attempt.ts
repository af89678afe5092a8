import { type Code, PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Created, Desired } from './adapter.ts'
import type { Connected } from './connections.ts'
import type { Facts } from './facts.ts'
import type { Context } from './observe.ts'
import { withRetry } from './retry.ts'

/** Errors after which it is certain that the request created nothing, whatever the status. */
const REFUSALS: ReadonlySet<Code> = new Set([
  'ALREADY_EXISTS',
  'API_DISABLED',
  'CONFLICT',
  'FORBIDDEN',
  'RATE_LIMITED',
  'REJECTED',
  'UNAUTHENTICATED',
])

const createdNothing = ({ code, didNothing }: PlumblineError): boolean => didNothing || REFUSALS.has(code)

interface CreateWork {
  readonly facts: Facts
  readonly connected: Connected
  readonly context: Context
}

/** Sends a create, with retries, and remembers whether a lost answer may hide a created object. */
export class CreateAttempt {
  readonly #desired: Desired
  readonly #work: CreateWork
  #uncertain = false
  #answered = false

  constructor(desired: Desired, work: CreateWork) {
    this.#desired = desired
    this.#work = work
  }

  async run(): Promise<Created> {
    const { connected, facts, context } = this.#work
    const adapter = connected.session.adapter(facts.kind)
    const created = await withRetry(
      () => adapter.create(facts.target, this.#desired, context.signal).catch((thrown) => this.#note(thrown)),
      connected.clock,
      context.signal,
    )
    this.#answered = true
    return created
  }

  #note(thrown: unknown): never {
    const error = toPlumblineError(thrown)
    this.#uncertain ||= !createdNothing(error)
    throw error
  }

  /** What exists already is what a lost answer of ours created, or may be adopted anyway. */
  foundOwn(thrown: unknown): boolean {
    const { steering } = this.#work.facts
    const exists = thrown instanceof PlumblineError && thrown.code === 'ALREADY_EXISTS'
    return exists && !this.#answered && (this.#uncertain || steering.adoption !== 'CreateOnly')
  }

  provesNothingCreated(thrown: unknown): boolean {
    return !this.#answered && !this.#uncertain && createdNothing(toPlumblineError(thrown))
  }
}
