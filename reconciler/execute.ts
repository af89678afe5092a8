import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import { valueAt } from '../config/references.ts'
import type { Pointer } from '../config/resource.ts'
import type { Change, Created, Desired, Observed, Produced } from './adapter.ts'
import type { Connected } from './connections.ts'
import { CreateAttempt } from './create-attempt.ts'
import { differences, type RuleCheck } from './decide.ts'
import { diffSpec } from './diff.ts'
import type { Facts } from './facts.ts'
import { isSameKey } from './match.ts'
import type { Entry, Seen, Step } from './model.ts'
import { type Context, observeOne, secretsOf } from './observe.ts'
import { decideOn, recall } from './recall.ts'
import { withRetry } from './retry.ts'
import type { Secret } from './secret.ts'
import { secretReferencesOf, withSecrets } from './secret-source.ts'
import type { Memo, SentSecret } from './sent-secret.ts'

/** Where the progress of a step is recorded, durably, before the next thing happens. */
export interface Recorder {
  put(entry: Entry): Promise<void>
  drop(address: string): Promise<void>
}

interface Work {
  readonly facts: Facts
  /** What we hold of the object under the key that it had before. */
  readonly former?: Entry
  readonly connected: Connected
  readonly context: Context
  readonly recorder: Recorder
}

type Sent = ReadonlyMap<Pointer, Secret>

/** What we own after a step, and what the system shows then. */
export interface Executed {
  readonly entry: Entry
  readonly observed: Observed
}

/**
 * Does one step on an object that was just observed, reads it back and records what we own.
 * The step's changes are recomputed by the caller; only `create`, `adopt`, `update`, `replace` and `none` come here.
 */
export async function execute(step: Step, seen: Seen, entry: Entry | undefined, task: Work): Promise<Executed> {
  const work = isRenamed(task.facts, entry) ? { ...task, former: entry } : task
  const observed = seen.sight.state === 'present' ? seen.sight.observed : undefined
  if (step.action === 'create') return create(step, entry, work)
  if (observed === undefined) throw new PlumblineError('PLAN_STALE', `${step.address} has gone since the plan was made`)
  if (step.action === 'replace') {
    await remove(observed, entry, work)
    return create(step, entry, work)
  }
  if (step.changes.length === 0) return record(observed, entry?.memo ?? {}, [], work)
  return change(step, observed, entry, work)
}

/** As the kind compares keys: the book does, too, whatever form an older release claimed in. */
const isRenamed = ({ target }: Facts, entry: Entry | undefined): entry is Entry =>
  entry?.claim !== undefined && !isSameKey(target.key, entry)

/** Before what we hold now is recorded: a kill in between lets it be given up again. */
const giveUpFormer = async ({ former, context }: Work): Promise<void> => {
  if (former !== undefined) await context.ownership?.release(former)
}

async function create(step: Step, entry: Entry | undefined, work: Work): Promise<Executed> {
  const { facts, context, recorder } = work
  if (facts.kind.produces !== undefined) await requireOpen(valueAt(facts.spec, facts.kind.produces), context)
  const sent = await secretsToSend(facts, undefined, context)
  const intent = entryOf(facts, undefined, entry?.memo ?? {}, undefined)
  await giveUpFormer(work)
  await recorder.put(intent)
  const attempt = new CreateAttempt(desiredOf(facts, sent), work)
  try {
    const created = await attempt.run()
    // At once: some systems find an object again by this id only.
    await recorder.put({ ...intent, id: created.id })
    const written = { changes: step.changes, kept: [] }
    return await finish(created, sent, written, {}, { ...work, facts: withId(facts, created.id) })
  } catch (thrown) {
    if (attempt.foundOwn(thrown)) return takeOver(intent, work, toPlumblineError(thrown))
    if (attempt.provesNothingCreated(thrown)) await undoIntent(entry, facts, recorder)
    throw thrown
  }
}

/** A value that is shown once must not be made when there is nowhere to put it. */
const requireOpen = async (place: unknown, { deliveries }: Context): Promise<void> => {
  if (place !== undefined) await deliveries.requireOpen(place)
}

