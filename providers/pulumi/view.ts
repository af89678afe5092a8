import {
  type Field,
  type FieldMeta,
  fieldsOf,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  type TSchema,
} from '../../config/field.ts'
import { isRecord, type JsonObject } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import type { Pointer, Spec } from '../../config/resource.ts'
import type { Change } from '../../reconciler/adapter.ts'
import { child } from '../../reconciler/pointer.ts'
import type { Memo } from '../../reconciler/sent-secret.ts'

type Found = ReadonlyMap<Pointer, Change>
/**
 * A spec with the values that the system has in place of those that differ: what Pulumi compares the next spec with,
 * so that its own preview shows the drift field by field. Secret references stay as they are.
 */
export function asFound(kind: Kind, spec: Spec, changes: readonly Change[]): Spec {
  if (changes.length === 0) return spec
  return objectAsFound(kind.spec, spec, '', new Map(changes.filter((c) => !c.secret).map((c) => [c.path, c])))
}

function objectAsFound(schema: TSchema, spec: JsonObject, path: Pointer, found: Found): JsonObject {
  const out: Record<string, unknown> = { ...spec }
  for (const field of fieldsOf(schema)) {
    if (spec[field.name] === undefined) continue
    const value = valueAsFound(field, spec[field.name], child(path, field.name), found)
    if (value === undefined) delete out[field.name]
    else out[field.name] = value
  }
  return out
}

function valueAsFound(
  { schema, meta }: Pick<Field, 'schema' | 'meta'>,
  value: unknown,
  path: Pointer,
  found: Found,
): unknown {
  const change = found.get(path)
  if (change !== undefined) return meta.local && change.from !== undefined ? { id: change.from } : change.from
  if (meta.secret) return value
  if (isMapSchema(schema) && isRecord(value)) return mapAsFound(value, path, found)
  if (isObjectSchema(schema) && isRecord(value)) return objectAsFound(schema, value, path, found)
  if (isListSchema(schema) && Array.isArray(value)) return listAsFound(schema, meta, value, path, found)
  return value
}

function mapAsFound(value: JsonObject, path: Pointer, found: Found): JsonObject {
  const entries = Object.entries(value).map(([key, v]) => {
    const change = found.get(child(path, key))
    return [key, change ? change.from : v] as const
  })
  return Object.fromEntries(entries.filter(([, v]) => v !== undefined))
}

/** Items of a keyed list are named by their key; those that only the system has come last. */
function listAsFound(
  schema: TSchema,
  { list }: FieldMeta,
  items: readonly unknown[],
  path: Pointer,
  found: Found,
): readonly unknown[] {
  if (typeof list !== 'object') return items
  const own = items.map((item) => [child(path, String((item as JsonObject)[list.key])), item] as const)
  const known = own.flatMap(([at, item]) => valueAsFound({ schema: itemOf(schema), meta: {} }, item, at, found) ?? [])
  const strangers = [...found.values()].filter((c) => c.op === 'remove' && parentOf(c.path) === path)
  const added = strangers.filter((c) => !own.some(([at]) => at === c.path)).map((c) => c.from)
  return [...known, ...added]
}

const parentOf = (pointer: Pointer): Pointer => pointer.slice(0, pointer.lastIndexOf('/'))

/** The part of a resolved spec that the system shows: no secrets, nothing unreadable, nothing that the memo stands in for. */
export function readable(kind: Kind, spec: Spec, memo: Memo): Spec {
  return readableFields(kind.spec, spec, '', memo)
}

function readableFields(schema: TSchema, spec: JsonObject, path: Pointer, memo: Memo): JsonObject {
  const out: Record<string, unknown> = {}
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    const value = spec[name]
    const at = child(path, name)
    if (value === undefined || meta.secret || meta.unreadable || Object.hasOwn(memo, at)) continue
    out[name] = isObjectSchema(s) && isRecord(value) ? readableFields(s, value, at, memo) : value
  }
  return out
}
