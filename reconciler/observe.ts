import pLimit from 'p-limit'
import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import { foldedKey, valueAt } from '../config/references.ts'
import type { Observed } from './adapter.ts'
import type { Connected, ConnectionAccess } from './connections.ts'
import type { Facts } from './facts.ts'
import type { Address, Entry, Seen, Sight } from './model.ts'
import type { Ownership } from './ownership.ts'
import { withRetry } from './retry.ts'
import { type SecretSource, secretReferencesOf } from './secret-source.ts'
import type { Fingerprints } from './sent-secret.ts'
import type { Witness } from './witness.ts'

/** Where values go that a system shows once: a file, a Kubernetes Secret. */
export interface Deliveries {
  /** True when the place already holds a value. */
  has(place: unknown): Promise<boolean>
  /** Before anything is made: throws REFUSED when the place holds what somebody else put there. */
  requireOpen(place: unknown): Promise<void>
  /** Stores the value durably before it resolves. */
  put(place: unknown, value: string): Promise<void>
}

/** What observing and applying need besides the documents. */
export interface Context {
  readonly connections: ConnectionAccess
  /** Where the secrets of documents come from (default: where those of their connections do). */
  readonly secrets?: SecretSource
  readonly deliveries: Deliveries
  /** Absent: whoever else manages an object is not asked about. */
  readonly ownership?: Ownership
  /** The present document of ours that describes an entry's object, see `speakersAmong`; then the object is never ended. */
  readonly speaker?: (entry: Entry) => Promise<Address | undefined>
  /** Keys the fingerprints of secrets; it stays beside the inventory. */
  readonly fingerprintKey: string
  /** Puts down each write that is made by itself; absent where a whole run is put down. */
  readonly witness?: Witness
  readonly signal: AbortSignal
}

/** Finds the secrets that documents name. */
export const secretsOf = ({ secrets, connections }: Context): SecretSource => secrets ?? connections.secrets

const PARALLEL_READS = 8

/**
 * Looks at every document's object once, containers first. Never throws: what cannot be told is `unknown`. `keyOf` is
 * for inventories that key the fingerprints of each document apart.
 */
export async function observeAll(
  documents: readonly Facts[],
  entries: ReadonlyMap<Address, Entry>,
  context: Context,
  onSeen: (address: Address) => void = () => {},
  keyOf: (address: Address) => string = () => context.fingerprintKey,
): Promise<ReadonlyMap<Address, Seen>> {
  const limit = pLimit(PARALLEL_READS)
  const byAddress = new Map(documents.map((d) => [d.address, d]))
  const seen = new Map<Address, Promise<Seen>>()
  const look = (facts: Facts): Promise<Seen> => {
    const found = seen.get(facts.address) ?? lookAfterContainers(facts)
    seen.set(facts.address, found)
    return found
  }
  const lookAfterContainers = async (facts: Facts): Promise<Seen> => {
    const containers = facts.containers.flatMap((address) => byAddress.get(address) ?? [])
    const sights = await Promise.all(containers.map(look))
    const own = { ...context, fingerprintKey: keyOf(facts.address) }
    const result = await limit(() => observeOne(facts, entries.get(facts.address), own, outcomeOf(sights)))
    onSeen(facts.address)
    return result
  }
  return new Map(await Promise.all(documents.map(async (d) => [d.address, await look(d)] as const)))
}

/** What the containers already decide: nothing exists in what is absent, nothing is known of what is unknown. */
function outcomeOf(containers: readonly Seen[]): Sight | undefined {
  const unknown = containers.find((c) => c.sight.state === 'unknown')
  return unknown?.sight ?? containers.find((c) => c.sight.state === 'absent')?.sight
}

/** One look at one object. Never throws; an aborted signal is `unknown` as well. */
export async function observeOne(
  facts: Facts,
  entry: Entry | undefined,
  context: Context,
  decided?: Sight,
): Promise<Seen> {
  try {
    // First: of a document behind a Connection that is not followed no secret is read.
    await context.connections.connection(facts.connection)
    const fingerprints = await fingerprintsOf(facts, context)
    const sight = decided ?? (await sightOf(facts, entry, context))
    return { sight, fingerprints, delivered: await isDelivered(facts, context) }
  } catch (thrown) {
    return { sight: { state: 'unknown', error: toPlumblineError(thrown) }, fingerprints: {}, delivered: false }
  }
}

async function sightOf(facts: Facts, entry: Entry | undefined, context: Context): Promise<Sight> {
  const connected = await context.connections.connection(facts.connection)
  if (connected.paused) throw paused(connected)
  if (isUnsettled(facts, entry)) throw unsettled(facts)
  const observed = await read(facts, connected, context)
  if (observed !== undefined) await requireFreeKey(facts, observed, connected, context)
  return observed === undefined ? { state: 'absent' } : { state: 'present', observed }
}

const read = (
  { kind, target }: Facts,
  { session, clock }: Connected,
  context: Context,
): Promise<Observed | undefined> => {
  const adapter = session.adapter(kind)
  return withRetry(() => adapter.observe(target, context.signal), clock, context.signal)
}

/** A key that another object has cannot be given to this one. Asked only where the document renames its object. */
async function requireFreeKey(
  facts: Facts,
  { id, key }: Observed,
  connected: Connected,
  context: Context,
): Promise<void> {
  const { kind, target, address } = facts
  if (!kind.renamable || target.id === undefined || foldedKey(kind, key) === foldedKey(kind, target.key)) return
  const { id: _, ...named } = target
  const other = await read({ ...facts, target: named }, connected, context)
  if (other === undefined || other.id === id) return
  throw new PlumblineError(
    'CONFLICT',
    `${address} describes ${key}, and another object is called ${target.key} already`,
    {
      help: 'Remove that one to rename this one, or describe that one in a document with another metadata.name.',
    },
  )
}

/** A create was begun, and the object can be found again by its id only, which was never learnt. */
const isUnsettled = (facts: Facts, entry: Entry | undefined): boolean =>
  facts.kind.shape === 'serverId' && entry !== undefined && entry.id === undefined && facts.target.id === undefined

const unsettled = (facts: Facts): PlumblineError =>
  new PlumblineError('OUTCOME_UNKNOWN', 'a create was begun earlier and its answer never arrived', {
    help: `Look in the system: if the object is there, set externalRef.id of ${facts.address}; if not, run \`plumbline apply --not-created ${facts.address}\`.`,
  })

const paused = (connected: Connected): PlumblineError =>
  new PlumblineError('REFUSED', `the Connection ${connected.name} is paused`)

/** Only of references without a version: with one, the version alone decides, and the value need not be at hand. */
async function fingerprintsOf(facts: Facts, context: Context): Promise<Fingerprints> {
  const secrets = secretsOf(context)
  const references = [...secretReferencesOf(facts.kind.spec, facts.spec)].filter(([, r]) => r.version === undefined)
  const found = references.map(async ([pointer, reference]) => {
    const secret = await secrets(reference)
    return [pointer, secret.fingerprint(context.fingerprintKey)] as const
  })
  return Object.fromEntries(await Promise.all(found))
}

async function isDelivered({ kind, spec }: Facts, { deliveries }: Context): Promise<boolean> {
  const place = kind.produces === undefined ? undefined : valueAt(spec, kind.produces)
  return place === undefined || (await deliveries.has(place))
}
