import type { SqlDialect } from './schema.ts'

export type Param = string | number | null
export type Row = Readonly<Record<string, unknown>>
export type SqlStatement = readonly [sql: string, params: readonly Param[]]

export type RunQuery = (sql: string, params: readonly Param[]) => Promise<readonly Row[]>

/** A database that speaks the common SQL of `sql-store.ts`; parameters are written `?`. */
export interface Driver {
  /** Runs one statement atomically and durably. Throws `UniqueViolation` when a key is taken. */
  readonly query: RunQuery
  /**
   * Runs all groups in one transaction. Within a group the first statement decides: when it returns no row, the rest is left out.
   * Returns the rows of each first one. Throws `UniqueViolation` when a key is taken, and then nothing is written.
   */
  batch(groups: readonly (readonly SqlStatement[])[]): Promise<readonly (readonly Row[])[]>
  /**
   * Runs `work` in one transaction, undone when it throws. `snapshot`: all reads see one moment, others may write meanwhile;
   * `write`: however long it takes. The driver serves nothing else until it ends.
   */
  transaction<T>(mode: 'snapshot' | 'write', work: (query: RunQuery) => Promise<T>): Promise<T>
  readonly dialect: SqlDialect
  close(): Promise<void>
}

/** A unique index refused the row. */
export class UniqueViolation extends Error {}
