import { isDeepStrictEqual } from 'node:util'
import { type Field, fieldsOf, isListSchema, isObjectSchema, itemOf, metaOf, type TSchema } from '../../config/field.ts'
import { type Kind, specOf } from '../../config/kind.ts'
import { pathSteps } from '../../config/references.ts'
import type { Pointer } from '../../config/resource.ts'
import type { Change } from '../../reconciler/adapter.ts'
import { at, GONE, type JsonSteps } from './json.ts'

/** What a document has to say for one difference to be none. */
export interface Rewrite {
  /** From the root of the document, in places of lists. */
  readonly steps: JsonSteps
  /** What is to stand in place of `raw`, which means `meant`; `write` makes a value of the system one of `raw`'s kind. */
  readonly next: (raw: unknown, meant: unknown, write: Write) => unknown
}

/** As a value stands in a file, or as it is meant. */
type Write = (value: unknown) => unknown

/** Where a difference lies in a document that means `document`, and what it has to say there. */
export function rewriteOf(kind: Kind, document: unknown, change: Change): Rewrite {
  const { from, to, path } = change
  const found = find(specOf(kind), ['spec'], document, pathSteps(path))
  const { steps, key, schema } = found
  if (key === undefined) return { steps, next: (raw, meant, write) => liveValue(raw, meant, from, schema, write) }
  if (to === undefined) return { steps, next: (raw, _meant, write) => [...itemsOf(raw), write(from)] }
  return { steps, next: (raw, meant) => itemsOf(raw).filter((_, i) => at(meant, [i, key.name]) !== key.value) }
}

const itemsOf = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? raw : [])

interface Found {
  readonly steps: JsonSteps
  /** It is an item of a keyed list, as a whole; `steps` lead to the list. */
  readonly key?: { readonly name: string; readonly value: unknown }
  readonly schema?: TSchema | undefined
}

/** A pointer of the differ has the key of an item where a document has its place. */
function find(schema: TSchema | undefined, steps: JsonSteps, document: unknown, tokens: readonly string[]): Found {
  const [token, ...rest] = tokens
  if (token === undefined) return { steps, schema }
  if (schema !== undefined && isListSchema(schema)) {
    const { list } = metaOf(schema)
    const name = typeof list === 'object' ? list.key : ''
    const place = itemsOf(at(document, steps)).findIndex((item) => String(at(item, [name])) === token)
    const value = at(document, [...steps, place, name])
    if (rest.length === 0) return { steps, key: { name, value } }
    return find(itemOf(schema), [...steps, place], document, rest)
  }
  const field = schema !== undefined && isObjectSchema(schema) ? fieldNamed(schema, token) : undefined
  return find(field, [...steps, token], document, rest)
}

function fieldNamed(schema: TSchema, name: string): TSchema | undefined {
  const known: Field | undefined = fieldsOf(schema).find((field) => field.name === name)
  const properties = (schema as { properties?: Readonly<Record<string, TSchema>> }).properties
  return known && properties?.[name]
}

function liveValue(raw: unknown, meant: unknown, live: unknown, schema: TSchema | undefined, write: Write): unknown {
  if (live === undefined || live === null) return schema !== undefined && 'anyOf' in schema ? null : GONE
  const isSet = Array.isArray(live) && schema !== undefined && metaOf(schema).list === 'set'
  return isSet ? arranged(itemsOf(raw), itemsOf(meant), live, write) : write(live)
}

/** The items of a system in the order in which a document has them; what is new comes last. */
function arranged(
  raw: readonly unknown[],
  meant: readonly unknown[],
  live: readonly unknown[],
  write: Write,
): readonly unknown[] {
  const has = (items: readonly unknown[], item: unknown) => items.some((other) => isDeepStrictEqual(other, item))
  const kept = raw.filter((_, i) => has(live, meant[i]))
  return [...kept, ...live.filter((item) => !has(meant, item)).map(write)]
}

/** Whether a pointer is one of a relation that the system keeps. */
export const isRelation = ({ references }: Kind, path: Pointer): boolean =>
  references.some((reference) => reference.stored === true && reference.at === path)
