import type { Param } from './driver.ts'
import type { Condition } from './store.ts'
import { encodeTerm, storableText } from './terms.ts'

export interface Sql {
  readonly sql: string
  readonly params: readonly Param[]
}

/** Whose terms are asked. */
export interface TermScope {
  readonly collection: string
  /** As it is stored. */
  readonly scope: string
  /** The database's function (text, part) → place of the part, 0 when it does not occur. */
  readonly place: string
}

type Of<Op extends Condition['op']> = Extract<Condition, { readonly op: Op }>
type Comparison = Of<'present' | 'in' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'>

/** Above every text that begins alike. */
const LAST = '\u{10ffff}'
/** Stands behind a shortened text, before its digest; see `encodeTerm`. */
const SHORTENED = "'\u0003'"

/** `FROM ... AS m` whose column `id` holds each match once; `key` is the column in whose order the matches come at no cost. */
export interface MatchQuery {
  readonly from: Sql
  readonly key: 'm.value' | 'm.id'
}

/**
 * The documents that fulfil a condition. Its most selective part that an index can answer gives the candidates, and the rest is
 * looked up for each of them; without such a part all documents are candidates.
 */
export function matchesOf(context: TermScope, condition: Condition): MatchQuery {
  const source = sourceOf(context, condition)
  const candidates = source?.ids ?? allOf(context)
  const where = (source ? source.rest : [condition]).map((rest) => probe(context, rest, 'm.id'))
  const from = join([{ sql: 'FROM (', params: [] }, candidates, { sql: ') AS m', params: [] }], '')
  const filter = where.length === 0 ? [] : [{ sql: ' WHERE ', params: [] }, join(where, ' AND ')]
  return { from: join([from, ...filter], ''), key: source?.sorted ? 'm.value' : 'm.id' }
}

const allOf = ({ collection, scope }: TermScope): Sql => ({
  sql: 'SELECT id FROM documents WHERE collection = ? AND scope = ?',
  params: [collection, scope],
})

/** Candidates from an index: `ids` (each once) holds all matches; those that fulfil `rest`, too, are the matches. */
interface Source {
  readonly ids: Sql
  readonly rest: readonly Condition[]
  /** How many candidates are to be expected, as a class: 0 few, more the higher. */
  readonly cost: number
  /** The rows come in the order of their column `value`. */
  readonly sorted: boolean
}

/** `inItem`: of one item, so what else it asks must not be asked of the whole document: another item may fulfil what a `not` forbids this one. */
function sourceOf(context: TermScope, condition: Condition, inItem = false): Source | undefined {
  switch (condition.op) {
    case 'and':
      return cheapest(context, condition.of, inItem)
    case 'or':
      return union(context, condition.of, inItem)
    case 'item': {
      const inner = sourceOf(context, condition.of, true)
      return inner && { ...inner, rest: [condition] }
    }
    case 'namedBy':
      return namedBy(context, condition)
    case 'not':
      return undefined
    default:
      return indexed(context, condition)
  }
}

function cheapest(context: TermScope, parts: readonly Condition[], inItem: boolean): Source | undefined {
  const sources = parts.map((part) => ({ part, source: sourceOf(context, part, inItem) }))
  const [best] = sources
    .filter(({ source }) => source)
    .toSorted((a, b) => (a.source?.cost ?? 0) - (b.source?.cost ?? 0))
  if (!best?.source) return undefined
  return { ...best.source, rest: [...best.source.rest, ...parts.filter((part) => part !== best.part)] }
}

function union(context: TermScope, parts: readonly Condition[], inItem: boolean): Source | undefined {
  const sources = parts.map((part) => sourceOf(context, part, inItem))
  if (sources.length === 0 || !sources.every((source) => source !== undefined)) return undefined
  const branches = inItem ? sources.map(candidatesOf) : parts.map((part) => idsOf(context, part))
  const cost = Math.max(...sources.map((source) => source.cost))
  return { ids: join(branches, ' UNION '), rest: [], cost, sorted: false }
}

const candidatesOf = ({ ids }: Source): Sql => ({ sql: `SELECT m.id AS id FROM (${ids.sql}) AS m`, params: ids.params })

function idsOf(context: TermScope, condition: Condition): Sql {
  const { from } = matchesOf(context, condition)
  return { sql: `SELECT m.id AS id ${from.sql}`, params: from.params }
}

function namedBy({ scope, ...context }: TermScope, { collection, field, of }: Of<'namedBy'>): Source {
  const inner = idsOf({ ...context, scope, collection }, of)
  const sql = `SELECT DISTINCT value AS id FROM terms WHERE id IN (${inner.sql}) AND scope = ? AND collection = ? AND field = ?`
  return { ids: { sql, params: [...inner.params, scope, collection, field] }, rest: [], cost: 1, sorted: false }
}

const COST: Readonly<Record<Comparison['op'], number>> = {
  in: 0,
  sw: 1,
  gt: 2,
  ge: 2,
  lt: 2,
  le: 2,
  co: 3,
  ew: 3,
  present: 4,
}

