import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { addressOf, type Resource } from '../../config/resource.ts'
import type { Change } from '../../reconciler/adapter.ts'
import { decide } from '../../reconciler/decide.ts'
import { type Facts, factsOf } from '../../reconciler/facts.ts'
import type { Entry, Step } from '../../reconciler/model.ts'
import { type Context, observeOne } from '../../reconciler/observe.ts'
import { driftOf, mayChangeHands, reconcileOne } from '../../reconciler/one.ts'
import { release } from '../../reconciler/removal.ts'
import { ruleCheck } from '../../reconciler/rules.ts'
import { messageOf } from './message.ts'
import { EntryLedger, entryOf, type Inputs, inputsOf, isUndone, keyOf, newMark, type Outputs } from './state.ts'
import { asFound, readable } from './view.ts'
import type { Workspace } from './workspace.ts'

/** The life of one document as a Pulumi resource. */
export class DocumentVerbs {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** Mistakes of the document; nothing is sent. */
  async check(_olds: unknown, inputs: Inputs) {
    const address = addressOf({ kind: inputs.kind, metadata: inputs })
    const own = this.#workspace.documents.diagnostics.filter((d) => d.resource === address && d.severity === 'error')
    const failures = own.map((d) => ({ property: `spec${(d.pointer ?? '').replaceAll('/', '.')}`, reason: d.message }))
    return { inputs, failures }
  }

  /** The decision of the planner on what was last seen; nothing is sent. */
  async diff(_id: string, olds: Outputs, inputs: Inputs) {
    const entry = entryOf(olds)
    const facts = this.#facts(this.#documentOf(inputs), entry)
    const sight = { state: 'present', observed: { id: entry.id ?? '', key: entry.key, spec: olds.observed } } as const
    const seen = await observeOne(facts, entry, this.#workspace.context(keyOf(olds)), sight)
    const step = decide(facts, seen, entry, ruleCheck)
    if (step.action === 'blocked') throw new PlumblineError('REFUSED', `${step.address}: ${step.because ?? 'blocked'}`)
    if (step.action === 'replace') return this.#replacement(step, entry)
    const isHandedOver = facts.steering.management === 'Observe' && mayChangeHands(facts, entry)
    const differs = WRITES.has(step.action) && entry.heldBy === undefined
    return { changes: differs || isEdited(facts, entry) || isUndone(olds, inputs) || isHandedOver }
  }

  /** The engine deletes the old object by the policy that was recorded with it, so that has to be Delete already. */
  #replacement(step: Step, { deletionPolicy }: Entry) {
    if (deletionPolicy === 'Delete' && this.#workspace.documents.guards.allow.includes('replace'))
      return { changes: true, replaces: ['spec'], deleteBeforeReplace: true }
    throw replacementRefused(step)
  }

  /** Takes over what is there, creates what is not. What was begun when it fails is kept in the state. */
  async create(inputs: Inputs) {
    const outs = await this.#reconcile(inputs, undefined)
    return { id: outs.entry.id ?? outs.entry.address, outs }
  }

  async update(_id: string, olds: Outputs, inputs: Inputs) {
    return { outs: await this.#reconcile(inputs, olds) }
  }

  async #reconcile(inputs: Inputs, olds: Outputs | undefined): Promise<Outputs> {
    const key = keyOf(olds)
    const before = olds && entryOf(isUndone(olds, inputs) ? forgotten(olds) : olds)
    const facts = this.#facts(this.#documentOf(inputs), before)
    const ledger = new EntryLedger(before)
    const context = this.#workspace.context(key, inputs.owner)
    try {
      const { step, entry } = await this.#workspace.write(facts.connection, () =>
        reconcileOne(facts, ledger, context, ruleCheck),
      )
      if (entry.heldBy !== undefined) tellHeld(entry)
      const outs = outputs(facts, entry, key, step.action === 'report' ? step.changes : [])
      return { ...outs, owner: inputs.owner, ...followed(inputs) }
    } catch (thrown) {
      const begun = ledger.entries.get(facts.address)
      throw begun === undefined ? thrown : unfinished(thrown, outputs(facts, begun, key, []))
    }
  }

