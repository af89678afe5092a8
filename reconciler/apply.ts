import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import type { RuleCheck } from './decide.ts'
import { execute, lookAgain, type Recorder } from './execute.ts'
import type { Facts } from './facts.ts'
import { isManaged } from './look-at-all.ts'
import type { Matched } from './match.ts'
import type { Address, Entry, Outcome, Plan, Step } from './model.ts'
import { observedIn, REMOVALS } from './model.ts'
import type { Context } from './observe.ts'
import { isWrite } from './plan.ts'
import { rehome } from './rehome.ts'
import { release } from './removal.ts'
import { withRequests } from './requests.ts'
import { withRetry } from './retry.ts'
import { inOrder, type StepWork } from './schedule.ts'
import { stillDue } from './still-due.ts'
import { digestsOf } from './witness.ts'

/** The inventory as apply needs it: every change is durable before its promise resolves. */
export interface Ledger extends Recorder {
  readonly entries: ReadonlyMap<Address, Entry>
  /** The connection's final action is due until it is done. */
  finalizeDue(connection: string, due: boolean): Promise<void>
}

export interface ApplyInput {
  readonly plan: Plan
  /** The documents and memory of the plan. */
  readonly matched: Matched
  readonly ledger: Ledger
  readonly context: Context
  readonly rules: RuleCheck
}

/** Time that a step in flight gets to end by itself after an interrupt. */
const GRACE_MS = 3_000

/**
 * Carries a plan out: each step after those it needs, looked at again just before it is done. A step whose changes are
 * not the planned ones any more fails with PLAN_STALE; one that has become needless is done. Yields outcomes as they
 * come, and never throws for a step. Once the signal aborts, or what is done cannot be recorded any more, nothing more is
 * begun: the rest is skipped, and what is in flight ends within `GRACE_MS` of the signal. A refused plan (diagnostics with errors) throws REFUSED before anything is sent.
 */
export async function* apply(input: ApplyInput): AsyncGenerator<Outcome> {
  const refusal = input.plan.diagnostics.find((d) => d.severity === 'error')
  if (refusal) throw new PlumblineError('REFUSED', refusal.message)
  await rehome(input.matched, input.ledger)
  await input.context.connections.refresh()
  const ended = new AbortController()
  const run = new Run(input, withGrace(input.context, ended.signal))
  try {
    yield* inOrder(input.plan.steps, run)
    for (const connection of input.plan.finalize) yield await run.finalize(connection)
  } finally {
    ended.abort()
  }
}

/** For what has been begun: its signal follows the other one after the time of grace. */
function withGrace(context: Context, ended: AbortSignal): Context {
  const grace = new AbortController()
  const { signal, connections } = context
  const abort = (): void => grace.abort(signal.reason)
  const wait = (): void => void connections.clock.sleep(GRACE_MS, ended).then(abort, () => undefined)
  signal.addEventListener('abort', wait, { once: true, signal: ended })
  return { ...context, signal: grace.signal }
}

class Run implements StepWork {
  readonly #input: ApplyInput
  readonly #begun: Context
  readonly #facts: ReadonlyMap<Address, Facts>
  readonly #created: ReadonlySet<Address>
  /** Connections that an error has closed for the rest of the run. */
  readonly #stopped = new Map<string, PlumblineError>()
  /** The error after which nothing can be recorded. */
  #broken: PlumblineError | undefined
  /** Steps whose write was begun: an interrupt lets it end, or leaves it open. */
  readonly #writing = new Set<Address>()

  constructor(input: ApplyInput, begun: Context) {
    this.#input = input
    this.#begun = begun
    this.#facts = new Map(input.matched.documents.map((d) => [d.address, d]))
    this.#created = new Set(input.plan.steps.flatMap((s) => (s.action === 'create' ? [s.address] : [])))
  }

  atOnce = (step: Step, unmet: Step | undefined): Outcome | undefined => {
    const ending = this.#ending
    if (unmet && ending === undefined) return skipped(step, `${unmet.address} has to be done first, and was not`)
    if (unmet === undefined && this.#isUnchanged(step) && this.#isSettled(step)) return { step, status: 'done' }
    return ending === undefined ? undefined : skipped(step, ending)
  }

  /** Why nothing more is begun. */
  get #ending(): string | undefined {
    if (this.#broken !== undefined) return `the run was stopped: ${this.#broken.message}`
    return this.#interrupted ? INTERRUPTED : undefined
  }

  get #interrupted(): boolean {
    return this.#input.context.signal.aborted
  }

