import type { ErrorObject, ValidateFunction } from 'ajv'
import type { TSchema } from '../field.ts'
import { nearest } from '../load/suggest.ts'
import { escapeStep, pathSteps } from '../references.ts'
import type { Pointer } from '../resource.ts'
import { COMPILED } from './compiled.ts'
import { compileCheck } from './compiler.ts'
import { isSecretPlace, schemasTo } from './schema-at.ts'
import { describeType, showValue, type Wording, wordingOf } from './wording.ts'

/** A mistake at a pointer into the checked value. */
export interface ShapeMistake {
  readonly pointer: Pointer
  readonly part?: 'key' | 'value'
  readonly message: string
}

/** Finds what is wrong with the shape of a value, one message per mistake; empty for a good value. */
export type ShapeCheck = (value: unknown) => readonly ShapeMistake[]

const MAX_MISTAKES = 50
/** Of a document that breaks every rule a sample is enough; sorting cascades out costs time per error. */
const MAX_ERRORS = 1000
const SECRET_HELP =
  'secrets are references, never texts; use {fromEnv: NAME}, {fromFile: PATH}, {fromSecret: {name, key}} or {fromPulumiConfig: KEY}'

/** The check of one schema: the one of its name that was compiled beforehand, else compiled at first use. Keep the result. */
export function compileShape(schema: TSchema, name: string): ShapeCheck {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= COMPILED[name] ?? compileCheck(schema)
    return validate(value) ? [] : mistakesOf(schema, validate.errors ?? [])
  }
}

function mistakesOf(schema: TSchema, errors: readonly ErrorObject[]): readonly ShapeMistake[] {
  const own = withoutCascade(errors.slice(0, MAX_ERRORS)).toSorted((a, b) => rankOf(a) - rankOf(b))
  const found = new Map<string, ShapeMistake>()
  for (const error of own) {
    const mistake = mistakeOf(schema, error)
    const place = error.keyword === 'required' ? `${mistake.pointer} ${mistake.message}` : mistake.pointer
    if (!found.has(place)) found.set(place, mistake)
  }
  return bounded([...found.values()])
}

/** Of several errors about one value the first is told; a wrong type explains all others. */
const rankOf = (error: ErrorObject): number => (error.keyword === 'type' ? 0 : 1)

/** Errors that only follow from others are no news. */
function withoutCascade(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const branches = errors.filter((e) => e.keyword === 'oneOf').map((e) => `${e.schemaPath}/`)
  const unknown = errors.filter((e) => e.keyword === 'additionalProperties')
  const misspelt = new Set(unknown.map(meantBy))
  const places = new Set(unknown.map((e) => e.instancePath))
  return errors.filter(
    (e) =>
      e.keyword !== 'anyOf' &&
      e.propertyName === undefined &&
      !isNullBranch(e) &&
      !branches.some((path) => e.schemaPath.startsWith(path)) &&
      !(e.keyword === 'oneOf' && places.has(e.instancePath)) &&
      !(e.keyword === 'required' && misspelt.has(missing(e))),
  )
}

const missing = (e: ErrorObject): string =>
  `${e.instancePath} ${(e.params as { missingProperty: string }).missingProperty}`

/** `nullable` puts `null` beside the real schema; that a value is not null is no news. */
const isNullBranch = (e: ErrorObject): boolean =>
  e.keyword === 'type' && (e.params as { type: string }).type === 'null' && /\/anyOf\/\d+\/type$/.test(e.schemaPath)

function meantBy(error: ErrorObject): string {
  const known = Object.keys(((error.parentSchema as { properties?: object }).properties ?? {}) as object)
  const written = (error.params as { additionalProperty: string }).additionalProperty
  return `${error.instancePath} ${nearest(written, known) ?? ''}`
}

function mistakeOf(schema: TSchema, error: ErrorObject): ShapeMistake {
  const steps = pathSteps(error.instancePath)
  const secret = isSecretPlace(schema, steps)
  if (secret && error.keyword === 'type' && isSecretRoot(schema, steps))
    return { pointer: error.instancePath, message: SECRET_HELP }
  return placed(error.instancePath, wordingOf(error, secret ? describeType : showValue))
}

/** The secret reference itself, not a field inside it. */
const isSecretRoot = (schema: TSchema, steps: readonly string[]): boolean =>
  !isSecretPlace(schema, steps.slice(0, -1)) && schemasTo(schema, steps).length === steps.length + 1

function placed(base: Pointer, { step, part, message }: Wording): ShapeMistake {
  const pointer = step === undefined ? base : `${base}/${escapeStep(step)}`
  return { pointer, ...(part && { part }), message }
}

function bounded(mistakes: readonly ShapeMistake[]): readonly ShapeMistake[] {
  if (mistakes.length <= MAX_MISTAKES) return mistakes
  return [...mistakes.slice(0, MAX_MISTAKES), { pointer: '', message: 'there are more mistakes in this document' }]
}