/** Adopts what turned out to exist: looks at it and changes what differs. */
async function takeOver(intent: Entry, work: Work, cause: PlumblineError): Promise<Executed> {
  const { seen, step } = await lookAgain(work.facts, intent, work.context, () => [])
  if (step.action === 'create')
    throw new PlumblineError('CONFLICT', `the system says that it exists and does not show it: ${cause.message}`, {
      cause,
    })
  return execute(step, seen, intent, work)
}

async function undoIntent(entry: Entry | undefined, facts: Facts, recorder: Recorder): Promise<void> {
  if (entry === undefined) await recorder.drop(facts.address)
  else await recorder.put(entry)
}

/** Changes that were sent, and differences that were left as they are on purpose. */
interface Written {
  readonly changes: readonly Change[]
  readonly kept: readonly Change[]
  /** What the first write left. */
  readonly again?: true
}

async function change(step: Step, observed: Observed, entry: Entry | undefined, work: Work): Promise<Executed> {
  const memo = entry?.memo ?? {}
  const kept = leftIn(observed, memo, work).filter(isNotAmong(step.changes))
  return write({ changes: step.changes, kept }, observed, memo, work)
}

async function write(written: Written, observed: Observed, memo: Memo, work: Work): Promise<Executed> {
  const { facts, connected, context } = work
  const { changes } = written
  const sent = await secretsToSend(facts, changes, context)
  const adapter = connected.session.adapter(facts.kind)
  const target = { ...facts.target, id: observed.id }
  const produced = await withRetry(
    () => adapter.update(target, observed, desiredOf(facts, sent), changes, context.signal),
    connected.clock,
    context.signal,
  )
  return finish(produced, sent, written, memo, { ...work, facts: withId(facts, observed.id) })
}

const withId = (facts: Facts, id: string): Facts => ({ ...facts, target: { ...facts.target, id } })

/** Delivers what was produced, then reads back and records. */
async function finish(
  result: Created | Produced | undefined,
  sent: Sent,
  written: Written,
  before: Memo,
  work: Work,
): Promise<Executed> {
  const { facts, context } = work
  if (result?.produced && facts.kind.produces !== undefined) {
    await context.deliveries.put(valueAt(facts.spec, facts.kind.produces), result.produced.reveal())
  }
  const memo = { ...before, ...sentMemo(facts, sent, context), ...blindMemo(written.changes) }
  return settle(memo, written, work)
}

function sentMemo(facts: Facts, sent: Sent, { fingerprintKey }: Context): Memo {
  const references = secretReferencesOf(facts.kind.spec, facts.spec)
  const entries = [...sent].map(([pointer, secret]): [Pointer, SentSecret] => {
    const version = references.get(pointer)?.version
    return [pointer, { ...(version === undefined ? {} : { version }), fingerprint: secret.fingerprint(fingerprintKey) }]
  })
  return Object.fromEntries(entries)
}

/** Written values, in case they turn out to be unreadable. */
const blindMemo = (changes: readonly Change[]): Memo =>
  Object.fromEntries(changes.filter((c) => !c.secret && c.to !== undefined).map((c) => [c.path, c.to]))

/** Reads the object back, and records what is there. */
async function settle(memo: Memo, written: Written, work: Work): Promise<Executed> {
  const { sight } = await observeOne(work.facts, undefined, work.context)
  if (sight.state === 'unknown') throw sight.error
  if (sight.state === 'absent')
    throw new PlumblineError('DIVERGED', 'the write succeeded, but the object does not exist when read back')
  const left = leftIn(sight.observed, memo, work).filter(isNotAmong(written.kept))
  // A field may undo another one, e.g. a new address is not verified (secrets-vault notes, 5.17), so it goes alone.
  if (isWorthAnother(written, left))
    return write({ ...written, changes: left, again: true }, sight.observed, memo, work)
  return record(sight.observed, memo, left, work)
}

const isWorthAnother = ({ changes, again }: Written, left: readonly Change[]): boolean =>
  !again && left.length > 0 && changes.some(isNotAmong(left)) && !left.some((c) => c.createOnly)

/** What a memo and an observation have different from the document. */
const leftIn = (observed: Observed, memo: Memo, { facts }: Work): readonly Change[] =>
  differences(facts, observed, { fingerprints: {}, delivered: true }, { memo } as Entry)

