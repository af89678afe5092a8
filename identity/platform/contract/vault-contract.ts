import { isRecord, type JsonObject } from '../../../config/json.ts'
import { SCHEMAS } from './generated/vault-schemas.ts'
import { ADDED, CONTRACT_LIMITS } from './limits.ts'

const CAPS: Readonly<Record<string, JsonObject>> = {
  string: { maxLength: 1024 },
  array: { maxItems: 500 },
  integer: { minimum: 0, maximum: 2_147_483_647 },
}

const schemas: Readonly<Record<string, JsonObject>> = SCHEMAS

/**
 * The schema of a body from the contract, ready for ajv: references inlined, `X or null` folded into one schema (ajv sets
 * no defaults inside `anyOf`), our limits laid over, and a cap on the size of everything.
 */
export function bodySchema(name: string): JsonObject {
  const schema = schemas[name]
  if (!schema) throw new TypeError(`the contract has no schema ${name}`)
  const prepared = prepare(schema, CONTRACT_LIMITS[name] ?? {})
  const added = ADDED[name]
  return added === undefined
    ? prepared
    : { ...prepared, properties: { ...(prepared.properties as JsonObject), ...added } }
}

function prepare(schema: JsonObject, limits: JsonObject = {}): JsonObject {
  const { $ref, anyOf, description: _, example: _e, ...rest } = schema
  if (typeof $ref === 'string') return bodySchema($ref.slice($ref.lastIndexOf('/') + 1))
  if (Array.isArray(anyOf)) return orNull(anyOf)
  const keywords = Object.entries(rest).filter(([k]) => !k.startsWith('x-'))
  return { ...capOf(schema), ...Object.fromEntries(keywords.map(([k, v]) => [k, prepareKeyword(k, v, limits)])) }
}

function prepareKeyword(keyword: string, value: unknown, limits: JsonObject): unknown {
  if (keyword === 'items' && isRecord(value)) return prepare(value)
  if (keyword !== 'properties' || !isRecord(value)) return value
  const properties = Object.entries(value).filter((e): e is [string, JsonObject] => isRecord(e[1]))
  return Object.fromEntries(
    properties.map(([k, s]) => [k, { ...prepare(s), ...(limits[k] as JsonObject | undefined) }]),
  )
}

/** `anyOf: [X, null]`, the only use of `anyOf` in the contract. */
function orNull(choices: readonly JsonObject[]): JsonObject {
  const schema = choices.find((s) => s.type !== 'null')
  if (!schema) throw new TypeError('a schema of the contract is null only')
  const prepared = prepare(schema)
  const values = Array.isArray(prepared.enum) ? { enum: [...prepared.enum, null] } : {}
  return { ...prepared, ...values, type: [prepared.type, 'null'] }
}

function capOf(schema: JsonObject): JsonObject {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return Object.assign({}, ...types.map((type) => CAPS[String(type)] ?? {}))
}

/** The default of each property that has one. */
export function defaultsOf(name: string): JsonObject {
  const properties = Object.entries(bodySchema(name).properties as Readonly<Record<string, JsonObject>>)
  return Object.fromEntries(properties.filter(([, s]) => s.default !== undefined).map(([k, s]) => [k, s.default]))
}
