import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { keyBehind, referencesOf } from '../../config/references.ts'
import { addressOf } from '../../config/resource.ts'
import type { Change } from '../../reconciler/adapter.ts'
import type { Facts } from '../../reconciler/facts.ts'
import type { Address, Entry, Step } from '../../reconciler/model.ts'
import { type Context, observeOne } from '../../reconciler/observe.ts'
import { decideOn } from '../../reconciler/recall.ts'
import { mayChangeHands, type Reconciled, reconcileOne } from '../../reconciler/reconcile-one.ts'
import { release } from '../../reconciler/removal.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { messageOf } from './message.ts'
import { refreshed } from './refresh.ts'
import {
  type DocumentInputs,
  EntryLedger,
  entryOf,
  factsIn,
  isUndone,
  newMark,
  type Outputs,
  recordedKey,
  resourceOfInputs,
} from './state.ts'
import { asFound, readable } from './view.ts'
import type { StackWorkspace } from './workspace.ts'

/** The life of one document as a Pulumi resource. */
export class DocumentVerbs {
  readonly #workspace: StackWorkspace
  /** Documents whose objects this run deletes in order to create them anew. */
  readonly #replaced = new Set<Address>()

  constructor(workspace: StackWorkspace) {
    this.#workspace = workspace
  }

  /** Mistakes of the document; nothing is sent. */
  async check(_olds: unknown, inputs: DocumentInputs) {
    const address = addressOf({ kind: inputs.kind, metadata: inputs })
    const own = this.#workspace.documents.diagnostics.filter((d) => d.resource === address && d.severity === 'error')
    const failures = own.map((d) => ({ property: `spec${(d.pointer ?? '').replaceAll('/', '.')}`, reason: d.message }))
    return { inputs, failures }
  }

  /**
   * The decision of the planner on what was last seen; nothing is sent. After a refresh the engine compares a state with
   * itself, too: its references may lead nowhere by now, which must not keep everything else from being refreshed.
   */
  async diff(_id: string, olds: Outputs, inputs: DocumentInputs) {
    try {
      return await this.#compare(olds, inputs)
    } catch (thrown) {
      if (this.#workspace.holds(resourceOfInputs(inputs))) throw thrown
      return { changes: false }
    }
  }

  async #compare(olds: Outputs, inputs: DocumentInputs) {
    const entry = entryOf(olds)
    const facts = this.#facts(inputs, entry)
    const context = this.#workspace.context(recordedKey(olds))
    if (this.#workspace.program?.changed.includes(facts.address)) return { changes: true, replaces: ['spec'] }
    const sight = { state: 'present', observed: { id: entry.id ?? '', key: entry.key, spec: olds.observed } } as const
    const seen = await observeOne(facts, entry, context, sight)
    const step = decideOn(facts, seen, entry, ruleCheck)
    if (step.action === 'blocked') throw new PlumblineError('REFUSED', `${step.address}: ${step.because ?? 'blocked'}`)
    if (step.changes.some(isReplacing)) return this.#replacement(step, entry)
    const differs = WRITES.has(step.action) || isEdited(facts, entry) || isUndone(olds, inputs)
    return { changes: differs || isReachedAnew(facts, entry) || mayChangeHands(facts, entry) }
  }

  /** The engine deletes the old object by the policy that was recorded with it, so that has to be Delete already. */
  #replacement(step: Step, { address, deletionPolicy }: Entry) {
    if (deletionPolicy !== 'Delete' || !this.#workspace.documents.guards.allow.includes('replace'))
      throw replacementRefused(step)
    this.#replaced.add(address)
    return { changes: true, replaces: ['spec'], deleteBeforeReplace: true }
  }

  /** Takes over what is there, creates what is not. What was begun when it fails is kept in the state. */
  async create(inputs: DocumentInputs) {
    const outs = await this.#reconcile(inputs, undefined)
    return { id: outs.entry.id ?? outs.entry.address, outs }
  }

  async update(_id: string, olds: Outputs, inputs: DocumentInputs) {
    return { outs: await this.#reconcile(inputs, olds) }
  }

  async #reconcile(inputs: DocumentInputs, olds: Outputs | undefined): Promise<Outputs> {
    const before = olds && entryOf(isUndone(olds, inputs) ? forgotten(olds) : olds)
    const facts = this.#facts(inputs, before)
    const owned = { owner: inputs.owner, ...followed(inputs) }
    const context = this.#workspace.context(recordedKey(olds), inputs.owner, olds?.owner)
    const { step, entry } = await this.#act(facts, before && { ...before, address: facts.address }, context, owned)
    if (entry.heldBy !== undefined) throw heldByAnother(entry)
    return { ...outputs(facts, entry, context, step.action === 'report' ? step.changes : []), ...owned }
  }

  async #act(facts: Facts, before: Entry | undefined, context: Context, owned: Owned): Promise<Reconciled> {
    const ledger = new EntryLedger(before)
    try {
      return await this.#workspace.write(facts.connection, () => reconcileOne(facts, ledger, context, ruleCheck))
    } catch (thrown) {
      const begun = ledger.entries.get(facts.address)
      if (begun === undefined || begun === before) throw thrown
      throw unfinished(thrown, { ...outputs(facts, begun, context, []), ...owned })
    }
  }

