import { CONTRACTS } from './generated/contracts.ts'

export type ContractName = keyof typeof CONTRACTS
export type SchemaName<C extends ContractName> = keyof (typeof CONTRACTS)[C] & string
type Schema = Readonly<Record<string, unknown>>

/** Bounds for what a contract leaves open. */
const TEXT = 4096
const DOCUMENT = 262_144
const DOCUMENT_FIELDS: ReadonlySet<string> = new Set(['idp_metadata', 'domain_verification_file_content'])
const CAPS: Readonly<Record<string, Schema>> = {
  string: { maxLength: TEXT },
  integer: { minimum: 0, maximum: 2_147_483_647 },
  array: { maxItems: 500 },
  object: { maxProperties: 5000, propertyNames: { maxLength: 256 } },
}

/** Every contract's schemas as one JSON Schema document each, for ajv. Each text, number, list and map has a bound. */
export function contractSchemas(): readonly object[] {
  return Object.entries(CONTRACTS).map(([name, schemas]) => ({
    $id: `contract:${name}`,
    $defs: bounded(schemas, ''),
  }))
}

function bounded(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((v) => bounded(v, ''))
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, bounded(v, k)]))
  const types = [schema.type].flat().filter((t): t is string => typeof t === 'string')
  const document = DOCUMENT_FIELDS.has(key) ? { maxLength: DOCUMENT } : {}
  return { ...Object.assign({}, ...types.map((t) => CAPS[t])), ...document, ...schema }
}

/** A reference to a schema of a contract, for the `schema` of a route. */
export function contractSchema<C extends ContractName>(contract: C, name: SchemaName<C>): { readonly $ref: string } {
  return { $ref: `contract:${contract}#/$defs/${name}` }
}

/** The schema itself, references unresolved. */
export function schemaNamed<C extends ContractName>(contract: C, name: SchemaName<C>): Schema {
  return (CONTRACTS[contract] as Readonly<Record<string, Schema>>)[name] ?? {}
}

export interface Resolved {
  readonly properties: Readonly<Record<string, Schema>>
  /** Schema of the values of a map. */
  readonly additional: Schema | undefined
  readonly items: Schema
}

/** What a schema says about fields and items, behind `$ref`, `allOf` and `anyOf ... null`. */
export function resolveSchema(contract: ContractName, schema: Schema): Resolved {
  const found = resolved.get(schema)
  if (found) return found
  const parts = [schema, ...referenced(contract, schema)]
  const properties = Object.assign({}, ...parts.map((p) => p.properties)) as Record<string, Schema>
  const additional = parts.map((p) => p.additionalProperties).find((a) => typeof a === 'object') as Schema | undefined
  const items = (parts.find((p) => p.items)?.items ?? {}) as Schema
  const result = { properties, additional, items }
  resolved.set(schema, result)
  return result
}
const resolved = new WeakMap<object, Resolved>()

function referenced(contract: ContractName, schema: Schema): Schema[] {
  const parts = [...((schema.allOf ?? []) as Schema[]), ...((schema.anyOf ?? []) as Schema[])]
  const { $ref } = schema
  if (typeof $ref === 'string') parts.push(schemaNamed(contract, $ref.slice('#/$defs/'.length) as never))
  return parts.flatMap((p) => [p, ...referenced(contract, p)])
}
