import { isDeepStrictEqual } from 'node:util'
import { type Field, fieldsOf, isObjectSchema, type TSchema, unwrap } from '../../config/field.ts'
import { isRecord, type JsonObject } from '../../config/json.ts'

/** The fields of an observed spec that say something: no empty values, nothing that is the server's default anyway. */
export function minimal(schema: TSchema, observed: JsonObject): JsonObject {
  const required = new Set((unwrap(schema) as { required?: readonly string[] }).required ?? [])
  const kept = fieldsOf(schema).flatMap((field) => {
    const value = shortened(field, observed[field.name])
    return value === undefined || (!required.has(field.name) && saysNothing(field, value)) ? [] : [[field.name, value]]
  })
  return Object.fromEntries(kept)
}

function shortened({ schema, meta }: Field, value: unknown): unknown {
  if (meta.secret) return undefined
  return isObjectSchema(schema) && isRecord(value) ? minimal(schema, value) : value
}

function saysNothing({ meta }: Field, value: unknown): boolean {
  if (value === null || isDeepStrictEqual(value, meta.serverDefault)) return true
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0
}
