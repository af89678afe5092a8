import { PlumblineError } from '../config/errors.ts'
import type { Change } from './adapter.ts'
import type { Ledger } from './apply.ts'
import { differences, type RuleCheck } from './decide.ts'
import { type Executed, execute } from './execute.ts'
import type { Facts } from './facts.ts'
import { isSameKey, isSameObject, withMemory, withoutMemory } from './match.ts'
import { DEFAULT_ALLOWANCE, type Entry, observedIn, type Seen, type Step } from './model.ts'
import { withPlace } from './object-places.ts'
import { type Context, observeOne } from './observe.ts'
import { gated, isWrite } from './plan.ts'
import { decideOn, recall } from './recall.ts'
import { digestsOf, witnessed } from './witness.ts'

/** What became of one document that was reconciled by itself. */
export interface Reconciled {
  readonly step: Step
  readonly entry: Entry
}

type OneLedger = Pick<Ledger, 'put' | 'drop' | 'finalizeDue' | 'entries'>

/** What was seen of one document's object, and what is to be done about it. */
export interface Look {
  readonly facts: Facts
  readonly entry: Entry | undefined
  readonly seen: Seen
  readonly step: Step
}

/** Observes and decides; never writes. Throws what stands in the way. */
export async function lookOne(
  document: Facts,
  known: Entry | undefined,
  context: Context,
  rules: RuleCheck,
): Promise<Look> {
  const [facts, entry] = await remembered(document, known, context)
  const seen = await observeOne(facts, entry, context)
  if (seen.sight.state === 'unknown') throw seen.sight.error
  const step = gated(decideOn(facts, seen, entry, rules), DEFAULT_ALLOWANCE)
  if (step.action === 'blocked') throw new PlumblineError('REFUSED', `${step.address}: ${step.because ?? 'blocked'}`)
  const because = known === undefined || entry !== undefined ? undefined : `it described ${objectOf(known)} before`
  return {
    facts,
    entry: recall(entry, seen, facts.kind).entry,
    seen,
    step: because === undefined ? step : { because, ...step },
  }
}

/** The document in its place, and what is known of its object: memory of another object, or of another place, does not count. */
async function remembered(
  document: Facts,
  known: Entry | undefined,
  context: Context,
): Promise<readonly [Facts, Entry | undefined]> {
  const facts = await withPlace(document, context)
  if (known !== undefined && (await isOwnMemory(facts, known, context))) return withMemory(facts, known)
  return [withoutMemory(facts), undefined]
}

/**
 * Memory is about the object that the document describes: by its key, or because the document gives a known object another
 * one, which no other document of ours describes by now.
 */
async function isOwnMemory(facts: Facts, known: Entry, { speaker }: Pick<Context, 'speaker'>): Promise<boolean> {
  if (!isSameObject(facts, known)) return false
  if (isSameKey(facts.target.key, known)) return true
  const address = await speaker?.(known)
  return address === undefined || address === facts.address
}

/** For people. */
const objectOf = ({ kind, tenant, key }: Entry): string => `${kind} ${tenant === undefined ? '' : `${tenant}/`}${key}`

/** The outcome of a look after which nothing is to be written or taken hold of; `undefined` when something is. */
export function settled({ facts, entry, step }: Look): Reconciled | undefined {
  if (mayChangeHands(facts, entry)) return undefined
  if (step.action === 'report' || facts.steering.management !== 'Full')
    return { step, entry: entry === undefined ? unmanaged(facts, step) : withId(entry, step) }
  if (entry && step.action === 'none' && entry.specDigest === facts.specDigest) return { step, entry }
  return undefined
}

/** An object that somebody else held, or that its document only observes from now on. */
export function mayChangeHands({ steering }: Facts, entry: Entry | undefined): boolean {
  if (steering.management === 'Full') return entry?.heldBy !== undefined
  return steering.management === 'Observe' && isHeldByUs(entry)
}

const isHeldByUs = (entry: Entry | undefined): entry is Entry =>
  entry?.claim !== undefined && entry.heldBy === undefined && entry.specDigest !== undefined

