import {
  type Field,
  type FieldMeta,
  fieldsOf,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  metaOf,
  type TSchema,
  unwrap,
} from './field.ts'
import { isRecord } from './json.ts'

/** A JSON object as it travels. */
export type Wire = Readonly<Record<string, unknown>>

/** How `toWire` treats a secret field: the value to send, or `undefined` to leave the field out. */
export type Reveal = (value: unknown) => string | undefined

/** A spec in the words of the wire. Absent stays absent, null stays null, local fields do not travel. */
export function toWire(schema: TSchema, spec: Wire, reveal: Reveal = () => undefined): Wire {
  const out: Record<string, unknown> = {}
  for (const field of fieldsOf(schema)) {
    const value = spec[field.name]
    if (value !== undefined && !field.meta.local) putField(out, field, value, reveal)
  }
  return out
}

function putField(out: Record<string, unknown>, { name, schema, meta }: Field, value: unknown, reveal: Reveal): void {
  if (isFlattened(schema, meta)) Object.assign(out, isRecord(value) ? toWire(schema, value, reveal) : {})
  else if (meta.secret) put(out, meta.wire ?? name, value === null ? null : reveal(value))
  else put(out, meta.wire ?? name, valueToWire(schema, meta, value, reveal))
}

/** An object without a wire name of its own lays its fields into the parent. */
export const isFlattened = (schema: TSchema, meta: FieldMeta): boolean =>
  meta.wire === undefined && !meta.secret && isObjectSchema(schema)

function put(out: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) out[name] = value
}

function valueToWire(schema: TSchema, meta: FieldMeta, value: unknown, reveal: Reveal): unknown {
  if (Array.isArray(value)) return value.map((v) => valueToWire(itemOf(schema), metaOf(itemOf(schema)), v, reveal))
  if (isRecord(value)) return isMapSchema(schema) ? value : toWire(schema, value, reveal)
  return meta.values && typeof value === 'string' ? (meta.values[value] ?? value) : value
}

/** What a system answered, in our words. Fields that are absent there, unknown to us, or secret, are absent here. */
export function fromWire(schema: TSchema, wire: Wire): Wire {
  const out: Record<string, unknown> = {}
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    if (meta.local || meta.secret || meta.unreadable) continue
    if (isFlattened(s, meta)) putNonEmpty(out, name, fromWire(s, wire))
    else put(out, name, valueFromWire(s, meta, wire[meta.wire ?? name]))
  }
  return out
}

function putNonEmpty(out: Record<string, unknown>, name: string, value: Wire): void {
  if (Object.keys(value).length > 0) out[name] = value
}

function valueFromWire(schema: TSchema, meta: FieldMeta, value: unknown): unknown {
  if (Array.isArray(value))
    return isListSchema(schema) ? value.map((v) => valueFromWire(itemOf(schema), metaOf(itemOf(schema)), v)) : value
  if (isRecord(value)) return isMapSchema(schema) ? value : fromWire(unwrap(schema), value)
  return meta.values && typeof value === 'string' ? nameOf(meta.values, value) : value
}

/** A value that we do not know is kept as it came, so that it shows up in a diff. */
function nameOf(values: Readonly<Record<string, string>>, wire: string): string {
  return Object.entries(values).find(([, v]) => v === wire)?.[0] ?? wire
}
