export type Param = string | number | null
export type Row = Readonly<Record<string, unknown>>
export type Statement = readonly [sql: string, params: readonly Param[]]

/** A database that speaks the common SQL of `sql-store.ts`; parameters are written `?`. */
export interface Driver {
  /** Runs one statement atomically and durably. Throws `UniqueViolation` when a key is taken. */
  query(sql: string, params: readonly Param[]): Promise<readonly Row[]>
  /** Runs all statements in one transaction. */
  batch(statements: readonly Statement[]): Promise<void>
  close(): Promise<void>
}

/** A unique index refused the row. */
export class UniqueViolation extends Error {}
