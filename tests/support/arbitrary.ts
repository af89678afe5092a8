import { parse } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { isListSchema, isMapSchema, isObjectSchema, itemOf, metaOf, type TSchema, unwrap } from '../../config/field.ts'
import type { JsonObject } from '../../config/json.ts'
import { type Kind, type Rule, ruleInput, type SystemName, specOf } from '../../config/kind.ts'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import type { Spec } from '../../config/resource.ts'

/** The JSON Schema keywords that the field helpers write. */
interface Keywords {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly pattern?: string
  readonly format?: string
  readonly not?: { readonly enum?: readonly unknown[] }
  readonly oneOf?: readonly {
    readonly required: readonly string[]
    readonly not?: { readonly required: readonly string[] }
  }[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly patternProperties?: Readonly<Record<string, TSchema>>
}

const keywordsOf = (schema: TSchema): Keywords => unwrap(schema) as unknown as Keywords
const TEXT_CAP = 24
const LIST_CAP = 4

/** Whether a spec satisfies every rule of its kind. */
export function satisfies(rules: readonly Rule[], spec: JsonObject): boolean {
  return rules.every((rule) => parse(rule.cel)({ self: ruleInput(spec) }) === true)
}

/**
 * Valid specs of a kind: every limit, format, pattern and rule is honoured. Lists and texts are kept short. Names of
 * references and secret sources are made up; a test that needs real ones overwrites those fields.
 */
export function specArbitrary(kind: Kind): fc.Arbitrary<Spec> {
  return valueArbitrary(specOf(kind))
    .map((spec) => repaired(kind, spec as JsonObject))
    .filter((spec) => satisfies(kind.rules, spec))
}

/** Valid values of one field. */
export function valueArbitrary(schema: TSchema): fc.Arbitrary<unknown> {
  const value = plainArbitrary(schema)
  return isNullable(schema) ? fc.option(value, { nil: null, freq: 4 }) : value
}

const isNullable = (schema: TSchema): boolean => unwrap(schema) !== schema

function plainArbitrary(schema: TSchema): fc.Arbitrary<unknown> {
  const k = keywordsOf(schema)
  if (k.enum) return fc.constantFrom(...k.enum)
  if (isListSchema(schema)) return listArbitrary(schema, k)
  if (isMapSchema(schema)) return mapArbitrary(k)
  if (isObjectSchema(schema)) return objectArbitrary(k)
  if (k.type === 'boolean') return fc.boolean()
  if (k.type === 'integer') return fc.integer({ min: k.minimum ?? 0, max: k.maximum ?? 2 ** 31 - 1 })
  return textArbitrary(k)
}

function objectArbitrary(k: Keywords): fc.Arbitrary<JsonObject> {
  const fields = Object.entries(k.properties ?? {})
  const exclusive = exclusiveNames(k)
  const shared = fields.filter(([name]) => !exclusive.includes(name))
  const required = (k.required ?? []).filter((name) => !exclusive.includes(name))
  const rest = recordOf(shared, required)
  if (exclusive.length === 0) return rest
  const one = fc.oneof(...fields.filter(([n]) => exclusive.includes(n)).map((field) => recordOf([field], [field[0]])))
  return fc.tuple(rest, one).map(([a, b]) => without({ ...a, ...b }, forbiddenBeside(b, k)))
}

/** The field that a form excludes: a reference by id has no namespace. */
const forbiddenBeside = (form: JsonObject, k: Keywords): readonly string[] =>
  k.oneOf?.find((branch) => branch.required.every((name) => name in form))?.not?.required ?? []

/** Fields of which exactly one is present: the sources of a secret, the two forms of a reference. */
const exclusiveNames = (k: Keywords): readonly string[] => k.oneOf?.flatMap((branch) => branch.required) ?? []

function recordOf(
  fields: readonly (readonly [string, TSchema])[],
  required: readonly string[],
): fc.Arbitrary<JsonObject> {
  const model = Object.fromEntries(fields.map(([name, schema]) => [name, valueArbitrary(schema)]))
  return fc.record(model, { requiredKeys: [...required], noNullPrototype: true })
}

function listArbitrary(schema: TSchema, k: Keywords): fc.Arbitrary<unknown[]> {
  const { list } = metaOf(unwrap(schema))
  const key = typeof list === 'object' ? list.key : undefined
  return fc.uniqueArray(valueArbitrary(itemOf(schema)), {
    minLength: k.minItems ?? 0,
    maxLength: Math.min(k.maxItems ?? LIST_CAP, LIST_CAP),
    selector: (item) => (key === undefined ? JSON.stringify(item).toLowerCase() : (item as JsonObject)[key]),
  })
}

function mapArbitrary(k: Keywords): fc.Arbitrary<JsonObject> {
  const [value] = Object.values(k.patternProperties ?? {})
  if (value === undefined) throw new Error('a map schema has one pattern property')
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,8})?$/), valueArbitrary(value), {
    maxKeys: LIST_CAP,
    noNullPrototype: true,
  })
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), fc.domain()).map(([a, b]) => `${a}@${b}`),
  uri: fc.webUrl({ size: 'small', validSchemes: ['https'] }),
  regex: fc.constantFrom('^[a-z0-9.]+$', '^example\\.com$', '.*', '^a|b$'),
}

function textArbitrary(k: Keywords): fc.Arbitrary<string> {
  const pattern = k.pattern === undefined ? undefined : new RegExp(k.pattern, 'u')
  const min = k.minLength ?? 0
  const max = k.maxLength ?? TEXT_CAP
  return baseText(k, pattern, min).filter(
    (text) =>
      [...text].length >= min &&
      [...text].length <= max &&
      (pattern === undefined || pattern.test(text)) &&
      !k.not?.enum?.includes(text),
  )
}

function baseText(k: Keywords, pattern: RegExp | undefined, min: number): fc.Arbitrary<string> {
  const format = k.format === undefined ? undefined : FORMATS[k.format]
  if (format) return format
  if (pattern) return fc.stringMatching(pattern, { size: 'small' })
  return fc.string({ minLength: min, maxLength: Math.max(min, TEXT_CAP), unit: 'grapheme' })
}

/** Rules name the field they are about: leaving it out satisfies most of them, so few specs have to be thrown away. */
function repaired(kind: Kind, spec: JsonObject): JsonObject {
  const complete = kind.name === 'Connection' ? withOwnCredentials(spec) : spec
  const required = keywordsOf(specOf(kind)).required ?? []
  const removable = kind.rules.filter((rule) => !required.includes(rule.at.slice(1)))
  return removable.reduce((s, rule) => (satisfies([rule], s) ? s : without(s, rule.at.split('/').slice(1))), complete)
}

function without(spec: JsonObject, [head, ...rest]: readonly string[]): JsonObject {
  if (head === undefined || !(head in spec)) return spec
  const { [head]: inner, ...others } = spec
  return rest.length === 0 ? others : { ...others, [head]: without(inner as JsonObject, rest) }
}

function withOwnCredentials(spec: JsonObject): JsonObject {
  const names = CREDENTIALS[spec.system as SystemName]
  return { ...spec, credentials: Object.fromEntries(names.map((n) => [n, { fromEnv: n.toUpperCase() }])) }
}