  #isUnchanged({ action, address }: Step): boolean {
    if (action !== 'none' && action !== 'move') return action === 'report' || action === 'leave'
    const facts = this.#facts.get(address)
    if (facts === undefined) return false
    const applied = this.#input.ledger.entries.get(address)?.specDigest
    return facts.steering.management !== 'Full' || applied === facts.specDigest
  }

  /** Whose the object is need not be asked. */
  #isSettled({ address }: Step): boolean {
    const facts = this.#facts.get(address)
    const { ownership } = this.#input.context
    return facts === undefined || ownership === undefined || !isManaged(facts) || ownership.isSettled(facts)
  }

  perform = async (step: Step): Promise<Outcome> => {
    const stop = this.#stopped.get(step.connection)
    if (stop) return skipped(step, `the Connection ${step.connection} was stopped: ${stop.message}`)
    if (this.#ending !== undefined) return skipped(step, this.#ending)
    const { done, told } = await withRequests(() => this.#perform(step))
    if (done.status === 'fulfilled') return { ...done.value, ...told }
    const error = toPlumblineError(done.reason)
    if (this.#brokeOff(step, error)) return skipped(step, INTERRUPTED)
    if (error.stops === 'connection') this.#stopped.set(step.connection, error)
    if (error.stops === 'run') this.#broken ??= error
    return { step, status: 'failed', error, ...told }
  }

  /** The interrupt ended a question to the book or a look before anything was written. */
  #brokeOff({ address }: Step, { code }: PlumblineError): boolean {
    return this.#interrupted && !this.#writing.has(address) && code !== 'REFUSED'
  }

  async #perform(step: Step): Promise<Outcome> {
    const { ledger } = this.#input
    if (step.action === 'blocked') throw new PlumblineError('REFUSED', step.because ?? 'blocked')
    if (isWrite(step) && kindOf(step.kind)?.finalize) await ledger.finalizeDue(step.connection, true)
    const entry = ledger.entries.get(step.address)
    if (!REMOVALS.has(step.action)) return this.#reconcile(step, entry)
    this.#writing.add(step.address)
    const digests = entry && (await release(entry, this.#begun, ledger))
    return { step, status: 'done', ...(digests && { digests }) }
  }

  async #reconcile(step: Step, entry: Entry | undefined): Promise<Outcome> {
    const facts = this.#facts.get(step.address)
    if (facts === undefined) throw new PlumblineError('INTERNAL', `${step.address} is in the plan, and not a document`)
    const { context, ledger, rules } = this.#input
    const other = isManaged(facts) ? await context.ownership?.holderBesideUs(facts) : undefined
    if (other !== undefined) throw new PlumblineError('REFUSED', `${other} manages it`)
    if (this.#isUnchanged(step)) return { step, status: 'done' }
    const again = await lookAgain(facts, entry, context, rules)
    if (this.#ending !== undefined) return skipped(step, this.#ending)
    const due = stillDue(step, again.step, this.#isInsideNew(facts))
    this.#writing.add(step.address)
    if (isWrite(due)) await this.#forgetOverwritten(facts)
    const connected = await context.connections.connection(facts.connection)
    const { sight } = again.seen
    const done = await execute(due, again.seen, again.entry, {
      facts,
      connected,
      context: this.#begun,
      recorder: ledger,
    })
    return { step, status: 'done', digests: digestsOf(observedIn(sight), done.observed) }
  }

  /** Its container is made in this run, so the plan could not look inside. */
  #isInsideNew({ containers }: Facts): boolean {
    return containers.some((address) => this.#created.has(address))
  }

  /** Recorded before the write: what the others wrote is gone with it, also when this run ends here. One document per connection does so. */
  async #forgetOverwritten({ kind, spec, connection, address }: Facts): Promise<void> {
    if (!kind.overwrites?.(spec as never)) return
    const { ledger } = this.#input
    const others = [...ledger.entries.values()].filter(
      (entry) => entry.kind === kind.name && entry.connection === connection && entry.address !== address,
    )
    for (const entry of others) await ledger.put({ ...entry, memo: {} })
  }

  parallelOf = async (connection: string): Promise<number> => {
    try {
      return (await this.#input.context.connections.connection(connection)).parallelWrites
    } catch (thrown) {
      this.#stopped.set(connection, toPlumblineError(thrown))
      return 1
    }
  }

  /** The final action of a connection; it stays due until it has succeeded. */
  async finalize(connection: string): Promise<Outcome> {
    const { ledger } = this.#input
    const step = finalStep(connection)
    if (this.#ending !== undefined) return skipped(step, this.#ending)
    const { connections, signal } = this.#begun
    try {
      const { session, clock } = await connections.connection(connection)
      await withRetry(async () => session.finalize?.(signal), clock, signal)
      await ledger.finalizeDue(connection, false)
      return { step, status: 'done' }
    } catch (thrown) {
      return { step, status: 'failed', error: toPlumblineError(thrown) }
    }
  }
}

const INTERRUPTED = 'interrupted'

const finalStep = (connection: string): Step => ({
  action: 'update',
  address: `Connection/${connection}`,
  kind: 'Connection',
  connection,
  key: '',
  changes: [],
  because: 'makes the written texts and pages live',
  needs: [],
})

const skipped = (step: Step, because: string): Outcome => ({
  step,
  status: 'skipped',
  error: new PlumblineError('REFUSED', because),
})
