import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PlumblineError } from '../config/errors.ts'
import { writePrivately } from '../reconciler/file-deliveries.ts'
import type { Outcome, Plan, Step } from '../reconciler/model.ts'
import { isPending } from '../reconciler/plan.ts'
import { Secret } from '../reconciler/secret.ts'
import { append, type Fact } from './chain.ts'
import { type EvidenceKey, evidenceKeyOf, newEvidenceKey, publishKey } from './keys.ts'
import type { EvidencePlace } from './places.ts'
import type { ObjectRecord, Predicate } from './statement.ts'

/** What is known of a run before it begins. */
export interface RunFacts
  extends Pick<Predicate, 'command' | 'scope' | 'who' | 'commit' | 'approvedBy' | 'change' | 'allowed' | 'documents'> {}

/** A run whose beginning is on record. */
export interface RecordedRun {
  /** Puts down what became of it. Throws IO. */
  ended(outcomes: readonly Outcome[]): Promise<void>
}

/**
 * Puts down that a plan is about to be carried out, before anything is sent: a run that is killed leaves a beginning
 * without an end. `undefined` for a plan that does nothing, or that is refused. Throws IO, and USAGE for a key that is none.
 */
export async function beginRun(
  place: EvidencePlace,
  key: Secret | undefined,
  facts: RunFacts,
  plan: Plan,
): Promise<RecordedRun | undefined> {
  const steps = plan.steps.filter(isPending)
  const isRefused = plan.diagnostics.some(({ severity }) => severity === 'error')
  if (isRefused || (steps.length === 0 && plan.finalize.length === 0)) return undefined
  const signer = await openKey(place, key)
  const run = randomUUID()
  const record = (phase: Fact['phase'], objects: readonly ObjectRecord[]): Promise<void> =>
    append(
      place.file,
      { run, phase, at: new Date().toISOString(), ...facts, plan: plan.digest, objects: [...objects] },
      signer,
    )
  await record('begun', steps.map(objectOf))
  const addresses = new Set(steps.map(({ address }) => address))
  return {
    ended: (outcomes) => record('ended', outcomes.filter(({ step }) => addresses.has(step.address)).map(endOf)),
  }
}

/** The key that is given, else that of the place, which is made at its first use. */
async function openKey(place: EvidencePlace, given: Secret | undefined): Promise<EvidenceKey> {
  const key = await evidenceKeyOf(given ?? (await ownKey(place)))
  await publishKey(place.publicKeys, key)
  return key
}

async function ownKey({ key }: EvidencePlace): Promise<Secret> {
  const text = await readFile(key, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new PlumblineError('IO', `cannot read ${key}`, { cause })
  })
  if (text !== undefined) return new Secret(text)
  const made = await newEvidenceKey()
  await writePrivately(key, made)
  return new Secret(made)
}

const objectOf = ({ address, from, action, drift, changes }: Step): ObjectRecord => ({
  address,
  ...(from === undefined ? {} : { from }),
  action,
  ...(drift && { drift }),
  fields: changes.map(({ path }) => path),
})

const endOf = ({ step, status, error, digests = {} }: Outcome): ObjectRecord => ({
  ...objectOf(step),
  status,
  ...(error && { error: error.code }),
  ...digests,
})
