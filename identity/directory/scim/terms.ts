import { isRecord } from '../../../config/json.ts'
import { foldName } from '../../platform/fold-name.ts'
import type { Term, TermValue } from '../../store/store.ts'
import { type Attribute, type Definition, isExtension, type ScimResource } from './schemas.ts'

/** Ids are compared exactly wherever they occur, also where the schema of RFC 7643 does not say so. */
const IDS: readonly string[] = ['members', 'groups']

/**
 * The field of an attribute in the terms of a resource: its keys in lower case. `emails` and `emails.value` are one field, since
 * comparing a complex attribute means its `value` (RFC 7643, section 2.4); the URN of the extension is left out.
 */
export function fieldOf(keys: readonly string[]): string {
  const [first = '', ...rest] = keys
  const names = first.startsWith('urn:') ? ['', ...rest] : keys
  const short = names.length > 1 && names.at(-1) === 'value' ? names.slice(0, -1) : names
  return short.join('.').toLowerCase()
}

/**
 * A value in the form in which filters compare it: times as instants, texts without case unless the attribute is exact. `undefined`
 * when it is not of the attribute's type.
 */
export function comparable(attribute: Attribute, field: string, value: unknown): TermValue | undefined {
  const kind = KINDS[attribute.type] ?? 'string'
  if (kind === 'dateTime') return typeof value === 'string' ? instant(value) : undefined
  if (typeof value !== kind) return undefined
  if (typeof value !== 'string') return value as TermValue
  return attribute.config.caseExact || IDS.includes(field) ? value : foldName(value)
}

const KINDS: Readonly<Record<string, 'dateTime' | 'boolean' | 'number' | 'string'>> = {
  dateTime: 'dateTime',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
}

function instant(text: string): number | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

/** Every value of a resource by which a filter can find it. */
export function termsOf(definition: Definition, resource: ScimResource): Term[] {
  return (definition.attributes as readonly (Attribute | Definition)[]).flatMap((attribute) =>
    isExtension(attribute)
      ? termsOfAll(attribute.attributes, resource[attribute.id], [attribute.id], 0)
      : termsOfOne(attribute, resource[attribute.name], [], 0),
  )
}

/** The terms of one item of a multi-valued attribute, to which `keys` lead. */
export const itemTerms = (attribute: Attribute, keys: readonly string[], item: unknown): Term[] =>
  termsOfOne(attribute, item, keys.slice(0, -1), 0)

function termsOfAll(attributes: readonly Attribute[], value: unknown, keys: readonly string[], item: number): Term[] {
  if (!isRecord(value)) return []
  return attributes.flatMap((attribute) => termsOfOne(attribute, value[attribute.name], keys, item))
}

function termsOfOne(attribute: Attribute, value: unknown, keys: readonly string[], item: number): Term[] {
  if (Array.isArray(value)) return value.flatMap((one, i) => termsOfOne(attribute, one, keys, i))
  if (value === undefined || value === null) return []
  const path = [...keys, attribute.name]
  const field = fieldOf(path)
  if (attribute.type !== 'complex') {
    const found = comparable(attribute, field, value)
    return found === undefined ? [] : [{ field, value: found, item }]
  }
  const parts = termsOfAll(attribute.subAttributes ?? [], value, path, item)
  // The item itself, when it has no value that stands for it.
  return parts.some((part) => part.field === field) ? parts : [{ field, item }, ...parts]
}
