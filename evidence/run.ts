import { randomUUID } from 'node:crypto'
import { digestOf } from '../reconciler/digest.ts'
import type { Outcome, Plan, Step } from '../reconciler/model.ts'
import { isPending } from '../reconciler/plan.ts'
import type { Secret } from '../reconciler/secret.ts'
import type { Witness } from '../reconciler/witness.ts'
import { Chain, type Fact } from './chain.ts'
import { openKey } from './keys.ts'
import type { ObjectRecord, Predicate } from './statement.ts'
import type { ChainStore } from './store.ts'

/** What is known of a run before it begins. */
export type RunFacts = Pick<
  Predicate,
  'command' | 'scope' | 'who' | 'commit' | 'approvedBy' | 'change' | 'allowed' | 'stack' | 'cause' | 'documents'
>

/** A run whose beginning is on record. */
export interface RecordedRun {
  /** Puts down what became of it. Throws IO. */
  ended(outcomes: readonly Outcome[]): Promise<void>
}

/** The chain of a place, signed with the key that is given, else with its own. */
export const chainOf = (store: ChainStore, given: Secret | undefined): Chain =>
  new Chain(store, () => openKey(store, given))

/**
 * Puts down that a plan is about to be carried out, before anything is sent: a run that is killed leaves a beginning
 * without an end. `undefined` for a plan that does nothing, or that is refused. Throws IO, and USAGE for a key that is none.
 */
export async function beginRun(
  chain: Pick<Chain, 'append'>,
  facts: RunFacts,
  plan: Pick<Plan, 'steps' | 'finalize' | 'diagnostics' | 'digest'>,
): Promise<RecordedRun | undefined> {
  const steps = plan.steps.filter(isPending)
  const isRefused = plan.diagnostics.some(({ severity }) => severity === 'error')
  if (isRefused || (steps.length === 0 && plan.finalize.length === 0)) return undefined
  const run = randomUUID()
  const record = (phase: Fact['phase'], objects: readonly ObjectRecord[]): Promise<void> =>
    chain.append({ run, phase, at: new Date().toISOString(), ...facts, plan: plan.digest, objects: [...objects] })
  await record('begun', steps.map(objectOf))
  const addresses = new Set(steps.map(({ address }) => address))
  return {
    ended: (outcomes) => record('ended', outcomes.filter(({ step }) => addresses.has(step.address)).map(endOf)),
  }
}

/** Where documents are reconciled one by one, each write is a run of its own. */
export const witnessOf = (chain: Pick<Chain, 'append'>, facts: () => RunFacts): Witness => ({
  begins: async (step) => {
    const plan = { steps: [step], finalize: [], diagnostics: [], digest: digestOf(step) }
    const run = await beginRun(chain, facts(), plan)
    return async (outcome) => run?.ended([outcome])
  },
})

const objectOf = ({ address, from, action, drift, changes }: Step): ObjectRecord => ({
  address,
  ...(from === undefined ? {} : { from }),
  action,
  ...(drift && { drift }),
  fields: changes.map(({ path }) => path),
})

const endOf = ({ step, status, error, digests = {}, requests }: Outcome): ObjectRecord => ({
  ...objectOf(step),
  status,
  ...(error && { error: error.code }),
  ...digests,
  ...(requests && { requests: [...requests] }),
})
