import { isDatabase } from '../config/project/database-places.ts'
import type { RunPlaces } from '../config/project/documents.ts'
import { FileStore } from './file-store.ts'
import { LogStore } from './log-store.ts'
import type { ChainStore, Slot } from './store.ts'

/** The files of a chain. */
export interface EvidencePlace extends Readonly<Record<Slot, string>> {
  /** Records, one a line. */
  readonly file: string
}

/** The files behind a beginning of names (`RunPlaces.evidence`). */
export const evidencePlace = (beginning: string): EvidencePlace => ({
  file: `${beginning}.jsonl`,
  key: `${beginning}-key.json`,
  publicKeys: `${beginning}-keys.json`,
})

/**
 * The evidence of an environment lies where its inventory does: in a database that machines share, else in files. What
 * lay in files before goes into an empty database, once. Throws UNAVAILABLE for a database that does not answer.
 */
export async function evidenceOf({
  inventory,
  evidence,
  scope,
}: Pick<RunPlaces, 'inventory' | 'evidence' | 'scope'>): Promise<ChainStore> {
  const files = new FileStore(evidencePlace(evidence))
  if (!isDatabase(inventory)) return files
  // The client of PostgreSQL is loaded only for this.
  const { PostgresStore } = await import('./postgres-store.ts')
  const shared = new PostgresStore(inventory, scope)
  await bringOver(files, shared)
  return shared
}

/**
 * The chains at a place that a person names: a file of records or a log of the controller, with the keys beside it, or the postgres:// URL of a
 * database, which may hold those of several environments and controllers.
 */
export async function evidencesAt(place: string): Promise<readonly ChainStore[]> {
  if (!isDatabase(place)) {
    const file = { ...evidencePlace(place.replace(/\.(jsonl|log)$/, '')), file: place }
    const lines = new FileStore(file)
    return [LogStore.holds((await lines.text()) ?? '') ? new LogStore(file) : lines]
  }
  const { PostgresStore } = await import('./postgres-store.ts')
  return (await PostgresStore.scopesIn(place)).map((scope) => new PostgresStore(place, scope))
}

async function bringOver(from: ChainStore, to: ChainStore): Promise<void> {
  const text = await from.text()
  if (text === undefined || (await to.text()) !== undefined) return
  for (const slot of ['key', 'publicKeys'] as const) {
    const own = await from.read(slot)
    if (own !== undefined) await to.change(slot, async (before) => before ?? own)
  }
  const lines = text.split('\n').slice(0, -1)
  await to.append(async ({ line }) => (line === undefined ? lines : []))
}
