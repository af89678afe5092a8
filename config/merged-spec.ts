import { fieldsOf, isObjectSchema, type TSchema } from './field.ts'
import { isRecord, type JsonObject } from './json.ts'

/** The spec that a new object will have: what the server sets by itself under what the document names. */
export function withServerDefaults(schema: TSchema, spec: JsonObject): JsonObject {
  const out: Record<string, unknown> = { ...spec }
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    const value = spec[name]
    if (isObjectSchema(s) && !meta.secret && (isRecord(value) || meta.wire === undefined)) {
      const inner = withServerDefaults(s, isRecord(value) ? value : {})
      if (Object.keys(inner).length > 0) out[name] = inner
    } else if (value === undefined && meta.serverDefault !== undefined) out[name] = meta.serverDefault
  }
  return out
}

/** The spec that the system will have: observed fields under the desired ones; a new object comes with its defaults. */
export function mergedSpec(schema: TSchema | undefined, observed: JsonObject, desired: JsonObject): JsonObject {
  const fields = schema === undefined ? [] : fieldsOf(schema)
  const out: Record<string, unknown> = { ...observed }
  for (const [name, value] of Object.entries(desired)) {
    const [below, inner] = [out[name], fields.find((f) => f.name === name)?.schema]
    if (value === null) delete out[name]
    else if (!isRecord(value)) out[name] = value
    else if (isRecord(below)) out[name] = mergedSpec(inner, below, value)
    else out[name] = mergedSpec(inner, {}, inner === undefined ? value : withServerDefaults(inner, value))
  }
  return out
}

/** A spec without its secrets, not even with where they are kept. */
export function withoutSecrets(schema: TSchema, spec: JsonObject): JsonObject {
  const open = fieldsOf(schema).filter(({ name, meta }) => spec[name] !== undefined && !meta.secret)
  return Object.fromEntries(
    open.map(({ name, schema: s }) => {
      const value = spec[name]
      return [name, isObjectSchema(s) && isRecord(value) ? withoutSecrets(s, value) : value]
    }),
  )
}
