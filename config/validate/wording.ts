import type { ErrorObject } from 'ajv'
import { SAYS } from '../field.ts'
import { didYouMean } from '../load/suggest.ts'

/** A mistake in words, before it has a file. `at` is relative to the checked value. */
export interface Wording {
  /** Step below the error's own place, e.g. the name of an unknown field. */
  readonly step?: string
  readonly part?: 'key' | 'value'
  readonly message: string
}

type Describe = (error: ErrorObject, shown: (value: unknown) => string) => Wording

const schemaOf = (error: ErrorObject): Record<string, unknown> => (error.parentSchema ?? {}) as Record<string, unknown>
const limitOf = (error: ErrorObject): string => String((error.params as { limit: number }).limit)
const sizeOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : [...String(value)].length

/** One line per JSON Schema keyword: how its error reads. */
const BY_KEYWORD: Readonly<Record<string, Describe>> = {
  additionalProperties: (e) => unknownField(e),
  required: (e) => ({
    part: 'key',
    message: `the field ${(e.params as { missingProperty: string }).missingProperty} is missing`,
  }),
  type: (e, shown) => ({ message: typeMessage(e, shown) }),
  enum: (e, shown) => ({ message: choiceMessage(e, shown) }),
  const: (e, shown) => ({
    message: `has to be ${String((e.params as { allowedValue: unknown }).allowedValue)}, not ${shown(e.data)}`,
  }),
  minimum: (e, shown) => ({ message: `${shown(e.data)} is too small; the smallest allowed value is ${limitOf(e)}` }),
  maximum: (e, shown) => ({ message: `${shown(e.data)} is too large; the largest allowed value is ${limitOf(e)}` }),
  minLength: (e) => ({
    message:
      sizeOf(e.data) === 0
        ? 'the text is empty'
        : `the text has ${sizeOf(e.data)} characters; at least ${limitOf(e)} are needed`,
  }),
  maxLength: (e) => ({ message: `the text has ${sizeOf(e.data)} characters; at most ${limitOf(e)} are allowed` }),
  minItems: (e) => ({ message: `the list has ${sizeOf(e.data)} items; at least ${limitOf(e)} are needed` }),
  maxItems: (e) => ({ message: `the list has ${sizeOf(e.data)} items; at most ${limitOf(e)} are allowed` }),
  uniqueItems: (e) => ({
    step: String(Math.max(...Object.values(e.params as { i: number; j: number }))),
    message: 'the same item is in the list twice; keep one',
  }),
  minProperties: (e) => countMessage(e),
  maxProperties: (e) => countMessage(e),
  pattern: (e, shown) => ({ message: `${shown(e.data)} ${patternMessage(schemaOf(e))}` }),
  format: (e, shown) => ({
    message: `${shown(e.data)} is not ${FORMATS[String(schemaOf(e).format)] ?? `a ${String(schemaOf(e).format)}`}`,
  }),
  not: (e, shown) => ({ message: `${shown(e.data)} is reserved; choose another` }),
  oneOf: (e) => oneOfMessage(e),
  propertyNames: (e) => ({
    step: String((e.params as { propertyName: string }).propertyName),
    part: 'key',
    message: `${JSON.stringify((e.params as { propertyName: string }).propertyName)} cannot be a key here${suffix(schemaOf(e)[SAYS])}`,
  }),
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'an absolute URL such as https://example.org/path',
  uuid: 'a UUID such as 6f0c2d5e-8f6b-4f43-b0a1-7a4a0a3f9b21',
  email: 'an e-mail address',
  regex: 'a regular expression that compiles',
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'a map of fields',
  array: 'a list',
}

/** How one ajv error reads; `shown` renders a value, or hides it. */
export function wordingOf(error: ErrorObject, shown: (value: unknown) => string): Wording {
  const describe = BY_KEYWORD[error.keyword]
  return describe ? describe(error, shown) : { message: error.message ?? `breaks the rule ${error.keyword}` }
}

/** A value as a message shows it, cut after 60 characters. */
export function showValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return describeType(value)
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value)
}

/** What a value is, without saying what it holds. */
export function describeType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}

const suffix = (says: unknown): string => (says === undefined ? '' : `: ${String(says)}`)

function typeMessage(error: ErrorObject, shown: (value: unknown) => string): string {
  const expected = String((error.params as { type: string }).type)
  const nullable = /\/anyOf\/\d+\/type$/.test(error.schemaPath) ? ' or null' : ''
  return `expected ${TYPES[expected] ?? expected}${nullable}, found ${shown(error.data)}${typeHint(expected, error.data)}`
}

function typeHint(expected: string, found: unknown): string {
  if (found === null) return '; leave the field out to leave it unmanaged'
  if (expected === 'string' && typeof found !== 'object') return '; put it in quotes'
  if (typeof found !== 'string') return ''
  if (expected === 'boolean' && /^(yes|no|on|off)$/i.test(found)) return '; YAML 1.2 knows only true and false'
  const bare =
    (expected === 'integer' && /^-?\d+$/.test(found)) || (expected === 'boolean' && /^(true|false)$/.test(found))
  return bare ? '; drop the quotes' : ''
}

function patternMessage(schema: Record<string, unknown>): string {
  return String(schema[SAYS] ?? `does not fit the pattern ${schema.pattern} (${schema.description})`)
}

function choiceMessage(error: ErrorObject, shown: (value: unknown) => string): string {
  const allowed = (error.params as { allowedValues: unknown[] }).allowedValues.map(String)
  const list = allowed.length === 1 ? `only ${allowed[0]} is allowed` : `allowed are ${allowed.join(', ')}`
  return `${shown(error.data)} is not allowed; ${list}${didYouMean(String(error.data), allowed)}`
}

function unknownField(error: ErrorObject): Wording {
  const step = (error.params as { additionalProperty: string }).additionalProperty
  const known = Object.keys((schemaOf(error).properties ?? {}) as object)
  const hint =
    didYouMean(step, known) || (known.length > 0 && known.length <= 8 ? `; known are ${known.join(', ')}` : '')
  return { step, part: 'key', message: `unknown field ${JSON.stringify(step.slice(0, 60))}${hint}` }
}

function countMessage(error: ErrorObject): Wording {
  const {
    minProperties: min,
    maxProperties: max,
    properties,
  } = schemaOf(error) as { minProperties?: number; maxProperties?: number; properties?: object }
  if (min === 1 && max === 1 && properties)
    return { message: `give exactly one of ${Object.keys(properties).join(', ')}` }
  const bound = error.keyword === 'minProperties' ? 'at least' : 'at most'
  return { message: `the map has ${sizeOf(error.data)} entries; ${bound} ${limitOf(error)} are allowed` }
}

function oneOfMessage(error: ErrorObject): Wording {
  const says = schemaOf(error)[SAYS]
  if (says !== undefined) return { message: String(says) }
  const branches = (schemaOf(error).oneOf ?? []) as { required?: string[] }[]
  const names = branches.flatMap((b) => b.required ?? [])
  return { message: names.length > 0 ? `give exactly one of ${names.join(', ')}` : 'fits none of the allowed forms' }
}
