import { PlumblineError } from '../config/errors.ts'
import type { Change } from './adapter.ts'
import type { Ledger } from './apply.ts'
import { decide, differences, type RuleCheck } from './decide.ts'
import { execute } from './execute.ts'
import type { Facts } from './facts.ts'
import { DEFAULT_POLICY, type Entry, type Seen, type Step } from './model.ts'
import { type Context, observeOne } from './observe.ts'
import { gated, isWrite } from './plan.ts'

/** What became of one document that was reconciled by itself. */
export interface Reconciled {
  readonly step: Step
  readonly entry: Entry
}

/**
 * One document by itself: observe, decide, act, read back. For doors that order documents themselves (Pulumi, the
 * controller); its containers are in place already. Never replaces an object. Throws what stands in the way.
 */
export async function reconcileOne(
  facts: Facts,
  ledger: Pick<Ledger, 'put' | 'drop' | 'finalizeDue' | 'entries'>,
  context: Context,
  rules: RuleCheck,
): Promise<Reconciled> {
  const entry = ledger.entries.get(facts.address)
  const seen = await observeOne(facts, entry, context)
  if (seen.sight.state === 'unknown') throw seen.sight.error
  const step = gated(decide(facts, seen, entry, rules), DEFAULT_POLICY)
  if (step.action === 'blocked') throw new PlumblineError('REFUSED', `${step.address}: ${step.because ?? 'blocked'}`)
  if (step.action === 'report' || facts.steering.management !== 'Full')
    return { step, entry: unmanaged(facts, entry, step) }
  if (entry && step.action === 'none' && entry.specDigest === facts.specDigest) return { step, entry }
  if (isWrite(step) && facts.kind.finalize) await ledger.finalizeDue(facts.connection, true)
  const connected = await context.runtime.connection(facts.connection)
  return { step, entry: await execute(step, seen, entry, { facts, connected, context, recorder: ledger }) }
}

/** An entry for what is only watched: its id is known, nothing of it was written. */
const unmanaged = (facts: Facts, entry: Entry | undefined, step: Step): Entry =>
  entry ?? {
    address: facts.address,
    kind: facts.kind.name,
    connection: facts.connection,
    key: facts.target.key,
    ...(facts.target.tenant === undefined ? {} : { tenant: facts.target.tenant }),
    ...(step.id === undefined ? {} : { id: step.id }),
    memo: {},
    deletionPolicy: 'Retain',
    needs: facts.needs,
  }

/** How one object differs from its document right now; `undefined` when it is proven absent. Never writes. */
export async function driftOf(
  facts: Facts,
  entry: Entry | undefined,
  context: Context,
): Promise<{ readonly seen: Seen; readonly changes: readonly Change[] } | undefined> {
  const seen = await observeOne(facts, entry, context)
  if (seen.sight.state === 'unknown') throw seen.sight.error
  if (seen.sight.state === 'absent') return undefined
  return { seen, changes: differences(facts, seen.sight.observed, seen, entry) }
}