  /** Looks again and records what is seen, so that the engine's next preview shows drift field by field. */
  async read(id: string, olds: Outputs) {
    const entry = entryOf(olds)
    const document = this.#find(entry)
    if (document === undefined) return { id, props: olds }
    const facts = this.#facts(document, entry)
    const context = this.#workspace.context(keyOf(olds), olds.owner)
    const found = await driftOf(facts, entry, context)
    if (found === undefined) return { id: '', props: {} }
    const spec = asFound(facts.kind, document.spec, found.changes)
    const inputs = { ...inputsOf(document, spec, olds.owner ?? ''), ...followed(olds) }
    const observed = observedOf(facts, entry, found.changes)
    return { id, inputs, props: { ...olds, ...(await this.#released(olds, facts, context)), observed } }
  }

  /** What somebody else held, and does not any more, is managed again by the next update. */
  async #released({ entry }: Outputs, facts: Facts, { ownership }: Context): Promise<Partial<Outputs>> {
    const isOurs = entry.heldBy !== undefined && (await ownership?.holderBesideUs(facts)) === undefined
    return isOurs ? { entry: { ...entry, specDigest: '' } } : {}
  }

  /**
   * Deletes, resets or leaves the object, as the deletion policy says that was applied last. The engine deletes after
   * everything else, the finalizer included, so the final action is taken here.
   */
  async delete(_id: string, olds: Outputs) {
    const entry = entryOf(olds)
    const context = this.#workspace.context(keyOf(olds), olds.owner)
    const leave = () => release(entry, context, new EntryLedger(entry))
    if (entry.deletionPolicy === 'Retain') return leave()
    await this.#workspace.write(entry.connection, async () => {
      await leave()
      if (kindOf(entry.kind)?.finalize) await this.#workspace.finalize(entry.connection)
    })
  }

  #facts(document: Resource, entry: Entry | undefined): Facts {
    return factsOf(document, this.#workspace.index, entry)
  }

  #documentOf({ kind, name, namespace }: Inputs): Resource {
    const found = this.#workspace.index.find(kind, name, namespace)
    if (found === undefined) throw new PlumblineError('INTERNAL', `${kind}/${name} is not in the project any more`)
    return found
  }

  #find({ kind, address }: Entry): Resource | undefined {
    return this.#workspace.documents.resources.find((r) => r.kind === kind && addressOf(r) === address)
  }
}

/** The engine shows what its plugins write to standard error. */
const tellHeld = ({ address, heldBy }: Entry): void =>
  console.warn(`${address}: ${heldBy} manages it, so it is only watched here`)

function replacementRefused({ address, changes }: Step): PlumblineError {
  const fields = changes.filter((c) => c.createOnly).map((c) => c.path)
  return new PlumblineError('REFUSED', `${address}: ${fields.join(', ')} can be set at creation only`, {
    help: 'To have it deleted and created anew, apply deletionPolicy: Delete first and let the guards of the project allow replace.',
  })
}

/** What cannot be read back has been undone by another write, so it counts as never written. */
const forgotten = (olds: Outputs): Outputs => ({ ...olds, applied: { key: keyOf(olds), memo: {} } })

const followed = ({ follows }: Pick<Inputs, 'follows'>): Pick<Inputs, 'follows'> =>
  follows === undefined ? {} : { follows }

const WRITES: ReadonlySet<Step['action']> = new Set(['adopt', 'update'])

/** How the document steers Plumbline may change without any field of the object being different. */
const isEdited = (facts: Facts, entry: Entry): boolean =>
  facts.steering.management === 'Full' && !facts.kind.observeOnly && facts.specDigest !== entry.specDigest

function outputs(facts: Facts, { memo, ...entry }: Entry, key: string, left: readonly Change[]): Outputs {
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
