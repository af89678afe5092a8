import { PlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import type { Observed, Target } from './adapter.ts'
import type { Recorder } from './execute.ts'
import type { Entry, Outcome, Step } from './model.ts'
import type { Context } from './observe.ts'
import { withRetry } from './retry.ts'
import { digestsOf, witnessed } from './witness.ts'

/**
 * Ends the management of one object by its deletion policy: Retain only forgets, Delete and Reset ask the system
 * first and forget after its confirmed answer. An object that is gone already counts as deleted. What a present document
 * of ours describes (`Context.speaker`), and what somebody else holds, is only forgotten. Returns the digest of what was
 * there, of an object that was ended.
 */
export async function release(entry: Entry, context: Context, recorder: Recorder): Promise<Outcome['digests']> {
  const ended = await end(entry, context)
  await recorder.drop(entry.address)
  return ended && digestsOf(ended, undefined)
}

async function end(entry: Entry, context: Context): Promise<Observed | undefined> {
  if ((await context.speaker?.(entry)) !== undefined) return undefined
  if (entry.deletionPolicy === 'Retain') await giveUp(entry, context)
  else if (await isOurs(entry, context)) {
    const remove = () => removeFrom(entry, context)
    const ended = await witnessed(context.witness, removalOf(entry), remove, (was) => digestsOf(was, undefined))
    await context.ownership?.release(entry)
    return ended
  }
  return undefined
}

const removalOf = ({ deletionPolicy, address, kind, connection, key, tenant, id }: Entry): Step => ({
  action: deletionPolicy === 'Reset' ? 'reset' : 'delete',
  address,
  kind,
  connection,
  key,
  ...(tenant !== undefined && { tenant }),
  ...(id !== undefined && { id }),
  changes: [],
  needs: [],
})

const isOurs = async (entry: Entry, { ownership }: Context): Promise<boolean> =>
  entry.heldBy === undefined && (ownership === undefined || (await ownership.mayEnd(entry)))

/** A retained object is let go even when nobody can be asked any more; then the next owner takes it over by name. */
export async function giveUp(entry: Entry, { ownership }: Context): Promise<void> {
  await ownership?.release(entry).catch(() => undefined)
}

/** Returns what was there. */
async function removeFrom(entry: Entry, context: Context): Promise<Observed | undefined> {
  const target = entryTarget(entry)
  const connected = await context.connections.connection(entry.connection)
  if (entry.place !== undefined && entry.place !== (await connected.place(context.signal))) throw elsewhere(entry)
  const adapter = connected.session.adapter(target.kind)
  const { clock } = connected
  const observed = await withRetry(() => adapter.observe(target, context.signal), clock, context.signal)
  if (observed !== undefined)
    await withRetry(() => adapter.delete(target, observed, context.signal), clock, context.signal)
  return observed
}

const elsewhere = ({ address, place, connection }: Entry): PlumblineError =>
  new PlumblineError(
    'REFUSED',
    `${address} was seen in ${place}, and the Connection ${connection} leads elsewhere now`,
    {
      help: 'Point a Connection at that place again to have the object removed.',
    },
  )

/** The object of an entry, as it was known last. Throws INVALID_DOCUMENT for a kind of another version. */
export function entryTarget(entry: Entry): Target {
  const kind = kindOf(entry.kind)
  if (kind === undefined) throw new PlumblineError('INVALID_DOCUMENT', `${entry.kind} is not a kind of this version`)
  return {
    kind,
    address: entry.address,
    key: entry.key,
    ...(entry.tenant === undefined ? {} : { tenant: entry.tenant }),
    ...(entry.id === undefined ? {} : { id: entry.id }),
    ...(entry.owned === undefined ? {} : { owned: entry.owned }),
  }
}