function indexed({ collection, scope, place }: TermScope, condition: Comparison): Source {
  const { sql, params } = test(place, condition, 'value')
  const columns = condition.single ? 'id, value' : 'DISTINCT id'
  const ids = `SELECT ${columns} FROM terms WHERE collection = ? AND scope = ? AND field = ? AND ${sql}`
  const wide = condition.op === 'in' && condition.values.some((value) => typeof value === 'boolean')
  return {
    ids: { sql: ids, params: [collection, scope, condition.field, ...params] },
    rest: [],
    cost: wide ? COST.present : COST[condition.op],
    sorted: condition.single === true,
  }
}

/** Where in a statement a document is looked at: the expression for its id, for the item when one is fixed, and a fresh alias. */
interface Place {
  readonly id: string
  readonly item?: string
  readonly depth: number
}

/** Whether the document with the id `id` (an expression) fulfils the condition, as an SQL expression. */
const probe = (context: TermScope, condition: Condition, id: string): Sql => at(context, condition, { id, depth: 0 })

function at(context: TermScope, condition: Condition, place: Place): Sql {
  switch (condition.op) {
    case 'and':
    case 'or':
      return joined(
        condition.op,
        condition.of.map((part) => at(context, part, place)),
      )
    case 'not':
      return wrap('NOT ', at(context, condition.of, place))
    case 'item':
      return exists(context, condition.field, place, (alias) =>
        at(context, condition.of, { id: `${alias}.id`, item: `${alias}.item`, depth: place.depth + 1 }),
      )
    case 'namedBy':
      return exists(
        { ...context, collection: condition.collection },
        condition.field,
        { depth: place.depth },
        (alias) => {
          const inner = { ...context, collection: condition.collection }
          const part = at(inner, condition.of, { id: `${alias}.id`, depth: place.depth + 1 })
          return join([{ sql: `${alias}.value = ${place.id}`, params: [] }, part], ' AND ')
        },
      )
    default:
      return exists(context, condition.field, place, (alias) => test(context.place, condition, `${alias}.value`))
  }
}

function exists(
  { collection, scope }: TermScope,
  field: string,
  { id, item, depth }: Partial<Place> & Pick<Place, 'depth'>,
  fulfils: (alias: string) => Sql,
): Sql {
  const alias = `t${depth}`
  const same = [...(id ? [`${alias}.id = ${id}`] : []), ...(item ? [`${alias}.item = ${item}`] : [])]
  const own = [...same, ...['scope', 'collection', 'field'].map((column) => `${alias}.${column} = ?`)].join(' AND ')
  const { sql, params } = fulfils(alias)
  return {
    sql: `EXISTS (SELECT 1 FROM terms ${alias} WHERE ${own} AND ${sql})`,
    params: [scope, collection, field, ...params],
  }
}

const SIGN = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const

/** A comparison of the column `v`. An item without value fulfils none. */
function test(place: string, condition: Comparison, v: string): Sql {
  switch (condition.op) {
    case 'present':
      return { sql: `${v} > ''`, params: [] }
    case 'in':
      return {
        sql: `${v} IN (${condition.values.map(() => '?').join(', ')})`,
        params: condition.values.map(encodeTerm),
      }
    case 'co':
    case 'sw':
    case 'ew':
      return partial(place, condition.op, storableText(condition.value), v)
    default:
      return { sql: `${v} > '' AND ${v} ${SIGN[condition.op]} ?`, params: [encodeTerm(condition.value)] }
  }
}

function partial(place: string, op: 'co' | 'sw' | 'ew', part: string, v: string): Sql {
  if (part === '') return { sql: `${v} > ''`, params: [] }
  const whole = `${place}(${v}, ${SHORTENED})`
  if (op === 'sw') return { sql: `${v} >= ? AND ${v} < ?`, params: [part, part + LAST] }
  if (op === 'co') {
    const found = `${place}(${v}, ?)`
    return { sql: `${found} > 0 AND (${whole} = 0 OR ${found} < ${whole})`, params: [part, part] }
  }
  const characters = [...part].length
  const end = `substr(${v}, length(${v}) - ${characters - 1})`
  return { sql: `length(${v}) >= ${characters} AND ${end} = ? AND ${whole} = 0`, params: [part] }
}

function joined(op: 'and' | 'or', parts: readonly Sql[]): Sql {
  if (parts.length === 0) return { sql: op === 'and' ? '1 = 1' : '1 = 0', params: [] }
  return wrap('', join(parts, op === 'and' ? ' AND ' : ' OR '))
}

const wrap = (before: string, { sql, params }: Sql): Sql => ({ sql: `${before}(${sql})`, params })

const join = (parts: readonly Sql[], by: string): Sql => ({
  sql: parts.map((part) => part.sql).join(by),
  params: parts.flatMap((part) => part.params),
})
