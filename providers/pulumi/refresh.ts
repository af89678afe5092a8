import { type Code, PlumblineError, toPlumblineError } from '../../config/errors.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import type { Facts } from '../../reconciler/facts.ts'
import { isManaged } from '../../reconciler/look-at-all.ts'
import type { Entry } from '../../reconciler/model.ts'
import type { Context } from '../../reconciler/observe.ts'
import { type Books, holderText } from '../../reconciler/ownership.ts'
import { driftOf } from '../../reconciler/reconcile-one.ts'
import { warn } from './diagnostics.ts'
import { messageOf } from './message.ts'
import { recordedFacts } from './recorded.ts'
import { type DocumentInputs, entryOf, factsIn, inputsOf, type Outputs, recordedKey } from './state.ts'
import { asFound, readable } from './view.ts'
import type { StackWorkspace } from './workspace.ts'

/** What the engine records of a refreshed resource; an empty id takes it out of the state. */
interface Refreshed {
  readonly id: string
  readonly props: Outputs | Record<string, never>
  readonly inputs?: DocumentInputs
}

/**
 * Looks at the object that the state knows, whatever has become of its document, and records what is seen, so that the
 * engine's next preview shows drift field by field. What cannot be looked at stays as it was, with a warning.
 */
export async function refreshed(workspace: StackWorkspace, id: string, olds: Outputs): Promise<Refreshed> {
  const entry = entryOf(olds)
  const context = workspace.context(recordedKey(olds), olds.owner)
  try {
    const speaker = await context.speaker?.(entry)
    const document = workspace.documents.resources.find((r) => placedAddressOf(r) === speaker)
    const facts = document ? factsIn(document, workspace.index, entry) : recordedFacts(entry, olds.observed)
    if (facts.steering.management === 'Paused') return { id, props: olds }
    return await looked({ id, olds, entry, facts, document, books: workspace.books }, context)
  } catch (thrown) {
    if (!OUR_REASONS.has(toPlumblineError(thrown).code)) throw thrown
    await warn(`${entry.address}: ${messageOf(thrown)}. It was not looked at, and stays in the state as it was.`)
    return { id, props: olds }
  }
}

/** Reasons of ours not to look: the Connection is gone or paused, or a lost create has no id. All others are the system's. */
const OUR_REASONS: ReadonlySet<Code> = new Set(['UNRESOLVED_REFERENCE', 'REFUSED', 'OUTCOME_UNKNOWN'])

interface Subject {
  readonly id: string
  readonly olds: Outputs
  readonly entry: Entry
  readonly facts: Facts
  readonly document: Resource | undefined
  readonly books: Books
}

async function looked({ id, olds, entry, facts, document, books }: Subject, context: Context): Promise<Refreshed> {
  const found = await driftOf(facts, entry, context)
  if (found === undefined) return { id: '', props: {} }
  const observed = readable(facts.kind, asFound(facts.kind, facts.spec, found.changes), entry.memo)
  const props = { ...olds, observed, entry: await asHeld(olds.entry, facts, context, books) }
  if (document === undefined || placedAddressOf(document) !== entry.address) return { id, props }
  const { follows } = olds
  const spec = asFound(facts.kind, document.spec, found.changes)
  const inputs = { ...inputsOf(document, spec, olds.owner ?? ''), ...(follows === undefined ? {} : { follows }) }
  return { id, props, inputs }
}

/** Somebody else may have taken it over since the last run. */
async function asHeld(
  entry: Outputs['entry'],
  facts: Facts,
  { ownership }: Context,
  books: Books,
): Promise<Outputs['entry']> {
  if (!isManaged(facts)) return entry
  const holder = (await ownership?.heldByOthers([facts], books))?.get(facts.address)
  if (holder === undefined) return entry
  if (holder instanceof PlumblineError) throw holder
  await warn(`${entry.address}: ${holderText(holder)} manages it by now`)
  return { ...entry, heldBy: holderText(holder) }
}
