import { isDeepStrictEqual } from 'node:util'
import pLimit, { type LimitFunction } from 'p-limit'
import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import type { Change } from './adapter.ts'
import type { RuleCheck } from './decide.ts'
import { execute, lookAgain, type Recorder } from './execute.ts'
import type { Facts } from './facts.ts'
import type { Address, Entry, Outcome, Plan, Step } from './model.ts'
import { REMOVALS } from './model.ts'
import type { Context } from './observe.ts'
import { isWrite } from './plan.ts'
import { release } from './removal.ts'
import { withRetry } from './retry.ts'

/** The inventory as apply needs it: every change is durable before its promise resolves. */
export interface Ledger extends Recorder {
  readonly entries: ReadonlyMap<Address, Entry>
  /** The connection's final action is due until it is done. */
  finalizeDue(connection: string, due: boolean): Promise<void>
}

export interface ApplyInput {
  readonly plan: Plan
  readonly documents: readonly Facts[]
  readonly ledger: Ledger
  readonly context: Context
  readonly rules: RuleCheck
}

const PARALLEL_STEPS = 8

/**
 * Carries a plan out: each step after those it needs, looked at again just before it is done. A step whose changes are
 * not the planned ones any more fails with PLAN_STALE; one that has become needless is done. Yields outcomes as they
 * come, and never throws for a step. A refused plan (diagnostics with errors) throws REFUSED before anything is sent.
 */
export async function* apply(input: ApplyInput): AsyncGenerator<Outcome> {
  const refusal = input.plan.diagnostics.find((d) => d.severity === 'error')
  if (refusal) throw new PlumblineError('REFUSED', refusal.message)
  await input.context.runtime.refresh()
  const run = new Run(input)
  const pending = new Set(input.plan.steps.map((step) => run.start(step)))
  while (pending.size > 0) {
    const [promise, outcome] = await Promise.race([...pending].map((p) => p.then((o) => [p, o] as const)))
    pending.delete(promise)
    yield outcome
  }
  for (const connection of input.plan.finalize) yield* run.finalize(connection)
}

class Run {
  readonly #input: ApplyInput
  readonly #facts: ReadonlyMap<Address, Facts>
  readonly #outcomes = new Map<Address, Promise<Outcome>>()
  readonly #limit: LimitFunction = pLimit(PARALLEL_STEPS)
  /** Writes of a connection that takes one at a time wait for each other. */
  readonly #queues = new Map<string, Promise<LimitFunction>>()
  /** Connections that an error has closed for the rest of the run. */
  readonly #stopped = new Map<string, PlumblineError>()

  constructor(input: ApplyInput) {
    this.#input = input
    this.#facts = new Map(input.documents.map((d) => [d.address, d]))
  }

  /** Steps come in the order of the plan, so whatever a step needs has been started before it. */
  start(step: Step): Promise<Outcome> {
    const needed = step.needs.flatMap((address) => this.#outcomes.get(address) ?? [])
    const outcome = this.#after(step, needed)
    this.#outcomes.set(step.address, outcome)
    return outcome
  }

  async #after(step: Step, needed: readonly Promise<Outcome>[]): Promise<Outcome> {
    const queue = await this.#queue(step.connection)
    const failed = (await Promise.all(needed)).find((o) => o.status !== 'done')
    if (failed) return skipped(step, `${failed.step.address} has to be done first, and was not`)
    return queue(() => this.#limit(() => this.#attempt(step)))
  }

  async #attempt(step: Step): Promise<Outcome> {
    const stop = this.#stopped.get(step.connection)
    if (stop) return skipped(step, `the Connection ${step.connection} was stopped: ${stop.message}`)
    try {
      return await this.#perform(step)
    } catch (thrown) {
      const error = toPlumblineError(thrown)
      if (error.stops === 'connection') this.#stopped.set(step.connection, error)
      return { step, status: 'failed', error }
    }
  }

