import { PlumblineError } from '../config/errors.ts'
import type { Holder } from './adapter.ts'
import type { Facts } from './facts.ts'
import { type Matched, match, type PlaceByConnection } from './match.ts'
import type { Address, Entry, Seen, Snapshot } from './model.ts'
import { placesOf } from './object-places.ts'
import { type Context, observeAll } from './observe.ts'

/** What is known of all documents before planning: which memory is theirs, and what their systems show. */
export interface Looked {
  readonly matched: Matched
  readonly snapshot: Snapshot
  /** Who else holds objects that documents would manage, by address. */
  readonly held: ReadonlyMap<Address, Holder>
}

export interface LookInput {
  /** Without memory, see `factsOf`. */
  readonly documents: readonly Facts[]
  readonly entries: ReadonlyMap<Address, Entry>
  readonly context: Context
  readonly onSeen?: (address: Address) => void
  /** Key of the fingerprints of a document, where an inventory keys each apart. */
  readonly keyOf?: ((address: Address) => string) | undefined
}

/** Asks the systems where they are, matches memory to documents, and looks at every object once. Never throws, never writes. */
export async function lookAtAll({ documents, entries, context, onSeen, keyOf }: LookInput): Promise<Looked> {
  const places = await placesOf(documents, entries.values(), context)
  const matched = match({ documents, entries, places })
  const remembered = keyOf && ((address: Address) => keyOf(matched.moves.get(address) ?? address))
  const snapshot = await observeAll(matched.documents, matched.memory, context, onSeen, remembered)
  const managed = matched.documents.filter(isManaged)
  const held = (await context.ownership?.heldByOthers(managed)) ?? new Map<Address, Holder | PlumblineError>()
  const faults = new Map([...unplaced(matched.documents, places), ...faultsIn(held)])
  return { matched, snapshot: withUnknown(snapshot, faults), held: new Map([...held].filter(isKnown)) }
}

/** What a document only observes may be anybody's. */
export const isManaged = ({ steering, kind }: Facts): boolean => steering.management === 'Full' && !kind.observeOnly

const isKnown = (entry: readonly [Address, Holder | PlumblineError]): entry is [Address, Holder] =>
  !(entry[1] instanceof PlumblineError)

const faultsIn = (held: ReadonlyMap<Address, Holder | PlumblineError>): readonly [Address, PlumblineError][] =>
  [...held].filter((entry): entry is [Address, PlumblineError] => entry[1] instanceof PlumblineError)

const unplaced = (documents: readonly Facts[], places: PlaceByConnection): readonly [Address, PlumblineError][] =>
  documents.flatMap((facts): [Address, PlumblineError][] => {
    const fault = places.get(facts.connection)
    return facts.place === undefined && fault instanceof PlumblineError ? [[facts.address, fault]] : []
  })

/** Of what lives nobody knows where, or belongs to nobody knows whom, nothing is known. */
function withUnknown(snapshot: Snapshot, faults: ReadonlyMap<Address, PlumblineError>): Snapshot {
  const unknown = [...faults].filter(([address]) => snapshot.get(address)?.sight.state !== 'unknown')
  const entries = unknown.map(([address, fault]) => [address, unseen(fault)] as const)
  return entries.length === 0 ? snapshot : new Map([...snapshot, ...entries])
}

const unseen = (error: PlumblineError): Seen => ({
  sight: { state: 'unknown', error },
  fingerprints: {},
  delivered: false,
})
