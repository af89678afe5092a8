import { PlumblineError } from '../../config/errors.ts'
import { matchesOf, type Sql, type TermScope } from './conditions.ts'
import type { Param, SqlStatement } from './driver.ts'
import { encodeIndexed, encodeKey } from './encoding.ts'
import { INDEX_COLUMNS, type SqlDialect } from './schema.ts'
import type { Collection, Condition, Query, Scope } from './store.ts'

export const ALIVE = '(expires_at IS NULL OR expires_at > ?)'
/** A part of the rows. SQLite compiles a statement again for each run when its limit is a bare parameter: that costs three times what it then takes to find. */
const PART = 'LIMIT 0 + ? OFFSET ?'
const DIRECTION = { asc: 'ASC', desc: 'DESC' } as const
const ABSENT = { asc: 'NULLS LAST', desc: 'NULLS FIRST' } as const

interface Setting {
  readonly now: number
  readonly dialect: SqlDialect
}

/** The documents of a page, in their order, as `body`; and how many there are on all pages, as `total`. */
export interface PageSelection {
  readonly page: SqlStatement
  readonly count: SqlStatement
}

/** The statements of a query. Throws INTERNAL for fields that are not indexed. */
export function selection<T>(c: Collection<T>, scope: Scope, query: Query<T>, setting: Setting): PageSelection {
  const { matching, orderByTerm } = query
  if (matching === undefined && orderByTerm === undefined) return byColumns(c, scope, query, setting)
  if (!c.terms) throw new PlumblineError('INTERNAL', `the collection ${c.name} has no terms`)
  const context = { collection: c.name, scope: encodeKey(scope), place: setting.dialect.place }
  return byTerms(context, matching ?? { op: 'and', of: [] }, query)
}

/** Documents with terms do not expire, so that they are counted without being read. */
function byColumns<T>(c: Collection<T>, scope: Scope, query: Query<T>, { now }: Setting): PageSelection {
  const where = Object.entries(query.where ?? {})
  const alive = c.terms ? { sql: '', params: [] } : { sql: ` AND ${ALIVE}`, params: [now] }
  const filter = where.map(([field]) => ` AND ${columnOf(c, field)} = ?`).join('')
  const from = `FROM documents WHERE collection = ? AND scope = ?${alive.sql}${filter}`
  const values = where.map(([, value]) => encodeIndexed(value))
  const params: readonly Param[] = [c.name, encodeKey(scope), ...alive.params, ...values]
  return {
    page: [`SELECT body ${from}${orderOf(c, query)} ${PART}`, [...params, query.limit, query.offset ?? 0]],
    count: [`SELECT count(*) AS total ${from}`, params],
  }
}

/** The ids of the page are found first, so that no other document is read. */
function byTerms<T>(context: TermScope, condition: Condition, query: Query<T>): PageSelection {
  const matches = matchesOf(context, condition)
  const { key, order } = orderOfMatches(context, query, matches.key)
  const ids = `SELECT m.id AS id, ${key.sql} AS sort_key ${matches.from.sql}`
  const own = 'documents.collection = ? AND documents.scope = ?'
  const page = `SELECT body FROM (${ids} ORDER BY ${order} ${PART}) AS page
    JOIN documents ON documents.id = page.id AND ${own} ORDER BY ${order.replaceAll('m.id', 'page.id')}`
  const limits = [query.limit, query.offset ?? 0, context.collection, context.scope]
  return {
    page: [page, [...key.params, ...matches.from.params, ...limits]],
    count: [`SELECT count(*) AS total ${matches.from.sql}`, matches.from.params],
  }
}

/** Unless told otherwise, in the order in which the index gives the matches. */
function orderOfMatches<T>(context: TermScope, query: Query<T>, key: string): { key: Sql; order: string } {
  const { orderByTerm, direction = 'asc' } = query
  const way = DIRECTION[direction]
  if (orderByTerm === undefined) return { key: { sql: key, params: [] }, order: `sort_key ${way}, m.id ${way}` }
  const sql = `(SELECT s.value FROM terms s WHERE s.id = m.id AND s.scope = ? AND s.collection = ? AND s.field = ? AND s.value > ''
    ORDER BY s.item LIMIT 1)`
  const params = [context.scope, context.collection, orderByTerm]
  return { key: { sql, params }, order: `sort_key ${way} ${ABSENT[direction]}, m.id ${way}` }
}

function columnOf<T>(c: Collection<T>, field: string): string {
  const column = INDEX_COLUMNS[c.indexes.indexOf(field as keyof T & string)]
  if (column === undefined) throw new PlumblineError('INTERNAL', `the collection ${c.name} has no index on ${field}`)
  return column
}

/**
 * The indexes of the key columns are partial. A page without a filter says that the sorted column is present, so that its index gives
 * the order; with a filter the filter's index is the better one and the few matches are sorted.
 */
function orderOf<T>(c: Collection<T>, { where, orderBy, direction = 'asc' }: Query<T>): string {
  const way = DIRECTION[direction]
  if (orderBy === undefined) return ` ORDER BY id ${way}`
  const column = columnOf(c, orderBy)
  const present = Object.keys(where ?? {}).length === 0 ? ` AND ${column} IS NOT NULL` : ''
  return `${present} ORDER BY ${column} ${way}, id ${way}`
}
