import { type Attribute, isRecord } from '../../directory/scim/schemas.ts'

/**
 * A value with the names of the schema, which are compared without regard to case (RFC 7643, section 2.1). Texts for booleans are
 * read as such: some directories send "True".
 */
export function spelled(attribute: Attribute, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => spelled(attribute, one))
  if (isRecord(value)) return spelledParts(attribute.subAttributes ?? [], value)
  if (attribute.type !== 'boolean' || typeof value !== 'string') return value
  return BOOLEANS[value.toLowerCase()] ?? value
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }

function spelledParts(attributes: readonly Attribute[], value: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(value).map(([name, part]) => {
    const attribute = attributes.find((a) => a.name.toLowerCase() === name.toLowerCase())
    return attribute ? [attribute.name, spelled(attribute, part)] : [name, part]
  })
  return Object.fromEntries(entries)
}
