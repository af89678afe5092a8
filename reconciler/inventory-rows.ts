import { randomBytes } from 'node:crypto'

/** What an inventory keeps, as texts by key: entries by address, and connections whose final action is due. */
export type Table = 'entries' | 'finalize_due'

/** What is made once with an inventory and never changes. */
export const FACTS = {
  /** Keys the fingerprints of secrets. */
  fingerprintKey: () => randomBytes(32).toString('base64url'),
} as const
export type FactName = keyof typeof FACTS
export const FACT_NAMES = Object.keys(FACTS) as FactName[]

/** Where an inventory lies. A write is durable before its promise resolves. */
export interface Rows {
  readonly facts: Readonly<Record<FactName, string>>
  /** Texts of a table, as they were when it was opened. */
  readonly loaded: Readonly<Record<Table, readonly string[]>>
  /** Stores a text, or takes it away. */
  write(table: Table, key: string, text: string | undefined): Promise<void>
  close(): Promise<void>
}
