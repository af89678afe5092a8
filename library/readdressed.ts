import { addressOf } from '../config/resource.ts'
import type { Facts } from '../reconciler/facts.ts'
import type { RecordedInventory } from '../reconciler/inventory.ts'
import type { Address, Entry } from '../reconciler/model.ts'

type Entries = ReadonlyMap<Address, Entry>

/**
 * Entries of releases that named documents without their namespace, under the addresses that the documents have now.
 * Where several documents may be meant, the objects that they describe tell which one it is: then it is a move.
 */
export function readdressed(entries: Entries, facts: readonly Facts[]): Entries {
  const found = new Map(renames(entries, facts))
  if (found.size === 0) return entries
  return new Map(
    [...entries.values()].map((entry) => keyed({ ...entry, address: found.get(entry.address) ?? entry.address })),
  )
}

/** An address as those releases wrote it. */
export const withoutNamespace = (address: Address): Address => address.replace(/\/[^/]+\//, '/')

const keyed = (entry: Entry): [Address, Entry] => [entry.address, entry]

/** The same on the file; interrupted between the two, the next run finds both, and drops the old one. */
export async function readdress(inventory: RecordedInventory, facts: readonly Facts[]): Promise<void> {
  for (const [before, address] of renames(inventory.entries, facts)) {
    await inventory.put({ ...(inventory.entries.get(before) as Entry), address })
    await inventory.drop(before)
  }
}

function renames(entries: Entries, facts: readonly Facts[]): readonly (readonly [Address, Address])[] {
  const groups = Map.groupBy(facts, (f) => addressOf(f.resource))
  return [...groups].flatMap(([before, [first, ...others]]) => {
    const isMeant = first !== undefined && others.length === 0 && first.address !== before
    return isMeant && entries.has(before) && !entries.has(first.address) ? [[before, first.address] as const] : []
  })
}
