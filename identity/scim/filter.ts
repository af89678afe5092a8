import { type Filter, parse } from 'scim2-parse-filter'
import { foldName } from '../vault/users.ts'
import { scimFault } from './errors.ts'
import { type Attribute, type Definition, isRecord, locate, type Resource } from './schemas.ts'

const MAX_LENGTH = 2000
// biome-ignore lint/suspicious/noControlCharactersInRegex: the parser takes exponential time on line breaks in a text
const CONTROL = /[\u0000-\u001f]/

type Scalar = string | number | boolean | null
type Compare = Extract<Filter, { readonly compValue: unknown }>

/** A filter (RFC 7644, section 3.4.2.2) over one schema. */
export interface ScimFilter {
  matches(resource: Resource): boolean
  /** Every equality that each match has to fulfil: attribute path in lower case → value. */
  readonly equalities: readonly { readonly path: string; readonly value: string }[]
}

/** Reads a filter. Throws 400 invalidFilter for bad syntax and unknown attributes. */
export function readFilter(definition: Definition, text: string): ScimFilter {
  if (text.length > MAX_LENGTH) throw scimFault('invalidFilter', `the filter is longer than ${MAX_LENGTH} characters`)
  if (CONTROL.test(text)) throw scimFault('invalidFilter', 'the filter holds a control character')
  const filter = parsed(text)
  const test = compile(definition, filter, '')
  return { matches: (resource) => test(resource), equalities: equalitiesOf(definition, filter, '') }
}

function parsed(text: string): Filter {
  try {
    return parse(text)
  } catch (error) {
    throw scimFault('invalidFilter', 'the filter does not follow RFC 7644, section 3.4.2.2', error)
  }
}

type Test = (value: unknown) => boolean

/** `prefix` is the path of the complex attribute whose items are tested, with a dot at its end. */
function compile(definition: Definition, filter: Filter, prefix: string): Test {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const tests = filter.filters.map((f) => compile(definition, f, prefix))
      return filter.op === 'and' ? (v) => tests.every((t) => t(v)) : (v) => tests.some((t) => t(v))
    }
    case 'not': {
      const test = compile(definition, filter.filter, prefix)
      return (v) => !test(v)
    }
    case '[]': {
      const { keys } = located(definition, filter.attrPath, prefix)
      const test = compile(definition, filter.valFilter, `${prefix}${filter.attrPath}.`)
      return (v) => valuesAt(v, keys).some((item) => test(item))
    }
    default:
      return comparison(definition, filter, prefix)
  }
}

function comparison(definition: Definition, filter: Compare | Extract<Filter, { op: 'pr' }>, prefix: string): Test {
  const { keys, attribute } = located(definition, filter.attrPath, prefix)
  if (filter.op === 'pr') return (v) => valuesAt(v, keys).length > 0
  const operator = OPERATORS[filter.op]
  const normal = normalizer(attribute)
  const wanted = normal(filter.compValue)
  if (wanted === null && filter.compValue !== null) throw scimFault('invalidFilter', `'${filter.attrPath}' is a time`)
  const negative = filter.op === 'ne'
  return (v) => {
    const found = valuesAt(v, keys).map((value) => normal(isRecord(value) ? value.value : value))
    if (wanted === null) return (found.length === 0) !== negative
    return found.some((value) => operator(value, wanted)) !== negative
  }
}

type Operator = (found: Scalar, wanted: Scalar) => boolean
const texts =
  (test: (found: string, wanted: string) => boolean): Operator =>
  (found, wanted) =>
    typeof found === 'string' && typeof wanted === 'string' && test(found, wanted)
const ordered =
  (test: (order: number) => boolean): Operator =>
  (found, wanted) =>
    found !== null && wanted !== null && typeof found === typeof wanted && test(found < wanted ? -1 : +(found > wanted))

/** `ne` is the contrary of `eq`. */
const OPERATORS: Readonly<Record<Compare['op'], Operator>> = {
  eq: (found, wanted) => found === wanted,
  ne: (found, wanted) => found === wanted,
  co: texts((found, wanted) => found.includes(wanted)),
  sw: texts((found, wanted) => found.startsWith(wanted)),
  ew: texts((found, wanted) => found.endsWith(wanted)),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
}

/** Times compare as instants, texts without case unless the attribute is exact. */
function normalizer(attribute: Attribute): (value: unknown) => Scalar {
  return (value) => {
    if (typeof value === 'number' || typeof value === 'boolean') return value
    if (typeof value !== 'string') return null
    if (attribute.type === 'dateTime') return instant(value)
    return attribute.config.caseExact ? value : foldName(value)
  }
}

function instant(text: string): number | null {
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

function located(definition: Definition, path: string, prefix: string) {
  const { keys, attribute } = locate(definition, `${prefix}${path}`) ?? {}
  if (!keys || !attribute) throw scimFault('invalidFilter', `the schema has no attribute '${prefix}${path}'`)
  const depth = prefix === '' ? 0 : prefix.split('.').length - 1
  return { keys: keys.slice(depth), attribute }
}

/** All present values under the keys, through lists. */
function valuesAt(value: unknown, keys: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, keys))
  const [key, ...rest] = keys
  if (key === undefined) return value === undefined || value === null ? [] : [value]
  return isRecord(value) ? valuesAt(value[key], rest) : []
}

function equalitiesOf(definition: Definition, filter: Filter, prefix: string): ScimFilter['equalities'] {
  if (filter.op === 'and') return filter.filters.flatMap((f) => equalitiesOf(definition, f, prefix))
  if (filter.op === '[]') return equalitiesOf(definition, filter.valFilter, `${prefix}${filter.attrPath}.`)
  if (filter.op !== 'eq' || typeof filter.compValue !== 'string') return []
  const keys = locate(definition, `${prefix}${filter.attrPath}`)?.keys ?? []
  return [{ path: keys.join('.').toLowerCase(), value: filter.compValue }]
}
