import { isRecord } from '../../../config/json.ts'
import { type Attribute, type Definition, isExtension, type ScimResource } from './served-schemas.ts'

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }

/**
 * A value with the names of the schema, which are compared without regard to case (RFC 7643, section 2.1), and as directories write it
 * who take the schema less literally: Entra ID sends "True" for a boolean, and for a manager the id as a text, or a list of one object.
 */
export function spelled(attribute: Attribute, sent: unknown): unknown {
  const isSingle = attribute.type === 'complex' && attribute.config.multiValued !== true
  const value = isSingle && Array.isArray(sent) && sent.length === 1 ? sent[0] : sent
  if (Array.isArray(value)) return value.map((one) => spelled(attribute, one))
  if (isRecord(value)) return spelledParts(attribute.subAttributes ?? [], value)
  if (typeof value !== 'string') return value
  if (attribute.type === 'complex' && attribute.subAttributes?.some(({ name }) => name === 'value')) return { value }
  return attribute.type === 'boolean' ? (BOOLEANS[value.toLowerCase()] ?? value) : value
}

/** The same for a whole resource, with its extensions. */
export function spelledResource(definition: Definition, resource: ScimResource): ScimResource {
  const parts = definition.attributes as readonly (Attribute | Definition)[]
  const own = parts.filter((part): part is Attribute => !isExtension(part))
  const extensions = new Map(parts.filter(isExtension).map((part) => [part.id.toLowerCase(), part]))
  const entries = Object.entries(spelledParts(own, resource)).map(([name, value]) => {
    const found = extensions.get(name.toLowerCase())
    return found && isRecord(value) ? [found.id, spelledParts(found.attributes as Attribute[], value)] : [name, value]
  })
  return Object.fromEntries(entries)
}

function spelledParts(attributes: readonly Attribute[], value: ScimResource): ScimResource {
  const entries = Object.entries(value).map(([name, part]) => {
    const attribute = attributes.find((a) => a.name.toLowerCase() === name.toLowerCase())
    return attribute ? [attribute.name, spelled(attribute, part)] : [name, part]
  })
  return Object.fromEntries(entries)
}