  /** Looks again at what the state knows. */
  async read(id: string, olds: Outputs) {
    return refreshed(this.#workspace, id, olds)
  }

  /**
   * Deletes, resets or leaves the object, as the deletion policy says that was applied last, unless a document describes
   * it still. The engine deletes after everything else, the finalizer included, so the final action is taken here.
   */
  async delete(_id: string, olds: Outputs) {
    const entry = entryOf(olds)
    const context = this.#workspace.context(recordedKey(olds), olds.owner)
    const isReplaced = this.#replaced.delete(entry.address)
    const { speaker: _, ...alone } = context
    const end = () => release(entry, isReplaced ? alone : context, new EntryLedger(entry))
    if (entry.deletionPolicy === 'Retain') return end()
    if (!isReplaced && (await context.speaker?.(entry)) === undefined) this.#workspace.requireConsent(entry)
    await this.#workspace.write(entry.connection, async () => {
      await end()
      if (kindOf(entry.kind)?.finalize) await this.#workspace.finalize(entry.connection)
    })
  }

  #facts(inputs: DocumentInputs, entry: Entry | undefined): Facts {
    const document = resourceOfInputs(inputs)
    const { index } = this.#workspace
    const lost = referencesOf(document).find((edge) => keyBehind(edge, document, index) === undefined)
    if (lost) throw new PlumblineError('UNRESOLVED_REFERENCE', `${addressOf(document)}: ${lost.at} leads nowhere`)
    return factsIn(document, index, entry)
  }
}

const heldByAnother = ({ address, heldBy }: Entry): PlumblineError =>
  new PlumblineError('REFUSED', `${address}: ${heldBy} manages it, so nothing was done`, {
    help: 'To take it over, set plumbline:takeOver to that owner for one run; to watch it only, say management: Observe.',
  })

function replacementRefused({ address, changes }: Step): PlumblineError {
  const fields = changes.filter((c) => c.createOnly).map((c) => c.path)
  return new PlumblineError('REFUSED', `${address}: ${fields.join(', ')} can be set at creation only`, {
    help: 'To have it deleted and created anew, apply deletionPolicy: Delete first and let the guards of the project allow replace.',
  })
}

/** What cannot be read back has been undone by another write, so it counts as never written. */
const forgotten = (olds: Outputs): Outputs => ({ ...olds, applied: { key: recordedKey(olds), memo: {} } })

type Owned = Pick<Outputs, 'owner' | 'follows'>

const followed = ({ follows }: Pick<DocumentInputs, 'follows'>): Pick<DocumentInputs, 'follows'> =>
  follows === undefined ? {} : { follows }

const WRITES: ReadonlySet<Step['action']> = new Set(['adopt', 'update', 'replace'])

/** Of a field that was not looked at yet nobody knows whether it differs. */
const isReplacing = ({ createOnly, op }: Change): boolean => createOnly === true && op !== 'add'

/** By another document or Connection than before, which is recorded. */
const isReachedAnew = ({ address, connection }: Facts, entry: Entry): boolean =>
  address !== entry.address || connection !== entry.connection

/** How the document steers Plumbline may change without any field of the object being different. */
const isEdited = (facts: Facts, entry: Entry): boolean =>
  facts.steering.management === 'Full' && !facts.kind.observeOnly && facts.specDigest !== entry.specDigest

function outputs(
  facts: Facts,
  { memo, ...entry }: Entry,
  { fingerprintKey: key }: Context,
  left: readonly Change[],
): Outputs {
  const observed = observedOf(facts, { ...entry, memo }, left)
  const applied = Object.keys(memo).length === 0 ? {} : { applied: { memo, key } }
  return { observed, entry, ...applied, written: newMark() }
}

const observedOf = (facts: Facts, { memo }: Entry, changes: readonly Change[]) =>
  readable(facts.kind, asFound(facts.kind, facts.spec, changes), memo)

/** A failure after which something may be there: the engine keeps the outputs and updates at the next run. */
function unfinished(thrown: unknown, outs: Outputs): Error {
  const reason = messageOf(thrown)
  return Object.assign(new Error(reason, { cause: thrown }), {
    id: outs.entry.id ?? outs.entry.address,
    properties: outs,
    reasons: [reason],
  })
}
