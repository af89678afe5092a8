import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../../config/json.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import { cleaned, readResource, type SchemaClass, type ScimResource } from '../../directory/scim/schemas.ts'
import { spelled } from '../../directory/scim/spelling.ts'
import { changedItems, changedList } from './patch-list.ts'
import { isWritable, type PatchOperation, type PatchTarget, readPath } from './patch-path.ts'

const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MAX_OPERATIONS = 1000
const OPERATIONS = ['add', 'remove', 'replace']

/** The resource after a PatchOp message (RFC 7644, section 3.5.2), without read-only attributes; `undefined` when it changes nothing. Throws 400. */
export function patched(schema: SchemaClass, resource: ScimResource, body: unknown): ScimResource | undefined {
  const next = operationsOf(body).reduce((state, operation) => applied(schema, state, operation), resource)
  const after = readResource(schema, next)
  return isDeepStrictEqual(after, readResource(schema, resource)) ? undefined : after
}

function operationsOf(body: unknown): PatchOperation[] {
  if (!isRecord(body) || !Array.isArray(body.Operations))
    throw scimFault('invalidSyntax', 'the body has to be a PatchOp message with a list of Operations')
  if (!Array.isArray(body.schemas) || !body.schemas.includes(MESSAGE))
    throw scimFault('invalidSyntax', `the schemas of the message have to name ${MESSAGE}`)
  const { length } = body.Operations
  if (length === 0 || length > MAX_OPERATIONS)
    throw scimFault('invalidValue', `a PatchOp message takes 1 to ${MAX_OPERATIONS} operations`)
  return body.Operations.map(readOperation)
}

function readOperation(operation: unknown): PatchOperation {
  if (!isRecord(operation)) throw scimFault('invalidSyntax', 'an operation has to be a JSON object')
  const op = String(operation.op).toLowerCase()
  if (!OPERATIONS.includes(op)) throw scimFault('invalidSyntax', 'op has to be add, remove or replace')
  const { path } = operation
  if (path !== undefined && typeof path !== 'string') throw scimFault('invalidPath', 'a path has to be a text')
  return { op: op as PatchOperation['op'], path: path ?? '', value: cleaned(operation.value) }
}

function applied(schema: SchemaClass, resource: ScimResource, operation: PatchOperation): ScimResource {
  if (operation.path === '') return appliedAll(schema, resource, operation, '')
  const target = readPath(schema.definition, operation)
  if (!('attribute' in target)) return appliedExtension(schema, resource, operation, target.keys)
  if (operation.op !== 'remove' && unassigned(operation.value)) {
    if (operation.op === 'add') throw scimFault('invalidValue', 'there is nothing to add')
    return changedAt(resource, target.keys, changing({ ...operation, op: 'remove', value: undefined }, target))
  }
  return changedAt(resource, target.keys, changing(operation, target))
}

/** null and the empty list stand for "unassigned" (RFC 7643, section 2.5). */
const unassigned = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Without a path the value names the attributes (RFC 7644, sections 3.5.2.1 and 3.5.2.3); read-only and unknown ones mean nothing. */
function appliedAll(
  schema: SchemaClass,
  resource: ScimResource,
  { op, value }: PatchOperation,
  prefix: string,
): ScimResource {
  if (op === 'remove') throw scimFault('noTarget', 'a removal needs a path')
  if (!isRecord(value) || Object.keys(value).length === 0)
    throw scimFault('invalidValue', 'without a path the value has to be an object of attributes')
  const attributes = Object.entries(value).filter(([name]) => isWritable(schema.definition, `${prefix}${name}`))
  return attributes.reduce(
    (state, [name, part]) => applied(schema, state, { op, path: `${prefix}${name}`, value: part }),
    resource,
  )
}

function appliedExtension(
  schema: SchemaClass,
  resource: ScimResource,
  operation: PatchOperation,
  keys: readonly string[],
): ScimResource {
  if (operation.op === 'remove') return changedAt(resource, keys, () => undefined)
  return appliedAll(schema, resource, operation, `${keys[0]}:`)
}

/** A value at a place of the resource changes; empty objects and lists go. */
function changedAt(
  resource: ScimResource,
  [key = '', ...rest]: readonly string[],
  change: (old: unknown) => unknown,
): ScimResource {
  const { [key]: old, ...others } = resource
  const next = rest.length === 0 ? change(old) : changedAt(isRecord(old) ? old : {}, rest, change)
  const empty = Array.isArray(next) ? next.length === 0 : isRecord(next) && Object.keys(next).length === 0
  return next === undefined || empty ? others : { ...others, [key]: next }
}

function changing(operation: PatchOperation, target: PatchTarget): (old: unknown) => unknown {
  const { attribute, chosen, part } = target
  if (chosen || part) return (old) => changedItems(operation, target, asList(old))
  if (attribute.config.multiValued) return (old) => changedList(operation, attribute, asList(old))
  if (operation.op === 'remove') return () => undefined
  const value = spelled(attribute, operation.value)
  if (attribute.type !== 'complex') return () => value
  if (!isRecord(value)) throw scimFault('invalidValue', `${attribute.name} has to be an object`)
  return (old) => ({ ...(isRecord(old) ? old : {}), ...value })
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