const isNotAmong =
  (others: readonly Change[]) =>
  ({ path }: Change): boolean =>
    !others.some((other) => other.path === path)

/** What is still different was not taken; what cannot be read stays in the memo. */
async function record(observed: Observed, memo: Memo, left: readonly Change[], work: Work): Promise<Executed> {
  const { facts, recorder } = work
  const needed = { ...neededMemo(facts, observed, memo), ...deliveredMemo(facts, observed) }
  const kept = entryOf(facts, observed.id, needed, facts.specDigest)
  await giveUpFormer(work)
  await recorder.put(left.length === 0 ? kept : { ...kept, specDigest: '' })
  if (left.length > 0) throw diverged(left)
  return { entry: kept, observed }
}

/** The part of a memo that the observation does not show anyway. */
function neededMemo(facts: Facts, observed: Observed, memo: Memo): Memo {
  const unseen = diffSpec(facts.kind, facts.spec, { observed: observed.spec, memo: {}, ignore: facts.steering.ignore })
  const paths = new Set(unseen.map((c) => c.path))
  return Object.fromEntries(Object.entries(memo).filter(([path]) => paths.has(path)))
}

/** Which value was delivered, where the system tells one from another. */
function deliveredMemo({ kind, spec }: Facts, { fingerprint }: Observed): Memo {
  const { produces } = kind
  if (produces === undefined || fingerprint === undefined || valueAt(spec, produces) === undefined) return {}
  return { [produces]: { fingerprint } satisfies SentSecret }
}

function diverged(left: readonly Change[]): PlumblineError {
  const fields = left.map((c) => c.path).join(', ')
  return new PlumblineError('DIVERGED', `written without an error, yet ${fields} read back different`, {
    help: 'The system does not accept these values here; drop them from the document or set them in the system.',
  })
}

const desiredOf = (facts: Facts, sent: Sent): Desired => withSecrets(facts.kind.spec, facts.spec, sent)

/** On a create every secret; on a change those whose references changed. */
async function secretsToSend(facts: Facts, changes: readonly Change[] | undefined, context: Context): Promise<Sent> {
  const wanted = changes && new Set(changes.filter((c) => c.secret).map((c) => c.path))
  const references = [...secretReferencesOf(facts.kind.spec, facts.spec)]
  const due = references.filter(([pointer]) => wanted === undefined || wanted.has(pointer))
  const secrets = secretsOf(context)
  return new Map(await Promise.all(due.map(async ([p, r]) => [p, await secrets(r)] as const)))
}

function entryOf(facts: Facts, id: string | undefined, memo: Memo, specDigest: string | undefined): Entry {
  const { address, kind, connection, place, target, steering, needs, claim } = facts
  return {
    address,
    kind: kind.name,
    connection,
    key: target.key,
    ...(target.tenant === undefined ? {} : { tenant: target.tenant }),
    ...(place === undefined ? {} : { place }),
    ...(id === undefined ? {} : { id }),
    memo,
    ...(kind.partial ? { owned: diffSpec(kind, facts.spec, { observed: {}, memo: {} }).map((c) => c.path) } : {}),
    ...(specDigest === undefined ? {} : { specDigest }),
    deletionPolicy: steering.deletionPolicy,
    ...(claim === undefined ? {} : { claim }),
    needs,
  }
}

/** Deletes or resets an observed object. */
async function remove(
  observed: Observed,
  entry: Entry | undefined,
  { facts, connected, context }: Work,
): Promise<void> {
  const adapter = connected.session.adapter(facts.kind)
  const target = { ...facts.target, id: observed.id, ...(entry?.owned === undefined ? {} : { owned: entry.owned }) }
  await withRetry(() => adapter.delete(target, observed, context.signal), connected.clock, context.signal)
}

/** Looks again and decides again: what a step has to do right now. */
export async function lookAgain(facts: Facts, entry: Entry | undefined, context: Context, rules: RuleCheck) {
  const seen = await observeOne(facts, entry, context)
  return { seen, entry: recall(entry, seen, facts.kind).entry, step: decideOn(facts, seen, entry, rules) }
}
