import {
  type FieldMeta,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  metaOf,
  SAYS,
  type TSchema,
  unwrap,
} from '../field.ts'

/** A node of an OpenAPI v3 schema as Kubernetes takes it: structural, so every node has a type. */
export type Structural = Readonly<Record<string, unknown>>

/** Formats that the API server checks; it takes any other for a mistake. */
const FORMATS: ReadonlySet<string> = new Set(['uri', 'uuid', 'email', 'date-time'])
const COPIED = [
  'type',
  'description',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'not',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'oneOf',
]

type Keywords = Readonly<Record<string, unknown>>

/**
 * A field schema in the form that custom resource definitions demand (Kubernetes: "Specifying a structural schema"). Unknown
 * fields need no `additionalProperties: false`: the server prunes or refuses them. Choices get a length, which the cost
 * estimate of rules needs.
 */
export function structural(schema: TSchema): Structural {
  const plain = unwrap(schema) as unknown as Keywords
  const meta = metaOf(schema)
  return {
    ...Object.fromEntries(COPIED.filter((k) => k in plain).map((k) => [k, plain[k]])),
    ...(plain === (schema as unknown) ? {} : { nullable: true }),
    ...(FORMATS.has(String(plain.format)) ? { format: plain.format } : {}),
    ...enumLength(plain),
    ...validated(inside(schema), immutable(meta)),
  }
}

function enumLength(plain: Keywords): Keywords {
  if (plain.type !== 'string' || !Array.isArray(plain.enum)) return {}
  return { maxLength: Math.max(...plain.enum.map((name) => String(name).length)) }
}

function inside(schema: TSchema): Keywords {
  if (isListSchema(schema)) return listKeywords(schema)
  const { properties, patternProperties } = unwrap(schema) as unknown as Readonly<
    Record<string, Record<string, TSchema>>
  >
  if (isMapSchema(schema)) {
    const [value] = Object.values(patternProperties ?? {})
    return value === undefined ? {} : { additionalProperties: structural(value), ...keyRules(schema) }
  }
  if (!isObjectSchema(schema)) return {}
  return { properties: Object.fromEntries(Object.entries(properties ?? {}).map(([k, v]) => [k, structural(v)])) }
}

interface KeySchema {
  readonly maxLength: number
  readonly pattern: string
  readonly not: { readonly enum: readonly string[] }
}

/** Kubernetes has no `propertyNames`: what the keys of a map are held to is a rule there. */
function keyRules(schema: TSchema): Keywords {
  const { propertyNames: keys, [SAYS]: message } = schema as { propertyNames?: KeySchema; [SAYS]?: string }
  if (keys === undefined) return {}
  const { maxLength, pattern, not } = keys
  const rule = `self.all(k, size(k) <= ${maxLength} && k.matches(${JSON.stringify(pattern)}) && !(k in ${JSON.stringify(not.enum)}))`
  return { 'x-kubernetes-validations': [{ rule, message }] }
}

/** Only scalars can form a set in Kubernetes; keyed lists become maps by their key, and all else is atomic. */
function listKeywords(schema: TSchema): Keywords {
  const item = itemOf(schema)
  const { list } = metaOf(unwrap(schema))
  const items = { items: structural(item) }
  if (typeof list === 'object')
    return { ...items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [list.key] }
  if (list === 'set' && !isObjectSchema(item)) return { ...items, 'x-kubernetes-list-type': 'set' }
  const { uniqueItems } = unwrap(schema) as { uniqueItems?: boolean }
  const isUnique = uniqueItems === true && !isObjectSchema(item)
  return { ...items, 'x-kubernetes-list-type': 'atomic', ...(isUnique ? { 'x-kubernetes-validations': [UNIQUE] } : {}) }
}

/** An order counts in such a list, so it cannot be a set; the items have to differ all the same. */
const UNIQUE = {
  rule: 'self.all(a, self.exists_one(b, b == a))',
  message: 'the same item is in the list twice; keep one',
}

/** Both may bring rules. */
function validated(inner: Keywords, outer: Keywords): Keywords {
  const rules = [inner, outer].flatMap((k) => (k['x-kubernetes-validations'] as readonly Keywords[] | undefined) ?? [])
  return { ...inner, ...outer, ...(rules.length > 0 ? { 'x-kubernetes-validations': rules } : {}) }
}

function immutable(meta: FieldMeta): Keywords {
  if (!meta.createOnly) return {}
  return {
    'x-kubernetes-validations': [
      {
        rule: 'self == oldSelf',
        message: 'is set at creation only; delete the object and create it again to change it',
      },
    ],
  }
}
