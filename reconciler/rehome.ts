import { isDeepStrictEqual } from 'node:util'
import type { Ledger } from './apply.ts'
import type { Matched } from './match.ts'
import type { Entry } from './model.ts'

/**
 * Writes memory down as the documents have it now, before anything is sent: what another address spoke for, what its document
 * has left, and places that entries of older releases lack. Each write leaves every memory in at least one place, so a
 * kill in between loses none.
 */
export async function rehome(matched: Matched, ledger: Pick<Ledger, 'entries' | 'put' | 'drop'>): Promise<void> {
  const put = async (entry: Entry): Promise<void> => {
    if (!isDeepStrictEqual(ledger.entries.get(entry.address), entry)) await ledger.put(entry)
  }
  const apart = [...matched.left.map(({ entry }) => entry), ...matched.elsewhere, ...passing(matched, ledger)]
  for (const entry of apart) await put(entry)
  for (const entry of matched.memory.values()) await put(entry)
  for (const entry of matched.orphans) await put(entry)
  for (const address of stale(matched, ledger)) await ledger.drop(address)
}

/** Entries whose address another one takes before they are written to their own. */
const passing = ({ moves, memory }: Matched, { entries }: Pick<Ledger, 'entries'>): readonly Entry[] =>
  [...moves].flatMap(([, from]) => {
    const entry = memory.has(from) ? entries.get(from) : undefined
    return entry === undefined ? [] : [{ ...entry, address: passingAddress(from) }]
  })

const PASSING = '@moving'
const passingAddress = (address: string): string => address + PASSING

/** Addresses under which nothing is kept any more. */
function stale(matched: Matched, { entries }: Pick<Ledger, 'entries'>): readonly string[] {
  const { memory, left, elsewhere, orphans } = matched
  const kept = [...memory.values(), ...left.map(({ entry }) => entry), ...elsewhere, ...orphans]
  const addresses = new Set(kept.map((entry) => entry.address))
  return [...entries.keys()].filter((address) => !addresses.has(address))
}
