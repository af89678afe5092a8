/** Slots for indexed fields and unique keys. A collection uses them in the order in which it names them. */
const INDEX_SLOTS = 12
const UNIQUE_SLOTS = 4

const slots = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`)
export const INDEX_COLUMNS: readonly string[] = slots('k', INDEX_SLOTS)
export const UNIQUE_COLUMNS: readonly string[] = slots('u', UNIQUE_SLOTS)

/** Where the two databases differ. */
export interface SqlDialect {
  /** A text type that sorts by bytes. */
  readonly keyType: string
  /** Kind of a table that is its primary key's index. */
  readonly rows: string
  /** Function (text, part) → place of the part, 0 when it does not occur. */
  readonly place: string
}

/**
 * The one layout of both databases: a row per document with its keys in text columns that sort by bytes (`keyType`).
 * `expires_at` closes each index so that counting a filtered page never reads the rows.
 */
function initial({ keyType }: SqlDialect): readonly string[] {
  const keys = [...INDEX_COLUMNS, ...UNIQUE_COLUMNS].map((k) => `${k} ${keyType}`)
  return [
    `CREATE TABLE documents (collection ${keyType} NOT NULL, scope ${keyType} NOT NULL, id ${keyType} NOT NULL,
      expires_at BIGINT, version TEXT NOT NULL, ${keys.join(', ')}, body TEXT NOT NULL, PRIMARY KEY (collection, scope, id))`,
    ...INDEX_COLUMNS.map(
      (k) =>
        `CREATE INDEX documents_${k} ON documents (collection, scope, ${k}, id, expires_at) WHERE ${k} IS NOT NULL`,
    ),
    ...UNIQUE_COLUMNS.map(
      (u) => `CREATE UNIQUE INDEX documents_${u} ON documents (collection, scope, ${u}) WHERE ${u} IS NOT NULL`,
    ),
    'CREATE INDEX documents_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL',
    `CREATE TABLE collections (name ${keyType} NOT NULL PRIMARY KEY, signature TEXT NOT NULL)`,
  ]
}

/**
 * The terms of documents, an inverted index: by field and value for searching, by document for looking at one and for removing it.
 * SQLite keeps the rows in the first index itself (`rows`).
 */
const terms = ({ keyType, rows }: SqlDialect): readonly string[] => [
  `CREATE TABLE terms (collection ${keyType} NOT NULL, scope ${keyType} NOT NULL, field ${keyType} NOT NULL, value ${keyType} NOT NULL,
    id ${keyType} NOT NULL, item BIGINT NOT NULL, PRIMARY KEY (collection, scope, field, value, id, item)) ${rows}`,
  'CREATE INDEX terms_document ON terms (id, scope, collection, field, value, item)',
]

/** Which releases the layout still serves: `oldest` is the number of steps that a release has to know to work with it. */
const reach = (): readonly string[] => [
  'CREATE TABLE layout (oldest INTEGER NOT NULL)',
  'INSERT INTO layout (oldest) VALUES (1)',
]
export const OLDEST = 'SELECT oldest FROM layout'

/**
 * Steps of the layout in order; the schema version is the number of steps done. A released step never changes. A step expands: it adds what
 * the release before does not mind. What takes something away follows a release later, and says so with `UPDATE layout SET oldest = n`.
 */
const STEPS = [initial, terms, reach] as const
/** The number of steps that this release knows. */
export const VERSION = STEPS.length

/**
 * The steps that a store at version `done` lacks; none for a newer one that still serves this release. `oldest`: what a newer store says
 * (`OLDEST`). Throws for one that does not.
 */
export function stepsAfter(done: number, oldest: number, dialect: SqlDialect): readonly (readonly string[])[] {
  if (done > VERSION && oldest > VERSION)
    throw new Error('it was written by a newer release that this one cannot work with; use that one')
  return STEPS.slice(done).map((step) => step(dialect))
}
