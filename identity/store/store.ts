/** A typed collection of JSON documents. */
export interface Collection<T> {
  readonly name: string
  /** Id of a document inside its scope. */
  id(value: T): string
  /** Fields by which documents are found and sorted; each is indexed (12 at most). Values are text, numbers, booleans or null. */
  readonly indexes: readonly (keyof T & string)[]
  /** Keys that no two documents of a scope may share, e.g. the user name in lower case (4 at most). `undefined` claims nothing. */
  readonly unique?: Readonly<Record<string, (value: T) => string | undefined>>
}

/** A tenant id, an organization's id with the prefix `org:`, or `GLOBAL`. Every call is confined to one scope. */
export type Scope = string
export const GLOBAL: Scope = ''

export interface Query<T> {
  /** Equality on indexed fields; all have to hold. */
  readonly where?: Partial<Pick<T, keyof T & string>>
  /** Indexed field to sort by (default: the id), with the id as the last word. */
  readonly orderBy?: keyof T & string
  readonly direction?: 'asc' | 'desc'
  readonly limit: number
  readonly offset?: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Documents that match, on all pages. */
  readonly total: number
}

/** Storage of the identity runtime: a few verbs over typed collections. Every verb is atomic; an acknowledged write survives `kill -9`. */
export interface Store {
  /** Throws CONFLICT (a PlumblineError) when the id or a unique key is taken. `ttlSeconds` after now it is gone. */
  create<T>(c: Collection<T>, scope: Scope, value: T, ttlSeconds?: number): Promise<void>
  get<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined>
  /** Compare-and-swap: `fn` may run again and must be pure. The id and the expiry stay. Throws NOT_FOUND, CONFLICT. Returns the stored value. */
  update<T>(c: Collection<T>, scope: Scope, id: string, fn: (old: T) => T): Promise<T>
  /** Atomic get-and-delete: of many callers exactly one gets the value. */
  take<T>(c: Collection<T>, scope: Scope, id: string): Promise<T | undefined>
  /** True when something was deleted. */
  delete<T>(c: Collection<T>, scope: Scope, id: string): Promise<boolean>
  find<T>(c: Collection<T>, scope: Scope, query: Query<T>): Promise<Page<T>>
  /** Deletes expired documents, a bounded batch at a time; returns how many. */
  sweep(limit?: number): Promise<number>
  /** Returns when the database answers; throws UNAVAILABLE. */
  ping(): Promise<void>
  close(): Promise<void>
}