/**
 * One document by itself: observe, decide, act, read back. For doors that order documents themselves (Pulumi, the
 * controller); its containers are in place already. Never replaces an object. Throws what stands in the way.
 */
export async function reconcileOne(
  facts: Facts,
  ledger: OneLedger,
  context: Context,
  rules: RuleCheck,
): Promise<Reconciled> {
  const look = await lookOne(facts, ledger.entries.get(facts.address), context, rules)
  const done = settled(look)
  if (done) return done
  if (facts.steering.management !== 'Full') return handOver(look, context)
  const heldBy = await context.ownership?.holderBesideUs(facts)
  if (heldBy !== undefined) return watch(look, heldBy, rules)
  return act(look.entry?.heldBy === undefined ? look : asNew(look, rules), ledger, context)
}

/** What was only watched until now is taken over like an object that is seen for the first time. */
function asNew({ facts, seen }: Look, rules: RuleCheck): Look {
  return { facts, seen, entry: undefined, step: gated(decideOn(facts, seen, undefined, rules), DEFAULT_ALLOWANCE) }
}

/** Whoever only watches an object now does not keep others from it. */
async function handOver({ facts, entry, step }: Look, { ownership }: Context): Promise<Reconciled> {
  if (entry !== undefined) await ownership?.release(entry)
  const { claim: _, specDigest: _applied, ...rest } = entry ?? unmanaged(facts, step)
  return { step, entry: rest }
}

/** Somebody else holds the object: it is treated as one that is only observed. */
function watch({ facts, entry, seen }: Look, heldBy: string, rules: RuleCheck): Reconciled {
  const observing: Facts = { ...facts, steering: { ...facts.steering, management: 'Observe' } }
  const step = decideOn(observing, seen, entry, rules)
  return { step, entry: { ...unmanaged(facts, step), specDigest: facts.specDigest, heldBy } }
}

async function act({ facts, entry, seen, step }: Look, ledger: OneLedger, context: Context): Promise<Reconciled> {
  if (isWrite(step) && facts.kind.finalize) await ledger.finalizeDue(facts.connection, true)
  const connected = await context.connections.connection(facts.connection)
  const write = () => execute(step, seen, entry, { facts, connected, context, recorder: ledger })
  const digests = ({ observed }: Executed) => digestsOf(observedIn(seen.sight), observed)
  const done = await witnessed(isWrite(step) ? context.witness : undefined, step, write, digests)
  return { step, entry: done.entry }
}

/** What was absent at the first look may be there by now. An id that is known stays: another one is another object. */
const withId = (entry: Entry, { id = entry.id }: Step): Entry =>
  entry.id !== undefined || id === undefined ? entry : { ...entry, id }

/** An entry for what is only watched: its id is known, nothing of it was written. */
const unmanaged = (facts: Facts, step: Step): Entry => ({
  address: facts.address,
  kind: facts.kind.name,
  connection: facts.connection,
  key: facts.target.key,
  ...(facts.target.tenant === undefined ? {} : { tenant: facts.target.tenant }),
  ...(facts.place === undefined ? {} : { place: facts.place }),
  ...(step.id === undefined ? {} : { id: step.id }),
  memo: {},
  deletionPolicy: 'Retain',
  ...(facts.claim === undefined ? {} : { claim: facts.claim }),
  needs: facts.needs,
})

/** How one object differs from its document right now; `undefined` when it is proven absent. Never writes. */
export async function driftOf(
  document: Facts,
  known: Entry | undefined,
  context: Context,
): Promise<{ readonly seen: Seen; readonly changes: readonly Change[] } | undefined> {
  const [facts, own] = await remembered(document, known, context)
  const found = await observeOne(facts, own, context)
  if (found.sight.state === 'unknown') throw found.sight.error
  if (found.sight.state === 'absent') return undefined
  const { entry, seen } = recall(own, found, facts.kind)
  return { seen, changes: differences(facts, found.sight.observed, seen, entry) }
}
