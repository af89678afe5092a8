import type { Left, Matched } from './match.ts'
import type { Action, Address, Allowance, Entry, Step } from './model.ts'

/** The parts of a step that every entry has. */
const stepOf = ({ address, kind, connection, key, tenant, id }: Entry): Omit<Step, 'action' | 'needs'> => ({
  address,
  kind,
  connection,
  key,
  ...(tenant === undefined ? {} : { tenant }),
  ...(id === undefined ? {} : { id }),
  changes: [],
})

/** What pruning does with an object of each deletion policy. */
export const REMOVAL = { Retain: 'forget', Delete: 'delete', Reset: 'reset' } as const satisfies Readonly<
  Record<Entry['deletionPolicy'], Action>
>

/** What becomes of objects whose documents are gone. Each waits for those that need it to go first. */
export function removalsOf(leaving: readonly Entry[], allowance: Allowance): readonly Step[] {
  const users = new Map<Address, Address[]>(leaving.map((entry) => [entry.address, []]))
  for (const { address, needs } of leaving) for (const need of new Set(needs)) users.get(need)?.push(address)
  return leaving.map((entry) => removal(entry, users.get(entry.address) ?? [], allowance))
}

function removal(entry: Entry, needs: readonly Address[], allowance: Allowance): Step {
  const action = REMOVAL[entry.deletionPolicy]
  const refused = action === 'delete' && !allowance.allow.has('delete')
  const because = refused ? { because: 'its document is gone and its policy says Delete; allow `delete` to do it' } : {}
  return { ...stepOf(entry), action: refused ? 'blocked' : action, ...because, needs }
}

/** An object whose document speaks for another one now is an orphan from here on; pruning decides about it. */
export const leaveStep = ({ entry, by }: Left): Step => ({
  ...stepOf(entry),
  action: 'leave',
  from: by,
  because: `${by} describes another object now`,
  needs: [],
})

/** A step with what became of the memory at its address: it came from another one, or left one. */
export function withHistory(step: Step, { moves, left }: Matched): Step {
  const from = moves.get(step.address) ?? left.find(({ entry }) => entry.address === step.address)?.by
  if (from !== undefined) return { ...step, ...(step.action === 'none' ? { action: 'move' } : {}), from }
  const before = left.find(({ by }) => by === step.address)?.entry
  const parent = before && changedParent(step, before)
  return parent === undefined || step.because !== undefined ? step : { ...step, because: parent }
}

/** The same key in another tenant is another object. */
function changedParent({ kind, key, tenant }: Step, before: Entry): string | undefined {
  if (kind !== before.kind || key !== before.key || tenant === before.tenant) return undefined
  return `its tenant was ${before.tenant} and is ${tenant} now, so it is another object`
}
