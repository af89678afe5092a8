import { type FieldMeta, fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../config/field.ts'
import { isRecord } from '../config/json.ts'
import { pathSteps } from '../config/references.ts'
import type { Spec } from '../config/resource.ts'
import { isFlattened, type Wire } from '../config/wire.ts'
import type { Change } from '../reconciler/adapter.ts'

/** The part of `desired` that the changes name. A list is taken whole, since no system takes parts of one. */
export function picked(desired: Spec, changes: readonly Change[]): Spec {
  const out: Record<string, unknown> = {}
  for (const { path } of changes) pick(out, desired, pathSteps(path))
  return out
}

function pick(out: Record<string, unknown>, from: Wire, [token, ...rest]: readonly string[]): void {
  if (token === undefined || !Object.hasOwn(from, token)) return
  const value = from[token]
  if (rest.length === 0 || !isRecord(value)) define(out, token, value)
  else {
    if (!Object.hasOwn(out, token)) define(out, token, {})
    pick(out[token] as Record<string, unknown>, value, rest)
  }
}

/** An own property, whatever its name: keys of messages may be anything, `__proto__` too. */
function define(out: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(out, name, { value, enumerable: true, configurable: true, writable: true })
}

/** A field as it stands in an object on the wire. */
interface WireField {
  readonly name: string
  readonly schema: TSchema
  readonly meta: FieldMeta
}

/** Fields of an object on the wire: objects without a wire name lie flat in their parent (config/wire.ts). */
export function* wireFields(schema: TSchema): Generator<WireField> {
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    if (meta.local) continue
    if (isFlattened(s, meta)) yield* wireFields(s)
    else yield { name: meta.wire ?? name, schema: s, meta }
  }
}

/**
 * `wanted` laid over what the system has, both in its words: objects merge field by field, items of a keyed list lie
 * over the item with the same key (so that ids of the server survive), other lists are replaced.
 */
export function overlay(schema: TSchema, found: Wire, wanted: Wire): Wire {
  const fields = new Map([...wireFields(schema)].map((f) => [f.name, f]))
  const out: Record<string, unknown> = { ...found }
  for (const [name, value] of Object.entries(wanted)) define(out, name, merged(fields.get(name), found[name], value))
  return out
}

function merged(field: WireField | undefined, found: unknown, wanted: unknown): unknown {
  if (isRecord(wanted) && isRecord(found)) return overlay(field?.schema ?? NO_FIELDS, found, wanted)
  const by = field?.meta.list
  if (field && typeof by === 'object' && Array.isArray(wanted) && Array.isArray(found)) {
    return pairedItems(itemOf(field.schema), by.key, found, wanted)
  }
  return wanted
}

const NO_FIELDS = {} as TSchema

function pairedItems(item: TSchema, key: string, found: readonly unknown[], wanted: readonly unknown[]): unknown[] {
  const name = fieldsOf(item).find((f) => f.name === key)?.meta.wire ?? key
  const known = new Map(found.filter(isRecord).map((entry) => [entry[name], entry]))
  return wanted.map((entry) => {
    const other = isRecord(entry) ? known.get(entry[name]) : undefined
    return isRecord(entry) && other ? overlay(item, other, entry) : entry
  })
}

/** What a system answered without the fields of which `drop` is true, at every depth. */
export function without(schema: TSchema, found: Wire, drop: (meta: FieldMeta) => boolean): Wire {
  const out: Record<string, unknown> = { ...found }
  for (const { name, schema: s, meta } of wireFields(schema)) {
    if (!Object.hasOwn(out, name)) continue
    if (drop(meta)) delete out[name]
    else define(out, name, withoutIn(s, out[name], drop))
  }
  return out
}

function withoutIn(schema: TSchema, value: unknown, drop: (meta: FieldMeta) => boolean): unknown {
  if (isRecord(value) && isObjectSchema(schema)) return without(schema, value, drop)
  if (!Array.isArray(value) || !isListSchema(schema) || !isObjectSchema(itemOf(schema))) return value
  return value.map((entry) => (isRecord(entry) ? without(itemOf(schema), entry, drop) : entry))
}

/** Secrets come back as a mask or not at all; what came back is never sent. */
export const isSecret = (meta: FieldMeta): boolean => meta.secret === true
