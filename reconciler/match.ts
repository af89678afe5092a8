import type { PlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import { foldedKey } from '../config/references.ts'
import type { Diagnostic } from '../config/resource.ts'
import { digestOf } from './digest.ts'
import { duplicate } from './duplicates.ts'
import { adoptedId, type Facts } from './facts.ts'
import { type ObjectKey, objectKeyOf, type Place } from './identity.ts'
import type { Address, Entry } from './model.ts'
import { behindMovedConnection, isGone } from './moved-connection.ts'

/** Connection → where its objects live, or what keeps its system from telling. */
export type PlaceByConnection = ReadonlyMap<string, Place | PlumblineError>

export interface MatchInput {
  /** Without memory, see `factsOf`. */
  readonly documents: readonly Facts[]
  readonly entries: ReadonlyMap<Address, Entry>
  readonly places: PlaceByConnection
}

/** An entry whose document speaks for another object now. */
export interface Left {
  /** As it is kept from now on: under an address that no document can have. */
  readonly entry: Entry
  /** The document that left it. */
  readonly by: Address
}

/** Documents and memory, matched by the objects that they are about. */
export interface Matched {
  /** With their places, and with the ids that memory has. */
  readonly documents: readonly Facts[]
  /** What is remembered of each document's object, as that document keeps it, by its address. */
  readonly memory: ReadonlyMap<Address, Entry>
  /** Documents whose objects another address spoke for: new → old address. */
  readonly moves: ReadonlyMap<Address, Address>
  readonly left: readonly Left[]
  /** Entries without a document, `left` not among them. */
  readonly orphans: readonly Entry[]
  /** Entries of places that cannot be reached through these documents, as they are kept: nothing is known of their objects. */
  readonly elsewhere: readonly Entry[]
  /** Entries that nothing is remembered by any more: a present document speaks for the object, and has the memory. */
  readonly superseded: readonly Address[]
  /** Documents that describe one object. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Pure. What a document remembers is what is known of its object, whichever address spoke for it before. */
export function match(input: MatchInput): Matched {
  return new Matching(input).result()
}

/** Memory of `entry` is about the object that the document describes. */
export function isSameObject({ kind, place, target }: Facts, entry: Entry): boolean {
  if (entry.kind !== kind.name || entry.tenant !== target.tenant) return false
  if (entry.place !== undefined && place !== undefined && entry.place !== place) return false
  if (isSameKey(target.key, entry)) return true
  return kind.renamable === true && entry.id !== undefined && (target.id ?? entry.id) === entry.id
}

/** As the kind compares keys. */
export function isSameKey(key: string, entry: Entry): boolean {
  const kind = kindOf(entry.kind)
  return kind !== undefined && foldedKey(kind, key) === foldedKey(kind, entry.key)
}

/** The document with what its memory knows, and the memory as the document keeps it. */
export function withMemory(facts: Facts, entry: Entry): readonly [Facts, Entry] {
  const { address, connection, place, needs, claim, target } = facts
  const id = target.id ?? entry.id
  return [
    { ...facts, target: { ...target, ...(id === undefined ? {} : { id }) } },
    {
      ...entry,
      address,
      connection,
      needs,
      ...(place === undefined ? {} : { place }),
      // The object stays claimed by the key that it has until it is given another one.
      ...(claim === undefined || entry.claim === undefined
        ? {}
        : { claim: { ...entry.claim, registry: claim.registry } }),
    },
  ]
}

/** The document without what a memory of another object knows. */
export function withoutMemory(facts: Facts): Facts {
  const { id: _, ...target } = facts.target
  const adopted = adoptedId(facts.resource)
  return { ...facts, target: adopted === undefined ? target : { ...target, id: adopted } }
}

class Matching {
  readonly #documents: readonly Facts[]
  readonly #entries: ReadonlyMap<Address, Entry>
  readonly #places: PlaceByConnection
  readonly #speakers = new Map<ObjectKey, Facts>()
  readonly #diagnostics: Diagnostic[] = []
  readonly #byKey: ReadonlyMap<ObjectKey, readonly Entry[]>
  /** Document → its entry. */
  readonly #owned = new Map<Address, Entry>()
  readonly #taken = new Set<Entry>()
  /** Documents whose place cannot be told now. */
  readonly #unplaced: readonly Facts[]

  constructor({ documents, entries, places }: MatchInput) {
    this.#places = places
    this.#entries = new Map([...entries].map(([address, e]) => [address, behindMovedConnection(e, places)]))
    this.#documents = documents.map((facts) => this.#placed(facts))
    this.#unplaced = this.#documents.filter((d) => d.place === undefined)
    for (const facts of this.#documents) this.#speak(facts)
    const keyed = [...this.#entries.values()].flatMap((entry) => {
      const key = this.#keyOfEntry(entry)
      return key === undefined ? [] : [[key, entry] as const]
    })
    this.#byKey = new Map([...Map.groupBy(keyed, ([key]) => key)].map(([key, all]) => [key, all.map(([, e]) => e)]))
  }

  result(): Matched {
    // Who has what it speaks for already comes first, then who takes over from another address, then who renames.
    for (const find of [this.#ownByKey, this.#movedHere, this.#adopted, this.#ownById]) {
      for (const facts of this.#documents) this.#own(facts, find(facts))
    }
    const pairs = this.#documents.map((facts) => {
      const entry = this.#owned.get(facts.address)
      return entry === undefined ? ([facts, undefined] as const) : withMemory(facts, entry)
    })
    const moved = [...this.#owned].filter(([address, entry]) => entry.address !== address)
    return {
      documents: pairs.map(([facts]) => facts),
      memory: new Map(pairs.flatMap(([facts, entry]) => (entry === undefined ? [] : [[facts.address, entry]]))),
      moves: new Map(moved.map(([address, entry]) => [address, entry.address])),
      ...this.#rest(),
      diagnostics: this.#diagnostics,
    }
  }

  #placed(facts: Facts): Facts {
    const place = this.#placeOf(facts.connection)
    return place === undefined ? facts : { ...facts, place }
  }

  #placeOf(connection: string): Place | undefined {
    const place = this.#places.get(connection)
    return typeof place === 'string' ? place : undefined
  }

  #speak(facts: Facts): void {
    const key = keyOfDocument(facts)
    if (key === undefined) return
    const first = this.#speakers.get(key)
    if (first === undefined) this.#speakers.set(key, facts)
    else this.#diagnostics.push(duplicate(first, facts))
  }

  #keyOfEntry(entry: Entry): ObjectKey | undefined {
    const kind = kindOf(entry.kind)
    const place = entry.place ?? this.#placeOf(entry.connection)
    if (kind === undefined || place === undefined) return undefined
    return objectKeyOf({ kind, place, tenant: entry.tenant, key: entry.key })
  }

  #own(facts: Facts, entry: Entry | undefined): void {
    if (entry === undefined || this.#owned.has(facts.address) || this.#taken.has(entry)) return
    this.#owned.set(facts.address, entry)
    this.#taken.add(entry)
  }

  /** Where the system does not tell its place, the memory at the document's own address has to do. */
  #ownByKey = (facts: Facts): Entry | undefined => {
    const own = this.#entries.get(facts.address)
    if (own === undefined) return undefined
    if (facts.place === undefined) return isSameObject(facts, own) ? own : undefined
    return this.#keyOfEntry(own) === keyOfDocument(facts) ? own : undefined
  }

  #movedHere = (facts: Facts): Entry | undefined => {
    const key = keyOfDocument(facts)
    return key === undefined ? undefined : this.#byKey.get(key)?.find((entry) => !this.#taken.has(entry))
  }

  /** The object that the document names by its id. */
  #adopted = (facts: Facts): Entry | undefined => {
    const { target, kind, place } = facts
    if (target.id === undefined || place === undefined) return undefined
    const isIt = (e: Entry): boolean => e.id === target.id && e.kind === kind.name && e.tenant === target.tenant
    return [...this.#entries.values()].find((e) => isIt(e) && (e.place ?? this.#placeOf(e.connection)) === place)
  }

  /** A changed key of an object that the system knows by its id, unless another document speaks for the old key. */
  #ownById = (facts: Facts): Entry | undefined => {
    const own = this.#entries.get(facts.address)
    if (own === undefined || !facts.kind.renamable || this.#isSpokenFor(own)) return undefined
    return isSameObject(facts, { ...own, ...this.#filled(own) }) ? own : undefined
  }

  #filled({ place, connection }: Entry): Pick<Entry, 'place'> {
    const known = place ?? this.#placeOf(connection)
    return known === undefined ? {} : { place: known }
  }

  #isSpokenFor(entry: Entry): boolean {
    const key = this.#keyOfEntry(entry)
    return key !== undefined && this.#speakers.has(key)
  }

  /** What becomes of the entries that no document has. */
  #rest(): Pick<Matched, 'left' | 'orphans' | 'elsewhere' | 'superseded'> {
    const rest = [...this.#entries.values()].filter((entry) => !this.#taken.has(entry))
    const [superseded, known] = parted(rest, (entry) => this.#isSpokenFor(entry))
    const reached = known.map((entry) => [entry, this.#reached(entry)] as const)
    const here = reached.flatMap(([, entry]) => entry ?? [])
    const addresses = new Set(this.#documents.map((d) => d.address))
    const [left, orphans] = parted(here, (entry) => addresses.has(entry.address))
    const apart = (entry: Entry): Entry => (addresses.has(entry.address) ? this.#apart(entry) : entry)
    return {
      superseded: superseded.map((entry) => entry.address),
      elsewhere: reached.flatMap(([entry, found]) => (found === undefined ? [apart(entry)] : [])),
      left: left.map((entry) => ({ entry: apart(entry), by: entry.address })),
      orphans,
    }
  }

  /** The entry with a Connection that leads to its place; `undefined`: none does, or that cannot be told now. */
  #reached(entry: Entry): Entry | undefined {
    if (this.#unplaced.some((facts) => isSameName(facts, entry))) return undefined
    const now = this.#places.get(entry.connection)
    // An entry of an older release without a Connection document can be forgotten, and nothing else.
    if (entry.place === undefined)
      return typeof now === 'string' ? { ...entry, place: now } : isGone(now) ? entry : undefined
    const beside = this.#documents.find((d) => d.place === entry.place && d.kind.system === kindOf(entry.kind)?.system)
    const connection = now === entry.place ? entry.connection : beside?.connection
    return connection === undefined ? undefined : { ...entry, connection, ...bookOf(entry, connection, beside) }
  }

  /** Under an address that no document can have: a document has taken the entry's own. */
  #apart(entry: Entry): Entry {
    const place = entry.place ?? this.#placeOf(entry.connection) ?? ''
    const mark = digestOf([entry.kind, place, entry.tenant ?? '', entry.key]).slice(0, MARK_LENGTH)
    return { ...entry, address: `${entry.address}@${mark}` }
  }
}

const MARK_LENGTH = 8

/** The Connection to the book may have another name by now, as that of the object may. */
function bookOf(
  { claim, connection: before }: Entry,
  connection: string,
  beside: Facts | undefined,
): Pick<Entry, 'claim'> {
  if (claim === undefined) return {}
  const registry = claim.registry === before ? connection : (beside?.claim?.registry ?? claim.registry)
  return { claim: { ...claim, registry } }
}

const isSameName = ({ kind, target }: Facts, entry: Entry): boolean =>
  kind.name === entry.kind && target.tenant === entry.tenant && isSameKey(target.key, entry)

const parted = <T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
]

const keyOfDocument = ({ kind, place, target }: Facts): ObjectKey | undefined =>
  place === undefined ? undefined : objectKeyOf({ kind, place, tenant: target.tenant, key: target.key })
