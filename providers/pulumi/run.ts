import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Documents } from '../../config/project/documents.ts'
import { resolve } from '../../config/references.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { afterNamed, type Facts } from '../../reconciler/facts.ts'
import type { Place } from '../../reconciler/identity.ts'
import { isSameObject, type Matched, match, type PlaceByConnection } from '../../reconciler/match.ts'
import {
  type Address,
  type Allowance,
  DEFAULT_ALLOWANCE,
  type Entry,
  type Plan,
  type Snapshot,
} from '../../reconciler/model.ts'
import { plan } from '../../reconciler/plan.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import type { LastDocument } from './last-state.ts'
import { entryOf, factsIn, objectOf } from './state.ts'

/** What this run means for what the last one left in the state. */
export interface PulumiRun {
  /** Objects that it may delete or reset (`objectOf`). */
  readonly mayEnd: readonly string[]
  /** Documents that the state knows at their own address, and whose object was another one at the last run. */
  readonly changed: readonly Address[]
  /** Documents whose objects another address spoke for: new → old address. */
  readonly moves: ReadonlyMap<Address, Address>
  /** The URN that the state has for the object of a document, where that is another one than the document's own. */
  readonly aliases: ReadonlyMap<Address, string>
  /** Documents whose objects somebody else managed at the last look: who. */
  readonly held: ReadonlyMap<Address, string>
}

/**
 * Plans the documents against the state of the last run, without a network, and asks the guards of the project, since the
 * engine ends the management of whatever is not declared. Throws REFUSED when the guards say no.
 */
export function runOf(
  { resources, guards }: Pick<Documents, 'resources' | 'guards'>,
  last: readonly LastDocument[],
): PulumiRun {
  const index = resolve(resources)
  const managed = resources.filter((r) => kindOf(r.kind)?.system !== undefined)
  const documents = afterNamed(managed.map((r) => factsIn(r, index)))
  const known = new Map(last.map((l) => [addressIn(l), l]))
  const entries = new Map([...known].map(([address, { outputs }]) => [address, { ...entryOf(outputs), address }]))
  const matched = match({ documents, entries, places: rememberedPlaces(documents, entries) })
  const allowance: Allowance = {
    prune: true,
    allow: new Set(guards.allow),
    maxDeleteShare: guards.maxDeleteShare ?? DEFAULT_ALLOWANCE.maxDeleteShare,
  }
  const snapshot = rememberedSights(matched, known)
  const planned = plan({ matched, snapshot, finalizeDue: new Set(), allowance, rules: ruleCheck })
  refuse(planned, new Set(documents.map((d) => d.address)))
  const aliases = [...matched.moves].flatMap(([to, from]): [Address, string][] => {
    const urn = known.get(from)?.urn
    const isFree = !known.has(to) && !documents.some((d) => d.address === from)
    return urn !== undefined && isFree ? [[to, urn]] : []
  })
  const held = [...matched.memory].flatMap(([address, { heldBy }]): [Address, string][] =>
    heldBy === undefined ? [] : [[address, heldBy]],
  )
  return {
    mayEnd: planned.steps.filter((s) => ENDS.has(s.action)).map(objectOf),
    changed: matched.documents.flatMap((d) =>
      known.has(d.address) && !isItsOwn(d.address, matched) ? [d.address] : [],
    ),
    moves: matched.moves,
    aliases: new Map(aliases),
    held: new Map(held),
  }
}

/** Entries of older releases name no namespace; the URN ends in the name that the program gave the resource. */
const addressIn = ({ urn, outputs: { entry } }: LastDocument): Address =>
  `${entry.kind}/${urn.slice(urn.lastIndexOf('::') + 2)}`

const isItsOwn = (address: Address, { memory, moves }: Matched): boolean => memory.has(address) && !moves.has(address)

const ENDS: ReadonlySet<string> = new Set(['delete', 'reset'])

function refuse({ diagnostics, steps }: Plan, documents: ReadonlySet<Address>): void {
  const blocked = steps.filter((s) => s.action === 'blocked' && !documents.has(s.address))
  const reasons = [
    ...diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic),
    ...blocked.map((s) => `${s.address}: ${s.because ?? 'blocked'}`),
  ]
  if (reasons.length === 0) return
  throw new PlumblineError('REFUSED', reasons.join('\n'), {
    help: 'Put the documents back, or let `guards` of the project file allow it.',
  })
}

/**
 * Where each Connection led at the last run; systems are not asked here. A Connection that is new leads where the objects
 * of its documents are known to be.
 */
function rememberedPlaces(documents: readonly Facts[], entries: ReadonlyMap<Address, Entry>): PlaceByConnection {
  const places = new Map<string, Place>()
  for (const entry of entries.values()) places.set(entry.connection, placeOf(entry))
  for (const facts of documents) {
    const entry = entries.get(facts.address)
    const isKnown = entry !== undefined && isSameObject(facts, entry)
    if (!places.has(facts.connection) && isKnown) places.set(facts.connection, placeOf(entry))
  }
  for (const { connection } of documents) if (!places.has(connection)) places.set(connection, named(connection))
  return places
}

const named = (connection: string): Place => `connection:${connection}`
const placeOf = ({ place, connection }: Entry): Place => place ?? named(connection)

/** What the last run saw; a field that it did not look at is taken for what the document says. */
function rememberedSights({ documents, memory, moves }: Matched, known: ReadonlyMap<Address, LastDocument>): Snapshot {
  const seen = documents.flatMap(({ address, spec }) => {
    const entry = memory.get(address)
    const last = known.get(moves.get(address) ?? address)
    if (entry === undefined || last === undefined) return []
    const observed = { id: entry.id ?? '', key: entry.key, spec: { ...spec, ...last.outputs.observed } }
    return [[address, { sight: { state: 'present', observed }, fingerprints: {}, delivered: true }] as const]
  })
  return new Map(seen)
}
