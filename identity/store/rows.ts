import { randomUUID } from 'node:crypto'
import type { Param, Row, SqlStatement } from './driver.ts'
import { encodeIndexed, encodeKey } from './encoding.ts'
import { INDEX_COLUMNS, UNIQUE_COLUMNS } from './schema.ts'
import { ALIVE } from './select.ts'
import type { Collection, Scope } from './store.ts'
import { removal, termChanges, termsAgain } from './terms.ts'

const AT = 'collection = ? AND scope = ? AND id = ?'
const KEY_COLUMNS = [...INDEX_COLUMNS, ...UNIQUE_COLUMNS]
const COLUMNS = ['collection', 'scope', 'id', 'expires_at', 'version', ...KEY_COLUMNS, 'body']
const INTO = `INSERT INTO documents (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`
const INSERT = `${INTO} RETURNING id`
const PUT = `${INTO} ON CONFLICT (collection, scope, id) DO UPDATE
  SET ${COLUMNS.slice(COLUMNS.indexOf('expires_at'))
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`
const SWAP = `UPDATE documents SET version = ?, ${KEY_COLUMNS.map((k) => `${k} = ?`).join(', ')}, body = ?
  WHERE ${AT} AND version = ? RETURNING id`
const READ = `SELECT version, body FROM documents WHERE ${AT} AND ${ALIVE}`
const TAKE = `DELETE FROM documents WHERE ${AT} AND ${ALIVE} RETURNING body`

/** A write of one document: the first statement decides whether the others, those of its terms, are made. */
export type Write = readonly [SqlStatement, ...SqlStatement[]]
export interface Stored<T> {
  readonly value: T
  readonly version: string
}

/** Node.js has chance for many of these at hand, and asks the system for each of anything else. */
const newVersion = () => randomUUID()
export const parse = <T>(row: Row): T => JSON.parse(String(row.body)) as T
const at = <T>(c: Collection<T>, scope: Scope, id: string) => [c.name, encodeKey(scope), encodeKey(id)] as const

const row = <T>(c: Collection<T>, scope: Scope, value: T, expiresAt: number | null): Param[] => [
  ...at(c, scope, c.id(value)),
  expiresAt,
  newVersion(),
  ...keysOf(c, value),
  JSON.stringify(value),
]

/** A new document. */
export const insertion = <T>(c: Collection<T>, scope: Scope, value: T, expiresAt: number | null): Write => [
  [INSERT, row(c, scope, value, expiresAt)],
  ...termChanges(c, encodeKey(scope), undefined, value),
]

/** A document without terms, whatever there is under its id. */
export const putting = <T>(c: Collection<T>, scope: Scope, value: T): SqlStatement => [PUT, row(c, scope, value, null)]

/** A document in place of what it was. */
export function swap<T>(c: Collection<T>, scope: Scope, old: Stored<T>, value: T): Write {
  const set = [newVersion(), ...keysOf(c, value), JSON.stringify(value)]
  const first: SqlStatement = [SWAP, [...set, ...at(c, scope, c.id(value)), old.version]]
  return [first, ...termChanges(c, encodeKey(scope), old.value, value)]
}

export const reading = <T>(c: Collection<T>, scope: Scope, id: string, now: number): SqlStatement => [
  READ,
  [...at(c, scope, id), now],
]

export function taking<T>(c: Collection<T>, scope: Scope, id: string, now: number): Write {
  const first: SqlStatement = [TAKE, [...at(c, scope, id), now]]
  return c.terms ? [first, removal(c, encodeKey(scope), encodeKey(id))] : [first]
}

/** Removes what is expired and holds the id or a unique key of a document. */
export function dropping<T>(c: Collection<T>, scope: Scope, value: T, now: number): SqlStatement {
  const keys = UNIQUE_COLUMNS.map((u) => `${u} = ?`).join(' OR ')
  const sql = `DELETE FROM documents WHERE collection = ? AND scope = ? AND expires_at <= ? AND (id = ? OR ${keys})`
  const [name, place, id] = at(c, scope, c.id(value))
  return [sql, [name, place, now, id, ...uniqueOf(c, value)]]
}

/** The same document with its keys and terms made again. */
export function refill<T>(c: Collection<T>, row: Row): Write {
  const value = parse<T>(row)
  const set = [newVersion(), ...keysOf(c, value), String(row.body)]
  const first: SqlStatement = [SWAP, [...set, c.name, String(row.scope), String(row.id), String(row.version)]]
  return [first, ...(c.terms ? termsAgain(c, String(row.scope), value) : [])]
}

/** One value per key column; unused ones are null. */
function keysOf<T>(c: Collection<T>, value: T): Param[] {
  const record = value as Readonly<Record<string, unknown>>
  const indexed = INDEX_COLUMNS.map((_, i) => {
    const field = c.indexes[i]
    return field === undefined ? null : encodeIndexed(record[field])
  })
  return [...indexed, ...uniqueOf(c, value)]
}

function uniqueOf<T>(c: Collection<T>, value: T): Param[] {
  const claims = Object.values(c.unique ?? {}).map((key) => key(value))
  return UNIQUE_COLUMNS.map((_, i) => (claims[i] === undefined ? null : encodeKey(claims[i])))
}
