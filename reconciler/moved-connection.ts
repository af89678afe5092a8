import { PlumblineError } from '../config/errors.ts'
import { connectionPlace } from '../config/references.ts'
import type { PlaceByConnection } from './match.ts'
import type { Entry } from './model.ts'

/** There is no document of the Connection any more. */
export const isGone = (place: ReturnType<PlaceByConnection['get']>): boolean =>
  place === undefined || (place instanceof PlumblineError && place.code === 'UNRESOLVED_REFERENCE')

/**
 * An entry of an older release does not say where its object is, but only behind which Connection. When that one is gone
 * and exactly one of the same name is in another namespace, it has moved there.
 */
export function behindMovedConnection(entry: Entry, places: PlaceByConnection): Entry {
  const before = entry.connection
  if (entry.place !== undefined || !isGone(places.get(before))) return entry
  const { name } = connectionPlace(before)
  const [connection, ...others] = [...places.keys()].filter((c) => c !== before && connectionPlace(c).name === name)
  if (connection === undefined || others.length > 0) return entry
  const claim = entry.claim?.registry === before ? { claim: { ...entry.claim, registry: connection } } : {}
  return { ...entry, connection, ...claim }
}
