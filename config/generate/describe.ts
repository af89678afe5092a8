import {
  type FieldMeta,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  metaOf,
  type TSchema,
  unwrap,
} from '../field.ts'

/** One line of a reference table. */
export interface TableRow {
  /** Path from the spec, e.g. `pin.size` or `attributeMappings[].to`. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly serverDefault: string
  readonly notes: readonly string[]
  readonly description: string
}

type Keywords = Readonly<Record<string, unknown>>
const keywordsOf = (schema: TSchema): Keywords => unwrap(schema) as unknown as Keywords

/** Every field of an object schema and of what it holds, in declaration order. */
export function rowsOf(schema: TSchema, prefix = ''): readonly TableRow[] {
  const { properties, required } = keywordsOf(schema) as { properties?: Record<string, TSchema>; required?: string[] }
  return Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    return [rowOf(path, field, required?.includes(name) ?? false), ...rowsInside(path, field)]
  })
}

function rowsInside(path: string, field: TSchema): readonly TableRow[] {
  if (metaOf(field).secret || isReference(field)) return []
  if (isListSchema(field)) return rowsOf(itemOf(field), `${path}[].`)
  return isObjectSchema(field) ? rowsOf(field, `${path}.`) : []
}

function rowOf(path: string, field: TSchema, required: boolean): TableRow {
  const meta = metaOf(field)
  return {
    path,
    type: typeOf(field),
    required,
    serverDefault: meta.serverDefault === undefined ? '' : JSON.stringify(meta.serverDefault),
    notes: notesOf(meta, String(keywordsOf(field).type)),
    description: String((field as unknown as Keywords).description ?? ''),
  }
}

/** A reference is the object of two exclusive forms that `reference` of kind.ts makes. */
function isReference(field: TSchema): boolean {
  const { properties } = keywordsOf(field) as { properties?: object }
  return Object.keys(properties ?? {}).join() === 'name,id,namespace'
}

function typeOf(field: TSchema): string {
  const nullable = unwrap(field) === field ? '' : ', or null'
  return `${plainType(field)}${nullable}`
}

function plainType(field: TSchema): string {
  const k = keywordsOf(field)
  if (metaOf(field).secret) return 'secret reference'
  if (isReference(field)) return 'reference'
  if (isListSchema(field)) return `list of ${plainType(itemOf(field))}${bounds(k.minItems ?? 0, k.maxItems, 'items')}`
  if (isMapSchema(field)) return `map of texts${bounds(0, k.maxProperties, 'keys')}`
  if (isObjectSchema(field)) return 'object'
  return scalarType(k)
}

const SCALARS: Readonly<Record<string, (k: Keywords) => string>> = {
  boolean: () => 'true or false',
  integer: (k) => `whole number${bounds(k.minimum, k.maximum === 2_147_483_647 ? undefined : k.maximum, '')}`,
  string: (k) =>
    `${k.format === undefined ? 'text' : `text (${k.format})`}${bounds(k.minLength ?? 0, k.maxLength, 'characters')}`,
}

function scalarType(k: Keywords): string {
  if (Array.isArray(k.enum)) return k.enum.map((name) => `\`${name}\``).join(', ')
  const pattern = k.pattern === undefined ? '' : `, \`${k.pattern}\``
  return `${SCALARS[String(k.type)]?.(k) ?? String(k.type)}${pattern}`
}

function bounds(low: unknown, high: unknown, unit: string): string {
  const words = unit === '' ? '' : ` ${unit}`
  if (high === undefined) return low === undefined ? '' : `, ${low} or more${words}`
  return low === undefined || low === 0 ? `, up to ${high}${words}` : `, ${low} to ${high}${words}`
}

type Direction = NonNullable<FieldMeta['safer']>
const SAFER: Readonly<Record<string, Readonly<Partial<Record<Direction, string>>>>> = {
  boolean: { up: 'safer when true', down: 'safer when false' },
  integer: { up: 'safer when higher', down: 'safer when lower' },
  string: { up: 'later names are safer', down: 'earlier names are safer' },
  array: { fewer: 'safer with fewer', more: 'safer with more' },
}

function notesOf(meta: FieldMeta, type: string): readonly string[] {
  return [
    meta.createOnly ? 'set at creation only' : '',
    meta.unreadable || meta.secret ? 'cannot be read back' : '',
    meta.local ? 'not sent' : '',
    meta.list === 'ordered' ? 'order counts' : '',
    typeof meta.list === 'object' ? `paired by \`${meta.list.key}\`` : '',
    meta.fold ? 'letter case is ignored' : '',
    (meta.safer && SAFER[type]?.[meta.safer]) ?? '',
    meta.storedOnly ? `stored only: ${meta.storedOnly}` : '',
    meta.caveat ? `\`${meta.caveat.value}\`: ${meta.caveat.says}` : '',
  ].filter((note) => note !== '')
}
