import type { PlumblineError } from '../config/errors.ts'
import type { Facts } from './facts.ts'
import { type Matched, match, type Places } from './match.ts'
import type { Address, Entry, Seen, Snapshot } from './model.ts'
import { type Context, observeAll } from './observe.ts'
import { placesOf } from './places.ts'

/** What is known of all documents before planning: which memory is theirs, and what their systems show. */
export interface Looked {
  readonly matched: Matched
  readonly snapshot: Snapshot
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
  return { matched, snapshot: withUnplaced(matched.documents, snapshot, places) }
}

/** Of what lives nobody knows where, nothing is known. */
function withUnplaced(documents: readonly Facts[], snapshot: Snapshot, places: Places): Snapshot {
  const unknown = documents.flatMap((facts): [Address, Seen][] => {
    const fault = places.get(facts.connection)
    const isSeen = snapshot.get(facts.address)?.sight.state !== 'unknown'
    return isSeen && facts.place === undefined && typeof fault === 'object' ? [[facts.address, unseen(fault)]] : []
  })
  return unknown.length === 0 ? snapshot : new Map([...snapshot, ...unknown])
}

const unseen = (error: PlumblineError): Seen => ({
  sight: { state: 'unknown', error },
  fingerprints: {},
  delivered: false,
})
