import { kindOf } from '../config/kinds/index.ts'
import type { Diagnostic } from '../config/resource.ts'
import { decide, type RuleCheck } from './decide.ts'
import { digestOf } from './digest.ts'
import type { Facts } from './facts.ts'
import { deleteGuards } from './guards.ts'
import type { Action, Address, Entry, Inventory, Plan, Policy, Seen, Snapshot, Step } from './model.ts'
import { ordered } from './order.ts'

export interface PlanInput {
  readonly documents: readonly Facts[]
  readonly snapshot: Snapshot
  readonly inventory: Inventory
  readonly policy: Policy
  readonly rules: RuleCheck
}

const NOT_SEEN: Seen = { sight: { state: 'absent' }, fingerprints: {}, delivered: false }

/**
 * The one planner: what has to happen so that the systems are as the documents say. Pure; command line, `pulumi up`,
 * drift report and controller all call it.
 */
export function plan({ documents, snapshot, inventory, policy, rules }: PlanInput): Plan {
  const { entries } = inventory
  const decideOne = (facts: Facts, entry: Entry | undefined): Step =>
    gated(decide(facts, snapshot.get(facts.address) ?? NOT_SEEN, entry, rules), policy)
  const first = documents.map((facts) => decideOne(facts, entries.get(facts.address)))
  const overwriting = documents.filter((facts, i) => isOverwriting(facts, first[i]))
  const overwriters = Map.groupBy(overwriting, overwriteGroup)
  const wanted = documents.map((facts, i) =>
    overwriters.get(overwriteGroup(facts))?.some((by) => isOverwritten(facts, by))
      ? decideOne(facts, withoutMemo(entries.get(facts.address)))
      : (first[i] as Step),
  )
  const known = new Set(documents.map((d) => d.address))
  const leaving = [...entries.values()].filter((entry) => !known.has(entry.address))
  const removals = policy.prune ? removalsOf(leaving, policy) : []
  const steps = ordered([...wanted, ...removals], documents)
  const orphans = policy.prune ? [] : leaving.map((entry) => entry.address).sort()
  const diagnostics = deleteGuards(steps, documents.length, entries.size, policy)
  return sealed(steps, finalizers(steps, inventory), orphans, diagnostics)
}

const isOverwriting = (facts: Facts, step: Step | undefined): boolean =>
  step !== undefined && isWrite(step) && facts.kind.overwrites?.(facts.spec as never) === true

/** `by` overwrites what the other document wrote: both are of one kind and behind one connection. */
export const isOverwritten = (facts: Facts, by: Facts): boolean =>
  facts.kind === by.kind && facts.connection === by.connection && facts.address !== by.address

/** Documents of which one may overwrite another have this in common. */
const overwriteGroup = ({ kind, connection }: Facts): string => siblingGroup(kind.name, connection)

/** What the objects of one kind behind one connection have in common. */
export const siblingGroup = (kind: string, connection: string): string => `${kind} ${connection}`

const withoutMemo = (entry: Entry | undefined): Entry | undefined => entry && { ...entry, memo: {} }

function sealed(
  steps: readonly Step[],
  finalize: readonly string[],
  orphans: readonly Address[],
  diagnostics: readonly Diagnostic[],
): Plan {
  const lasting = steps.map(({ file: _f, line: _l, ...step }) => step)
  return { steps, finalize, orphans, diagnostics, digest: digestOf({ steps: lasting, finalize, orphans }) }
}

/** A replacement destroys the old object, so it is done only where that is possible and allowed. */
export function gated(step: Step, policy: Policy): Step {
  if (step.action !== 'replace') return step
  const fields = step.changes.filter((c) => c.createOnly).map((c) => c.path)
  const possible = kindOf(step.kind)?.deletion.includes('Delete')
  if (possible && policy.allow.has('replace')) return step
  const wayOut = possible ? 'allow `replace` to delete and create it anew' : 'a new object needs a document of its own'
  return { ...step, action: 'blocked', because: `${fields.join(', ')} can be set at creation only; ${wayOut}` }
}

const REMOVAL: Readonly<Record<Entry['deletionPolicy'], Action>> = {
  Retain: 'forget',
  Delete: 'delete',
  Reset: 'reset',
}

/** What becomes of objects whose documents are gone. Each waits for those that need it to go first. */
function removalsOf(leaving: readonly Entry[], policy: Policy): readonly Step[] {
  const users = new Map<Address, Address[]>(leaving.map((entry) => [entry.address, []]))
  for (const { address, needs } of leaving) for (const need of new Set(needs)) users.get(need)?.push(address)
  return leaving.map((entry) => removal(entry, users.get(entry.address) ?? [], policy))
}

function removal(entry: Entry, needs: readonly Address[], policy: Policy): Step {
  const action = REMOVAL[entry.deletionPolicy]
  const refused = action === 'delete' && !policy.allow.has('delete')
  return {
    action: refused ? 'blocked' : action,
    address: entry.address,
    kind: entry.kind,
    connection: entry.connection,
    key: entry.key,
    ...(entry.tenant === undefined ? {} : { tenant: entry.tenant }),
    ...(entry.id === undefined ? {} : { id: entry.id }),
    changes: [],
    ...(refused ? { because: 'its document is gone and its policy says Delete; allow `delete` to do it' } : {}),
    needs,
  }
}

const WRITES: ReadonlySet<Action> = new Set(['create', 'adopt', 'update', 'replace', 'delete', 'reset'])

/** True for steps that send something to a system. */
export const isWrite = (step: Step): boolean =>
  WRITES.has(step.action) && (step.action !== 'adopt' || step.changes.length > 0)

/** True for steps that change something somewhere: a system, or what we own. */
export const isPending = (step: Step): boolean => isWrite(step) || step.action === 'adopt' || step.action === 'forget'

function finalizers(steps: readonly Step[], inventory: Inventory): readonly string[] {
  const written = steps.filter((s) => isWrite(s) && kindOf(s.kind)?.finalize).map((s) => s.connection)
  return [...new Set([...written, ...inventory.finalizeDue])].sort()
}
