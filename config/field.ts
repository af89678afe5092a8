import { type Static, type TObject, type TOptional, type TSchema, Type } from 'typebox'

/**
 * What a field means beyond its JSON type. These facts are the only description of a field: validators, CRDs,
 * reference pages, adapters (wire names) and the differ all read them.
 */
export interface FieldMeta {
  /** Name on the wire, relative to the nearest ancestor that has one. An object without it is flattened into its parent. */
  readonly wire?: string
  /** Our enum value → wire value, when they differ. */
  readonly values?: Readonly<Record<string, string>>
  /** The value is a secret reference: never printed, never compared by content. */
  readonly secret?: true
  /** The system never returns it, so the last applied value is compared instead. */
  readonly unreadable?: true
  /** Set at creation only; a change means a replacement. */
  readonly createOnly?: true
  /** How a list is compared: `set` ignores order, `keyed` pairs items by their `key`, `ordered` is literal. */
  readonly list?: 'set' | 'ordered' | { readonly key: string }
  /** Compare without regard to letter case: of the whole text, or of the domain of an e-mail address (RFC 5321, 2.3.11). */
  readonly fold?: 'lowercase' | 'domain'
  /**
   * Which direction makes logins safer. `up`: a larger number, `true`, or a later name of a choice; `down` the opposite;
   * `fewer`: a shorter list; `more`: a longer one.
   */
  readonly safer?: 'up' | 'down' | 'fewer' | 'more'
  /** Value the server takes when nobody sets one: documentation, never written into a spec. */
  readonly serverDefault?: unknown
  /** Changes nothing in the embedded runtime; the reason. */
  readonly storedOnly?: string
  /** Names an object for us and never travels. */
  readonly local?: true
  /** What to know about one value of the field, also where it is the server's default. */
  readonly caveat?: Caveat
}

export interface Caveat {
  readonly value: string
  readonly says: string
}

const META = 'x-plumbline'
/** Keyword of a schema with a pattern: how a message goes on after the refused value. */
export const SAYS = 'x-says'
export type Props = Record<string, TSchema>
type Optional<P extends Props> = { [K in keyof P]: TOptional<P[K]> }
type Extra = FieldMeta & Readonly<Record<string, unknown>>

const META_KEYS: ReadonlySet<string> = new Set([
  'wire',
  'values',
  'secret',
  'unreadable',
  'createOnly',
  'list',
  'fold',
  'safer',
  'serverDefault',
  'storedOnly',
  'local',
  'caveat',
])

function options(description: string, extra: Extra): Record<string, unknown> {
  const meta = Object.fromEntries(Object.entries(extra).filter(([k]) => META_KEYS.has(k)))
  const keywords = Object.fromEntries(Object.entries(extra).filter(([k]) => !META_KEYS.has(k)))
  return { description, ...keywords, ...(Object.keys(meta).length > 0 ? { [META]: meta } : {}) }
}

/** The facts of a field. Reads through `nullable`. */
export function metaOf(schema: TSchema): FieldMeta {
  return ((schema as Record<string, unknown>)[META] as FieldMeta | undefined) ?? {}
}

export const bool = (description: string, extra: Extra = {}) => Type.Boolean(options(description, extra))
export const int = (description: string, extra: Extra = {}) =>
  Type.Integer(options(description, { maximum: 2_147_483_647, ...extra }))
export const text = (description: string, extra: Extra = {}) =>
  Type.String(options(description, { maxLength: 1024, ...extra }))
export const url = (description: string, extra: Extra = {}) =>
  text(description, { format: 'uri', maxLength: 2048, ...extra })

/** One of our names for the value; `values` maps each to what travels. */
export function choice<const V extends Readonly<Record<string, string>>>(
  values: V,
  description: string,
  extra: Extra = {},
) {
  const names = Object.keys(values) as (keyof V & string)[]
  return Type.Enum(
    names as [string, ...string[]],
    options(description, { ...extra, values, type: 'string' }),
  ) as unknown as ReturnType<typeof Type.Unsafe<keyof V & string>>
}

/** A list; a set (the default) and a keyed list refuse duplicates, as they do in Kubernetes. */
export const list = <I extends TSchema>(item: I, description: string, extra: Extra = {}) =>
  Type.Array(
    item,
    options(description, {
      maxItems: 500,
      list: 'set',
      ...(extra.list === undefined ? { uniqueItems: true } : {}),
      ...extra,
    }),
  )

