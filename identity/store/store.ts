/** A typed collection of JSON documents. */
export interface Collection<T> {
  readonly name: string
  /** Id of a document inside its scope. */
  id(value: T): string
  /** Fields by which documents are found and sorted; each is indexed (12 at most). Values are text, numbers, booleans or null. */
  readonly indexes: readonly (keyof T & string)[]
  /** Keys that no two documents of a scope may share, e.g. the user name in lower case (4 at most). `undefined` claims nothing. */
  readonly unique?: Readonly<Record<string, (value: T) => string | undefined>>
  /** Everything by which a document is found with a `Condition`. Such documents do not expire. */
  readonly terms?: Terms<T>
}

interface Terms<T> {
  /** Raised when `of` gives other terms for the same document: those of stored documents are then made again. */
  readonly version: number
  of(value: T): readonly Term[]
}

/** One value of a field of a document, in an index of its own. */
export interface Term {
  readonly field: string
  /** Missing: the item is there, and has no value of its own. Texts longer than 256 characters are found by their beginning and as a whole. */
  readonly value?: TermValue
  /** Joins the terms of one item of a list, e.g. the type and the value of an address. */
  readonly item: number
}
export type TermValue = string | number | boolean

/** What is asked of the terms of a document; a comparison holds when it holds for any term of the field. */
export type Condition =
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** One item of the list fulfils all of it. */
  | { readonly op: 'item'; readonly field: string; readonly of: Condition }
  /** A document of another collection of the scope names this one by its id in `field`, and fulfils the rest. */
  | { readonly op: 'namedBy'; readonly collection: string; readonly field: string; readonly of: Condition }
  | (Asked & { readonly op: 'present' })
  | (Asked & { readonly op: 'in'; readonly values: readonly TermValue[] })
  | (Asked & { readonly op: 'co' | 'sw' | 'ew'; readonly value: string })
  | (Asked & { readonly op: 'gt' | 'ge' | 'lt' | 'le'; readonly value: TermValue })

interface Asked {
  readonly field: string
  /** A document has at most one term of the field. */
  readonly single?: boolean
}

/** A tenant id, an organization's id with the prefix `org:`, or `GLOBAL`. Every call is confined to one scope. */
export type Scope = string
export const GLOBAL: Scope = ''

export interface Query<T> {
  /** Equality on indexed fields; all have to hold. */
  readonly where?: Partial<Pick<T, keyof T & string>>
  /** Indexed field to sort by (default: the id), with the id as the last word. */
  readonly orderBy?: keyof T & string
  /** Field of terms to sort by instead: the first item counts; documents without it come last, or first when descending. */
  readonly orderByTerm?: string
  readonly direction?: 'asc' | 'desc'
  /** For collections with terms; instead of `where` and `orderBy`. */
  readonly matching?: Condition
  readonly limit: number
  readonly offset?: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Documents that match, on all pages. */
  readonly total: number
}

/** Most documents that one sweep deletes, unless it is told otherwise. */
export const SWEEP_BATCH = 1000

/** Storage of the identity runtime: a few verbs over typed collections. Every verb is atomic; an acknowledged write survives `kill -9`. */
export interface Store {
  /** Throws CONFLICT (a PlumblineError) when the id or a unique key is taken. `ttlSeconds` after now it is gone. */
  create<T>(c: Collection<T>, scope: Scope, value: T, ttlSeconds?: number): Promise<void>
  /**
   * Creates a document and puts a mark, in place of one of its id: both are stored or neither. Throws CONFLICT as `create`. Neither expires;
   * marks have no terms.
   */
  createMarked<T, M>(c: Collection<T>, scope: Scope, value: T, marks: Collection<M>, mark: M): Promise<void>
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
  /** Expired documents that wait for a sweep. */
  countExpired(): Promise<number>
  /** Returns when the database answers; throws UNAVAILABLE. */
  ping(): Promise<void>
  close(): Promise<void>
}
