import { dayOf } from '../config/exceptions.ts'
import type { Index } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import { type Facts, factsOf } from '../reconciler/facts.ts'
import type { Entry } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { driftOf, type Reconciled } from '../reconciler/reconcile-one.ts'
import * as outcome from './outcome.ts'
import * as states from './status.ts'

/** The facts of an object. Contested fields are left alone: they count as ignored until the document changes. */
export function steeredFacts(resource: Resource, index: Index, status: states.Status, now: Date): Facts {
  const facts = factsOf(resource, index, status.owned, addressOf, dayOf(now))
  const contested = states.contestedPaths(correctionsOf(resource, status))
  return { ...facts, steering: { ...facts.steering, ignore: [...facts.steering.ignore, ...contested] } }
}

/** What the status says after a look that ended without an error. */
export async function reportOf(
  facts: Facts,
  status: states.Status,
  { step, entry }: Reconciled,
  context: Context,
  now: Date,
): Promise<states.StatusInput> {
  const { resource } = facts
  const corrections = states.nextCorrections(correctionsOf(resource, status), step, now)
  const contested = await contestedDrift(facts, entry, states.contestedPaths(corrections), context)
  const old = status.drift ?? []
  const drift = [
    ...states.driftItems(step.action === 'report' ? step.changes : [], 'Reported', old, now),
    ...states.driftItems(contested, 'Contested', old, now),
    ...states.driftItems(step.excepted ?? [], 'Excepted', old, now),
  ]
  const history = outcome.historyLine(step, entry, resource, now)
  return {
    ...outcome.acknowledged(resource),
    verdicts: outcome.verdictsAfter(step, drift, entry.heldBy),
    ...(facts.kind.system === undefined ? {} : { system: facts.kind.system }),
    drift,
    corrections,
    ...(history === undefined ? {} : { history }),
  }
}

async function contestedDrift(facts: Facts, entry: Entry, contested: readonly string[], context: Context) {
  if (contested.length === 0) return []
  const ignore = facts.steering.ignore.filter((p) => !contested.includes(p))
  const found = await driftOf({ ...facts, steering: { ...facts.steering, ignore } }, entry, context)
  return found?.changes.filter((c) => contested.includes(c.path)) ?? []
}

/** Counts are about one version of the document. */
const correctionsOf = (resource: Resource, status: states.Status): readonly states.Correction[] =>
  resource.metadata.generation === status.observedGeneration ? (status.corrections ?? []) : []