/** Of a text that is one step of an address: a URL takes these two for steps elsewhere. */
export const IN_ADDRESS = { not: { enum: ['.', '..'] } } as const

/** Keys that a delete can name in its address: what cannot be taken away again is not written. */
export const KEYS_IN_ADDRESS = {
  propertyNames: { minLength: 1, maxLength: 256, pattern: '^[^/\\x00-\\x1f\\x7f]+$', ...IN_ADDRESS },
  [SAYS]: 'a key is one step of an address, or it could not be taken away again',
} as const

/** Free keys to values of one kind, e.g. message key → text. */
export const map = <V extends TSchema>(value: V, description: string, extra: Extra = {}) =>
  Type.Record(Type.String(), value, options(description, { maxProperties: 5000, ...extra }))

/** A closed object: unknown fields are refused. */
export function object<R extends Props = Record<never, never>, O extends Props = Record<never, never>>(
  shape: { readonly required?: R; readonly optional?: O },
  description: string,
  extra: Extra = {},
): TObject<R & Optional<O>> {
  const optional = Object.fromEntries(Object.entries(shape.optional ?? {}).map(([k, v]) => [k, Type.Optional(v)]))
  return Type.Object(
    { ...shape.required, ...optional } as Props,
    options(description, { additionalProperties: false, ...extra }),
  ) as unknown as TObject<R & Optional<O>>
}

/** The field may be `null`, which unsets it in the system. */
export function nullable<S extends TSchema>(schema: S) {
  const { description, [META]: meta } = schema as unknown as Record<string, unknown>
  return Type.Union([schema, Type.Null()], { description, ...(meta === undefined ? {} : { [META]: meta }) } as Record<
    string,
    unknown
  >)
}

/** The non-null schema behind `nullable`, else the schema itself. */
export function unwrap(schema: TSchema): TSchema {
  const any = (schema as { anyOf?: TSchema[] }).anyOf
  return any?.find((s) => (s as { type?: string }).type !== 'null') ?? schema
}

const NAME = { maxLength: 253, minLength: 1 }

/** Where a secret can come from: the names of the sources in a secret reference. */
export const SECRET_SOURCES = ['fromEnv', 'fromFile', 'fromSecret', 'fromPulumiConfig'] as const

/** A secret reference. Exactly one source; `version` says when to send it again. A literal text is refused. */
export const secret = (description: string, extra: Extra = {}) =>
  object(
    {
      optional: {
        fromEnv: text('Environment variable that holds the value.', NAME),
        fromFile: text('File that holds the value, relative to the project; a final line break is dropped.', NAME),
        fromSecret: object(
          { required: { name: text('Name of the Kubernetes Secret.', NAME), key: text('Key inside it.', NAME) } },
          'Key of a Kubernetes Secret.',
        ),
        fromPulumiConfig: text('Key of a Pulumi configuration secret.', NAME),
        version: int('Raise it to send the value again.', { minimum: 1 }),
      },
    },
    description,
    { secret: true, oneOf: SECRET_SOURCES.map((source) => ({ required: [source] })), ...extra },
  )

/** A field of an object schema with the facts needed to walk it. */
export interface Field {
  readonly name: string
  readonly schema: TSchema
  readonly meta: FieldMeta
}

/** Fields of an object schema in declaration order. */
export function fieldsOf(schema: TSchema): readonly Field[] {
  const found = FIELDS.get(schema)
  if (found) return found
  const properties = (unwrap(schema) as { properties?: Record<string, TSchema> }).properties ?? {}
  const fields = Object.entries(properties).map(([name, s]) => ({ name, schema: unwrap(s), meta: metaOf(s) }))
  FIELDS.set(schema, fields)
  return fields
}
const FIELDS = new WeakMap<TSchema, readonly Field[]>()

export const isObjectSchema = (schema: TSchema): boolean => 'properties' in unwrap(schema)
export const isMapSchema = (schema: TSchema): boolean => 'patternProperties' in unwrap(schema)
export const isListSchema = (schema: TSchema): boolean => (unwrap(schema) as { type?: string }).type === 'array'
export const itemOf = (schema: TSchema): TSchema => (unwrap(schema) as unknown as { items: TSchema }).items

export type { Static, TObject, TSchema }
