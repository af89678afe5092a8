import { scimFault } from '../../directory/scim/errors.ts'
import { type Attribute, type Definition, type Located, locate } from '../../directory/scim/schemas.ts'
import type { Condition } from '../../store/store.ts'
import { type Equality, equalitiesOf, readFilter } from './filter.ts'

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  /** Empty: none. */
  readonly path: string
  readonly value: unknown
}

/** What an operation changes. */
export interface PatchTarget {
  /** Lead to the attribute in the resource. */
  readonly keys: readonly string[]
  readonly attribute: Attribute
  /** The items of the list that the value filter chooses. */
  readonly chosen?: { readonly condition: Condition; readonly equalities: readonly Equality[] }
  /** The sub-attribute of the items. */
  readonly part?: Attribute
}

const MAX_LENGTH = 2048
/** attrPath, or valuePath with a sub-attribute (RFC 7644, section 3.5.2). */
const PATH = /^([\w:.$-]+)(?:\[(.+)\](?:\.([\w$-]+))?)?$/s

/** The target of an operation; a whole extension has no attribute. Throws 400 invalidPath, invalidFilter, mutability. */
export function readPath(
  definition: Definition,
  { path }: PatchOperation,
): PatchTarget | { readonly keys: readonly string[] } {
  const { found, ...parts } = locatedBy(definition, path)
  if (!found) throw scimFault('invalidPath', `the schema has no attribute '${path}'`)
  if (!found.attribute) return { keys: found.keys }
  refuseUnchangeable(found.attribute, path)
  const { filter } = parts
  return filter === undefined ? inLists(definition, found, parts.head) : chosen(definition, found, { ...parts, filter })
}

/** Whether the schema has an attribute at the path, and one that clients may set. */
export function isWritable(definition: Definition, path: string): boolean {
  const { found } = locatedBy(definition, path)
  return found !== undefined && found.attribute?.config.mutable !== false
}

function locatedBy(definition: Definition, path: string) {
  const [, head = '', filter, part] = (path.length <= MAX_LENGTH && PATH.exec(path)) || []
  const found = head === '' ? undefined : locate(definition, part === undefined ? head : `${head}.${part}`)
  return { found, head, filter, part }
}

function refuseUnchangeable({ config }: Attribute, path: string): void {
  if (config.mutable === false) throw scimFault('mutability', `'${path}' is read-only`)
  if (config.mutable === 'immutable') throw scimFault('mutability', `'${path}' cannot be changed; replace the item`)
}

/** `emails.type` speaks of the type of all addresses. */
function inLists(definition: Definition, { keys, attribute, many }: Located, head: string): PatchTarget {
  if (!attribute) throw scimFault('invalidPath', `the schema has no attribute '${head}'`)
  if (!many || attribute.config.multiValued) return { keys, attribute }
  const list = locate(definition, head.slice(0, head.lastIndexOf('.')))?.attribute
  if (!list) throw scimFault('invalidPath', `the schema has no attribute '${head}'`)
  return { keys: keys.slice(0, -1), attribute: list, part: attribute }
}

interface Parts {
  readonly head: string
  readonly filter: string
  readonly part: string | undefined
}

function chosen(definition: Definition, found: Located, { head, filter, part }: Parts): PatchTarget {
  const list = locate(definition, head)
  if (!list?.attribute?.config.multiValued || list.attribute.type !== 'complex')
    throw scimFault('invalidPath', `'${head}' has no items to choose from`)
  const condition = readFilter({ definition }, filter, head)
  const target = { keys: list.keys, attribute: list.attribute, chosen: { condition, equalities: equalitiesOf(filter) } }
  return part === undefined || !found.attribute ? target : { ...target, part: found.attribute }
}
