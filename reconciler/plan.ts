import { kindOf } from '../config/kinds/index.ts'
import type { Diagnostic } from '../config/resource.ts'
import type { Holder } from './adapter.ts'
import type { RuleCheck } from './decide.ts'
import { digestOf } from './digest.ts'
import { foundTwice } from './duplicates.ts'
import type { Facts } from './facts.ts'
import { deleteGuards } from './guards.ts'
import type { Matched } from './match.ts'
import type { Action, Address, Allowance, Entry, Plan, Seen, Snapshot, Step } from './model.ts'
import { ordered } from './order.ts'
import { decideOn } from './recall.ts'
import { leaveStep, removalsOf, withHistory } from './removal-steps.ts'

export interface PlanInput {
  readonly matched: Matched
  readonly snapshot: Snapshot
  /** Who else holds objects that documents would manage, by address. */
  readonly held?: ReadonlyMap<Address, Holder>
  /** Connections whose final action an earlier run left due. */
  readonly finalizeDue: ReadonlySet<string>
  readonly allowance: Allowance
  readonly rules: RuleCheck
}

const NOT_SEEN: Seen = { sight: { state: 'absent' }, fingerprints: {}, delivered: false }

/**
 * The one planner: what has to happen so that the systems are as the documents say. Pure; command line, `pulumi up`,
 * drift report and controller all call it.
 */
export function plan({ matched, snapshot, held, finalizeDue, allowance, rules }: PlanInput): Plan {
  const { documents, orphans, left } = matched
  const wanted = wantedSteps(matched, snapshot, allowance, rules).map((step) =>
    unlessHeld(withHistory(step, matched), held?.get(step.address)),
  )
  const ending = [...left.map(({ entry }) => entry), ...orphans]
  const removals = allowance.prune ? removalsOf(ending, allowance).map((step) => withHistory(step, matched)) : []
  const leaves = allowance.prune ? [] : left.map(leaveStep)
  const steps = ordered([...wanted, ...leaves, ...removals], documents)
  const owned = matched.memory.size + ending.length
  const diagnostics = [
    ...matched.diagnostics,
    ...foundTwice(documents, snapshot),
    ...deleteGuards(steps, documents.length, owned, allowance),
  ]
  const unpruned = allowance.prune ? [] : orphans.map((entry) => entry.address).sort()
  return sealed(steps, finalizers(steps, finalizeDue), unpruned, diagnostics)
}

/** What somebody else manages is not touched, and nothing else is said of it. */
function unlessHeld(step: Step, by: Holder | undefined): Step {
  if (by === undefined) return step
  const because = `${by.owner} (${by.holder}) manages it; to take it over: plumbline apply --take-over ${by.owner}`
  return { ...step, action: 'blocked', changes: [], because }
}

/** What happens to each document, in their order. */
function wantedSteps(
  { documents, memory }: Matched,
  snapshot: Snapshot,
  allowance: Allowance,
  rules: RuleCheck,
): readonly Step[] {
  const decideOne = (facts: Facts, entry: Entry | undefined): Step =>
    gated(decideOn(facts, snapshot.get(facts.address) ?? NOT_SEEN, entry, rules), allowance)
  const first = documents.map((facts) => decideOne(facts, memory.get(facts.address)))
  const overwriting = documents.filter((facts, i) => isOverwriting(facts, first[i]))
  const overwriters = Map.groupBy(overwriting, overwriteGroup)
  return documents.map((facts, i) =>
    overwriters.get(overwriteGroup(facts))?.some((by) => isOverwritten(facts, by))
      ? decideOne(facts, withoutMemo(memory.get(facts.address)))
      : (first[i] as Step),
  )
}

const isOverwriting = (facts: Facts, step: Step | undefined): boolean =>
  step !== undefined && isWrite(step) && facts.kind.overwrites?.(facts.spec as never) === true

/** `by` overwrites what the other document wrote: both are of one kind and behind one connection. */
export const isOverwritten = (facts: Facts, by: Facts): boolean =>
  facts.kind === by.kind && facts.connection === by.connection && facts.address !== by.address

/** Documents of which one may overwrite another have this in common. */
const overwriteGroup = ({ kind, connection }: Facts): string => `${kind.name} ${connection}`

const withoutMemo = (entry: Entry | undefined): Entry | undefined => entry && { ...entry, memo: {} }

function sealed(
  steps: readonly Step[],
  finalize: readonly string[],
  orphans: readonly Address[],
  diagnostics: readonly Diagnostic[],
): Plan {
  return { steps, finalize, orphans, diagnostics, digest: digestOfPlan({ steps, finalize, orphans }) }
}

/** What a plan does, wherever its documents lie. */
export function digestOfPlan({ steps, finalize, orphans }: Pick<Plan, 'steps' | 'finalize' | 'orphans'>): string {
  const lasting = steps.map(({ file: _f, line: _l, ...step }) => step)
  return digestOf({ steps: lasting, finalize, orphans })
}

/** A replacement destroys the old object, so it is done only where that is possible and allowed. */
export function gated(step: Step, allowance: Allowance): Step {
  if (step.action !== 'replace') return step
  const fields = step.changes.filter((c) => c.createOnly).map((c) => c.path)
  const possible = kindOf(step.kind)?.deletion.includes('Delete')
  if (possible && allowance.allow.has('replace')) return step
  const wayOut = possible ? 'allow `replace` to delete and recreate it' : 'a new object needs a document of its own'
  return { ...step, action: 'blocked', because: `${fields.join(', ')} can be set at creation only; ${wayOut}` }
}

const WRITES: ReadonlySet<Action> = new Set(['create', 'adopt', 'update', 'replace', 'delete', 'reset'])

/** True for steps that send something to a system. */
export const isWrite = (step: Step): boolean =>
  WRITES.has(step.action) && (step.action !== 'adopt' || step.changes.length > 0)

/** True for steps that change something somewhere: a system, or what we own. */
export const isPending = (step: Step): boolean => isWrite(step) || MEMORY_ONLY.has(step.action)

const MEMORY_ONLY: ReadonlySet<Action> = new Set(['adopt', 'forget', 'move', 'leave'])

function finalizers(steps: readonly Step[], due: ReadonlySet<string>): readonly string[] {
  const written = steps.filter((s) => isWrite(s) && kindOf(s.kind)?.finalize).map((s) => s.connection)
  return [...new Set([...written, ...due])].sort()
}
