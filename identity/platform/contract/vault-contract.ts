import { SCHEMAS } from './generated/vault-schemas.ts'
import { ADDED, LIMITS } from './limits.ts'

type Json = Readonly<Record<string, unknown>>

const CAPS: Readonly<Record<string, Json>> = {
  string: { maxLength: 1024 },
  array: { maxItems: 500 },
  integer: { minimum: 0, maximum: 2_147_483_647 },
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const schemas: Readonly<Record<string, Json>> = SCHEMAS

/**
 * The schema of a body from the contract, ready for ajv: references inlined, `X or null` folded into one schema (ajv sets
 * no defaults inside `anyOf`), our limits laid over, and a cap on the size of everything.
 */
export function bodySchema(name: string): Json {
  const schema = schemas[name]
  if (!schema) throw new TypeError(`the contract has no schema ${name}`)
  const prepared = prepare(schema, LIMITS[name] ?? {})
  const added = ADDED[name]
  return added === undefined ? prepared : { ...prepared, properties: { ...(prepared.properties as Json), ...added } }
}

function prepare(schema: Json, limits: Json = {}): Json {
  const { $ref, anyOf, description: _, example: _e, ...rest } = schema
  if (typeof $ref === 'string') return bodySchema($ref.slice($ref.lastIndexOf('/') + 1))
  if (Array.isArray(anyOf)) return orNull(anyOf)
  const keywords = Object.entries(rest).filter(([k]) => !k.startsWith('x-'))
  return { ...capOf(schema), ...Object.fromEntries(keywords.map(([k, v]) => [k, prepareKeyword(k, v, limits)])) }
}

function prepareKeyword(keyword: string, value: unknown, limits: Json): unknown {
  if (keyword === 'items' && isRecord(value)) return prepare(value)
  if (keyword !== 'properties' || !isRecord(value)) return value
  const properties = Object.entries(value).filter((e): e is [string, Json] => isRecord(e[1]))
  return Object.fromEntries(properties.map(([k, s]) => [k, { ...prepare(s), ...(limits[k] as Json | undefined) }]))
}

/** `anyOf: [X, null]`, the only use of `anyOf` in the contract. */
function orNull(choices: readonly Json[]): Json {
  const schema = choices.find((s) => s.type !== 'null')
  if (!schema) throw new TypeError('a schema of the contract is null only')
  const prepared = prepare(schema)
  const values = Array.isArray(prepared.enum) ? { enum: [...prepared.enum, null] } : {}
  return { ...prepared, ...values, type: [prepared.type, 'null'] }
}

function capOf(schema: Json): Json {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return Object.assign({}, ...types.map((type) => CAPS[String(type)] ?? {}))
}

/** The default of each property that has one. */
export function defaultsOf(name: string): Json {
  const properties = Object.entries(bodySchema(name).properties as Readonly<Record<string, Json>>)
  return Object.fromEntries(properties.filter(([, s]) => s.default !== undefined).map(([k, s]) => [k, s.default]))
}
