import { kindOf } from '../config/kinds/index.ts'
import { connectionName, connectionOf, foldedKey, type Index, keyOf, tenantOf, valueAt } from '../config/references.ts'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import type { ConnectionAccess } from './connections.ts'
import type { Place } from './identity.ts'
import type { Entry } from './model.ts'
import type { Context } from './observe.ts'

/**
 * Finds the present document that describes the object of an entry, for every door before it ends the management of
 * one: what a present document describes is never deleted, reset or forgotten. Asks only places of documents that could be it;
 * throws what keeps a place from telling.
 */
export function speakersAmong(
  documents: readonly Resource[],
  index: Index,
  connections: Pick<ConnectionAccess, 'connection'>,
  signal: AbortSignal,
): NonNullable<Context['speaker']> {
  const placeOf = async (connection: string): Promise<Place> => (await connections.connection(connection)).place(signal)
  const isThere = async (document: Resource, entry: Entry): Promise<boolean> => {
    const connection = connectionOf(document, index)
    if (connection === undefined) return false
    const name = connectionName(connection)
    if (name === entry.connection && entry.place === undefined) return true
    return (await placeOf(name)) === (entry.place ?? (await placeOf(entry.connection)))
  }
  return async (entry) => {
    for (const document of documents) {
      if (mayDescribe(document, entry, index) && (await isThere(document, entry))) return placedAddressOf(document)
    }
    return undefined
  }
}

/** By its natural key in its tenant, or by the id that it adopts. */
function mayDescribe(document: Resource, { kind, key, tenant, id }: Entry, index: Index): boolean {
  const facts = kindOf(kind)
  if (facts === undefined || document.kind !== kind) return false
  if (id !== undefined && valueAt(document.spec, '/externalRef/id') === id) return true
  const own = facts.scope === 'tenant' ? tenantOf(document, index) : undefined
  return own === tenant && foldedKey(facts, keyOf(document)) === foldedKey(facts, key)
}
