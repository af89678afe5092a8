import { isRecord } from '../../../config/json.ts'
import { scimFault } from './errors.ts'
import { type Attribute, type Definition, isExtension, type SchemaClass, type ScimResource } from './served-schemas.ts'
import { spelledResource } from './spelling.ts'

export {
  type Attribute,
  type Definition,
  EnterpriseUser,
  GroupSchema,
  isExtension,
  type SchemaClass,
  type ScimResource,
  UserSchema,
} from './served-schemas.ts'

const MAX_DEPTH = 8
/** Names by which scimmy 1.3 would reach into prototypes. */
const FORBIDDEN = /__proto__|constructor|prototype/i

/**
 * A value without nulls and empty lists, which mean "unassigned" (RFC 7643, section 2.5). Throws 400 for names that reach into
 * prototypes and for values that are nested too deeply.
 */
export function cleaned(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw scimFault('invalidSyntax', 'the body is nested too deeply')
  if (Array.isArray(value)) return value.filter((v) => v !== null).map((v) => cleaned(v, depth + 1))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, v]) => [refuseName(key), cleaned(v, depth + 1)] as const)
  return Object.fromEntries(entries.filter(([, v]) => v !== null && !(Array.isArray(v) && v.length === 0)))
}

function refuseName(name: string): string {
  if (FORBIDDEN.test(name)) throw scimFault('invalidSyntax', 'the body has an attribute whose name is not allowed')
  return name
}

/** A body as a resource with the names and types of the schema, without read-only attributes. Throws 400. */
export function readResource(schema: SchemaClass, body: unknown): ScimResource {
  if (!isRecord(body)) throw scimFault('invalidSyntax', 'the body has to be a JSON object')
  const input = spelledResource(schema.definition, cleaned(body) as ScimResource)
  try {
    return plain(new schema(input, 'in'))
  } catch (error) {
    throw scimFault('invalidValue', error instanceof Error ? error.message : 'the resource is not valid', error)
  }
}

/** scimmy's instances hide their values behind accessors, and leave out of their JSON what is never returned: the password. */
function plain(instance: object): ScimResource {
  const shown = cleaned(JSON.parse(JSON.stringify(instance))) as ScimResource
  const { password } = instance as { readonly password?: unknown }
  return password === undefined ? shown : { ...shown, password }
}

/** An attribute of a schema: the keys that lead to it in a resource, in the schema's spelling. */
export interface Located {
  readonly keys: readonly string[]
  /** Missing: the whole extension. */
  readonly attribute?: Attribute
  /** A resource can have several values: the attribute, or one that it is part of, is multi-valued. */
  readonly many: boolean
}

/** Finds an attribute by its path (RFC 7644, section 3.10), in any letter case. `undefined` when the schema has no such attribute. */
export function locate(definition: Definition, path: string): Located | undefined {
  const lower = path.toLowerCase()
  const extension = (definition.attributes as readonly unknown[])
    .filter(isExtension)
    .find((e) => lower.startsWith(idOf(e)))
  const prefix = extension ? idOf(extension) : definition.id.toLowerCase()
  const rest = lower.startsWith(prefix) ? lower.slice(prefix.length).replace(/^:/, '') : lower
  if (extension && rest === '') return { keys: [extension.id], many: false }
  const source = extension ?? definition
  const found = walk(source.attributes, rest.split('.'))
  return found && (extension ? { ...found, keys: [extension.id, ...found.keys] } : found)
}

const idOf = (definition: Definition): string => definition.id.toLowerCase()

function walk(attributes: readonly Attribute[], names: readonly string[]): Located | undefined {
  const attribute = attributes.find((a) => !isExtension(a) && a.name.toLowerCase() === names[0])
  if (!attribute) return undefined
  const many = attribute.config.multiValued === true
  if (names.length === 1) return { keys: [attribute.name], attribute, many }
  const sub = walk(attribute.subAttributes ?? [], names.slice(1))
  return sub && { ...sub, keys: [attribute.name, ...sub.keys], many: many || sub.many }
}
