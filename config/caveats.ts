import { type Caveat, type FieldMeta, fieldsOf, isObjectSchema, type TSchema } from './field.ts'
import type { Kind } from './kind.ts'

/** A field of a kind about one of whose values there is something to know. */
export interface FieldCaveat extends Caveat {
  readonly pointer: string
  readonly serverDefault: unknown
}

const byKind = new WeakMap<Kind, readonly FieldCaveat[]>()

/** All such fields of a kind. */
export function caveatsOf(kind: Kind): readonly FieldCaveat[] {
  const known = byKind.get(kind) ?? inside(kind.spec, '')
  byKind.set(kind, known)
  return known
}

const inside = (schema: TSchema, prefix: string): readonly FieldCaveat[] =>
  fieldsOf(schema).flatMap(({ name, schema: own, meta }) => {
    const pointer = `${prefix}/${name}`
    return [...knownAt(pointer, meta), ...(isObjectSchema(own) ? inside(own, pointer) : [])]
  })

const knownAt = (pointer: string, { caveat, serverDefault }: FieldMeta): readonly FieldCaveat[] =>
  caveat === undefined ? [] : [{ ...caveat, pointer, serverDefault }]
