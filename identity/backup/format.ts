import type { Hmac } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { hmacUnder } from '../crypto/derived-keys.ts'
import { INDEX_COLUMNS, UNIQUE_COLUMNS } from '../store/schema.ts'

/** Raised when a reader of the format before would misread a file. */
export const FORMAT = 1

export interface BackupTable {
  readonly name: string
  readonly columns: readonly string[]
  /** The primary key, in which rows are read. */
  readonly key: readonly string[]
}

/** What a backup holds: the rows as they are stored, which is the same in both databases. */
export const BACKUP_TABLES: readonly BackupTable[] = [
  { name: 'collections', columns: ['name', 'signature'], key: ['name'] },
  {
    name: 'documents',
    columns: ['collection', 'scope', 'id', 'expires_at', 'version', ...INDEX_COLUMNS, ...UNIQUE_COLUMNS, 'body'],
    key: ['collection', 'scope', 'id'],
  },
  {
    name: 'terms',
    columns: ['collection', 'scope', 'field', 'value', 'id', 'item'],
    key: ['collection', 'scope', 'field', 'value', 'id', 'item'],
  },
]
/** Columns of numbers: drivers give large ones as text. */
export const NUMBERS: ReadonlySet<string> = new Set(['expires_at', 'item'])

/** The first line of a file. After it come rows, `[table, ...values]`, and the last line is a `Trailer`. */
export interface Header {
  readonly plumbline: 'backup'
  readonly format: number
  /** RFC 3339. */
  readonly created_at: string
  /** Tells the master key without telling it: `markOf`. */
  readonly master_key: string
  /** Columns of each table, in the order of the values. */
  readonly tables: Readonly<Record<string, readonly string[]>>
}

export interface Trailer {
  readonly rows: number
  /** HMAC-SHA256 of all lines before, under a key derived from the master key. */
  readonly mac: string
}

export const macUnder = (masterKey: Uint8Array): Hmac => hmacUnder(masterKey, 'backup')

/**
 * The tables of a file in the order of its header. Throws REFUSED for what this release cannot read: another format, or tables
 * and columns that it does not know.
 */
export function tablesIn(header: Header): ReadonlyMap<string, readonly string[]> {
  if (header.plumbline !== 'backup' || header.format !== FORMAT) throw foreign(`it has format ${header.format}`)
  for (const [name, columns] of Object.entries(header.tables)) {
    const known = BACKUP_TABLES.find((table) => table.name === name)?.columns ?? []
    const unknown = columns.find((column) => !known.includes(column))
    if (unknown !== undefined) throw foreign(`it has a column '${name}.${unknown}'`)
  }
  return new Map(Object.entries(header.tables))
}

const foreign = (why: string) =>
  new PlumblineError('REFUSED', `this release cannot read the backup: ${why}`, {
    help: 'restore it with the release that made it, or a newer one',
  })
