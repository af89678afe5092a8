import { scimFault } from '../../directory/scim/errors.ts'
import { type Attribute, type Definition, locate } from '../../directory/scim/schemas.ts'
import { spelled } from '../../directory/scim/spelling.ts'
import { comparable, fieldOf } from '../../directory/scim/terms.ts'
import type { Condition } from '../../store/store.ts'
import { type CompareOp, type Comparison, type Filter, parseFilter } from './filter-text.ts'
import type { Moved } from './resource-type.ts'

const ORDER: readonly string[] = ['gt', 'ge', 'lt', 'le']
const UNORDERED: readonly string[] = ['boolean', 'binary']
const ALWAYS: Condition = { op: 'and', of: [] }
const NEVER: Condition = { op: 'or', of: [] }

/** What the attributes of a filter are, and where they are kept. */
export interface Reading {
  readonly definition: Definition
  /** Attributes that are kept with other resources, by their name in lower case. */
  readonly moved?: Readonly<Record<string, Moved>>
}

/**
 * Reads a filter (RFC 7644, section 3.4.2.2) as a condition on the terms of a resource. Within a value filter, `prefix` is the path of the
 * complex attribute. Throws 400 invalidFilter for bad syntax, unknown attributes and comparisons that the attribute does not have.
 */
export function readFilter(reading: Reading, text: string, prefix = ''): Condition {
  return compile(reading, parseFilter(text), prefix === '' ? '' : `${prefix}.`)
}

export interface Equality {
  readonly path: string
  readonly value: unknown
}

/** The equalities that every match of a filter fulfils. */
export const equalitiesOf = (text: string): readonly Equality[] => equalities(parseFilter(text))

function equalities(filter: Filter): readonly Equality[] {
  if (filter.op === 'and') return filter.of.flatMap(equalities)
  return filter.op === 'eq' && filter.value !== null ? [{ path: filter.path, value: filter.value }] : []
}

function compile(reading: Reading, filter: Filter, prefix: string): Condition {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, of: filter.of.map((part) => compile(reading, part, prefix)) }
    case 'not':
      return { op: 'not', of: compile(reading, filter.of, prefix) }
    case 'item':
      return valueFilter(reading, filter, prefix)
    default:
      return comparison(reading, filter, prefix)
  }
}

function valueFilter(
  reading: Reading,
  { path: name, of: filter }: Extract<Filter, { op: 'item' }>,
  prefix: string,
): Condition {
  const path = `${prefix}${name}`
  const { keys, attribute } = located(reading, path)
  if (attribute.type !== 'complex') throw scimFault('invalidFilter', `'${path}' has no parts to choose by`)
  const of = compile(reading, filter, `${path}.`)
  const moved = reading.moved?.[fieldOf(keys)]
  return moved ? elsewhere(moved, withoutPlace(of)) : { op: 'item', field: fieldOf(keys), of }
}

/** Inside a value filter the parts of a moved attribute speak of the same resource. */
function withoutPlace(condition: Condition): Condition {
  if (condition.op === 'namedBy') return condition.of
  if (condition.op === 'not') return { op: 'not', of: withoutPlace(condition.of) }
  if (condition.op === 'and' || condition.op === 'or') return { op: condition.op, of: condition.of.map(withoutPlace) }
  return condition
}

const elsewhere = ({ collection, field }: Moved, of: Condition): Condition => ({ op: 'namedBy', collection, field, of })

function comparison(reading: Reading, filter: Comparison | Extract<Filter, { op: 'pr' }>, prefix: string): Condition {
  const path = `${prefix}${filter.path}`
  const { keys, attribute, many } = located(reading, path)
  const moved = reading.moved?.[String(keys[0]).toLowerCase()]
  const field = moved ? moved.fields[fieldOf(keys)] : fieldOf(keys)
  if (field === undefined) return NEVER
  const asked = many ? { field } : { field, single: true }
  const condition = filter.op === 'pr' ? presence(attribute, asked) : compared(attribute, asked, filter)
  if (!moved) return condition
  return condition.op === 'not' ? { op: 'not', of: elsewhere(moved, condition.of) } : elsewhere(moved, condition)
}

interface Asked {
  readonly field: string
  readonly single?: boolean
}

const presence = (attribute: Attribute, asked: Asked): Condition =>
  attribute.type === 'complex' ? { op: 'item', field: asked.field, of: ALWAYS } : { op: 'present', ...asked }

function compared(whole: Attribute, asked: Asked, { op, path, value: wanted }: Comparison): Condition {
  if (wanted === null) return unassigned(presence(whole, asked), op, path)
  const attribute = whole.type === 'complex' ? whole.subAttributes?.find(({ name }) => name === 'value') : whole
  if (!attribute) throw scimFault('invalidFilter', `'${path}' has no value of its own to compare`)
  if (ORDER.includes(op) && UNORDERED.includes(attribute.type))
    throw scimFault('invalidFilter', `'${path}' has no order`)
  const value = comparable(attribute, asked.field, spelled(attribute, wanted))
  if (value === undefined && attribute.type === 'dateTime') throw scimFault('invalidFilter', `'${path}' is a time`)
  return comparing(asked, op, value)
}

/** A value of another type is equal to none, and stands before and after none. */
function comparing(asked: Asked, op: CompareOp, value: ReturnType<typeof comparable>): Condition {
  if (op === 'ne') return { op: 'not', of: comparing(asked, 'eq', value) }
  if (value === undefined) return NEVER
  if (op === 'eq') return { op: 'in', ...asked, values: [value] }
  if (op === 'gt' || op === 'ge' || op === 'lt' || op === 'le') return { op, ...asked, value }
  return typeof value === 'string' ? { op, ...asked, value } : NEVER
}

/** null stands for "unassigned" (RFC 7643, section 2.5). */
function unassigned(present: Condition, op: CompareOp, path: string): Condition {
  if (op === 'ne') return present
  if (op === 'eq') return { op: 'not', of: present }
  throw scimFault('invalidFilter', `'${path}' compares with null by eq and ne only`)
}

function located({ definition }: Reading, path: string) {
  const { keys, attribute, many } = locate(definition, path) ?? {}
  if (!keys || !attribute) throw scimFault('invalidFilter', `the schema has no attribute '${path}'`)
  return { keys, attribute, many: many ?? true }
}