  async #perform(step: Step): Promise<Outcome> {
    const { ledger, context } = this.#input
    if (step.action === 'blocked') throw new PlumblineError('REFUSED', step.because ?? 'blocked')
    if (step.action === 'report') return { step, status: 'done' }
    if (isWrite(step) && kindOf(step.kind)?.finalize) await ledger.finalizeDue(step.connection, true)
    const entry = ledger.entries.get(step.address)
    if (REMOVALS.has(step.action)) {
      if (entry) await release(entry, context, ledger)
      return { step, status: 'done' }
    }
    await this.#reconcile(step, entry)
    return { step, status: 'done' }
  }

  async #reconcile(step: Step, entry: Entry | undefined): Promise<void> {
    const facts = this.#facts.get(step.address)
    if (facts === undefined) throw new PlumblineError('INTERNAL', `${step.address} is in the plan, and not a document`)
    if (step.action === 'none' && (facts.steering.management !== 'Full' || entry?.specDigest === facts.specDigest))
      return
    const { context, ledger, rules } = this.#input
    const again = await lookAgain(facts, entry, context, rules)
    const due = stillDue(step, again.step, this.#isInsideNew(facts))
    if (isWrite(due)) await forgetOverwritten(facts, ledger)
    const connected = await context.runtime.connection(facts.connection)
    await execute(due, again.seen, entry, { facts, connected, context, recorder: ledger })
  }

  /** Its container is made in this run, so the plan could not look inside. */
  #isInsideNew({ containers }: Facts): boolean {
    return this.#input.plan.steps.some((s) => containers.includes(s.address) && s.action === 'create')
  }

  #queue(connection: string): Promise<LimitFunction> {
    const found = this.#queues.get(connection) ?? this.#openQueue(connection)
    this.#queues.set(connection, found)
    return found
  }

  async #openQueue(connection: string): Promise<LimitFunction> {
    try {
      return pLimit((await this.#input.context.runtime.connection(connection)).parallelWrites)
    } catch (thrown) {
      this.#stopped.set(connection, toPlumblineError(thrown))
      return pLimit(1)
    }
  }

  /** The final action of a connection; it stays due until it has succeeded. */
  async *finalize(connection: string): AsyncGenerator<Outcome> {
    const { context, ledger } = this.#input
    const step = finalStep(connection)
    try {
      const { session } = await context.runtime.connection(connection)
      await withRetry(async () => session.finalize?.(context.signal), context.runtime.clock, context.signal)
      await ledger.finalizeDue(connection, false)
      yield { step, status: 'done' }
    } catch (thrown) {
      yield { step, status: 'failed', error: toPlumblineError(thrown) }
    }
  }
}

/** Recorded before the write: what the others wrote is gone with it, also when this run ends here. */
async function forgetOverwritten({ kind, spec, connection, address }: Facts, ledger: Ledger): Promise<void> {
  if (!kind.overwrites?.(spec as never)) return
  const others = [...ledger.entries.values()].filter((e) => e.kind === kind.name && e.connection === connection)
  for (const other of others) if (other.address !== address) await ledger.put({ ...other, memo: {} })
}

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

/**
 * The step as it is due now. What was planned and is still different must be exactly what was planned. A new container
 * may come with objects of its own: they take fewer of the planned values, and no others.
 */
function stillDue(planned: Step, now: Step, insideNew: boolean): Step {
  if (now.action === 'blocked') throw new PlumblineError('REFUSED', now.because ?? 'blocked')
  const same = isDeepStrictEqual(now.changes, planned.changes)
  if (now.changes.length === 0 && now.action !== 'create') return now
  if (same && (now.action === planned.action || planned.action === 'replace')) return planned
  if (insideNew && now.action === 'adopt' && isPartOf(now.changes, planned.changes)) return now
  throw new PlumblineError('PLAN_STALE', `${planned.address} has changed since the plan was made`, {
    help: 'Plan again and look at what is different now.',
  })
}

const isPartOf = (some: readonly Change[], all: readonly Change[]): boolean =>
  some.every(({ path, to }) => all.some((c) => c.path === path && isDeepStrictEqual(c.to, to)))
