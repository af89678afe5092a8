import { randomBytes, randomUUID } from 'node:crypto'
import { PlumblineError } from '../config/errors.ts'

/** What an inventory keeps, as texts by key: entries by address, and connections whose final action is due. */
export type InventoryTable = 'entries' | 'finalize_due'

/** What is made once with an inventory and never changes. */
export const FACTS = {
  /** Keys the fingerprints of secrets. */
  fingerprintKey: () => randomBytes(32).toString('base64url'),
  /** Who speaks for the objects of this inventory, in the book of who manages what. */
  ownerId: () => `inventory:${randomUUID()}`,
} as const
export type FactName = keyof typeof FACTS
export const FACT_NAMES = Object.keys(FACTS) as FactName[]

export type Contents = Readonly<Record<InventoryTable, ReadonlyMap<string, string>>>
export const INVENTORY_TABLES: readonly InventoryTable[] = ['entries', 'finalize_due']

/** Where an inventory lies. A write is durable before its promise resolves. */
export interface Rows {
  readonly facts: Readonly<Record<FactName, string>>
  /** What it held when it was opened. */
  readonly loaded: Contents
  /** Stores a text, or takes it away. Its errors stop the run. */
  write(table: InventoryTable, key: string, text: string | undefined): Promise<void>
  /** Takes over all of another inventory, or nothing. Throws REFUSED when this one holds something. */
  fill(from: Pick<Rows, 'facts' | 'loaded'>): Promise<void>
  close(): Promise<void>
}

/** What to do about an inventory that cannot be read. */
export const BROKEN =
  'Restore it from a backup. Without one, take it away: objects are found again by their natural keys, and adopted.'

/** What was done since is not remembered, so nothing more is begun. */
export const unrecorded = (cause: Error, place: string): PlumblineError =>
  new PlumblineError('IO', `the inventory ${place} cannot be written: ${cause.message}`, {
    cause,
    stops: 'run',
    help: 'Fix that and run again: the next run finds what was done and does the rest.',
  })

/** Throws REFUSED for an inventory that remembers something. */
export function refuseFilled({ loaded }: Pick<Rows, 'loaded'>): void {
  if (INVENTORY_TABLES.every((table) => loaded[table].size === 0)) return
  throw new PlumblineError('REFUSED', 'the inventory to copy to already holds what was applied; nothing was copied', {
    help: 'Name an empty one, or move that one out of the way.',
  })
}
