import SCIMMY from 'scimmy'
import { Fault } from '../http/fault.ts'
import { type ScimType, scimFault } from './errors.ts'
import { cleaned, isRecord, locate, plain, type Resource, readResource, type SchemaClass } from './schemas.ts'

const MAX_OPERATIONS = 1000
const OPERATIONS = ['add', 'remove', 'replace']
const NAME = String.raw`[A-Za-z][\w-]*`
const VALUE = String.raw`(?:"[^"\\[\]\u0000-\u001f]{0,512}"|true|false|\d{1,15})`
const TERM = `${NAME} (?:pr|(?:eq|ne|co|sw|ew|gt|ge|lt|le) ${VALUE})`
/**
 * The paths that are passed to scimmy: attribute, one flat value filter of at most four terms, sub-attribute. Its filter takes
 * exponential time on nested ones and reaches into prototypes (docs/decisions/scim-library.md).
 */
const PATH = new RegExp(
  String.raw`^((?:urn:[\w:.-]{1,128}:)?${NAME}(?:\.${NAME})?)(\[${TERM}(?: (?:and|or) ${TERM}){0,3}\])?(\.${NAME})?$`,
  'i',
)

interface Operation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path?: string
  readonly value?: unknown
}

/** The resource after a PatchOp message (RFC 7644, section 3.5.2), without read-only attributes; `undefined` when it changes nothing. Throws 400. */
export async function patched(schema: SchemaClass, resource: Resource, body: unknown): Promise<Resource | undefined> {
  const Operations = operationsOf(schema, body)
  try {
    const message = new SCIMMY.Messages.PatchOp({ schemas: [SCIMMY.Messages.PatchOp.id], Operations })
    const result: object | undefined = await message.apply(new schema(resource as object, 'out'))
    return result && readResource(schema, plain(result))
  } catch (error) {
    throw asFault(error)
  }
}

function operationsOf(schema: SchemaClass, body: unknown): Operation[] {
  if (!isRecord(body) || !Array.isArray(body.Operations))
    throw scimFault('invalidSyntax', 'the body has to be a PatchOp message with a list of Operations')
  if (!Array.isArray(body.schemas) || !body.schemas.includes(SCIMMY.Messages.PatchOp.id))
    throw scimFault('invalidSyntax', `the schemas of the message have to name ${SCIMMY.Messages.PatchOp.id}`)
  if (body.Operations.length > MAX_OPERATIONS)
    throw scimFault('invalidValue', `a PatchOp message takes at most ${MAX_OPERATIONS} operations`)
  return body.Operations.map((operation: unknown) => readOperation(schema, operation))
}

function readOperation(schema: SchemaClass, operation: unknown): Operation {
  if (!isRecord(operation)) throw scimFault('invalidSyntax', 'an operation has to be a JSON object')
  const op = String(operation.op).toLowerCase()
  if (!OPERATIONS.includes(op)) throw scimFault('invalidSyntax', 'op has to be add, remove or replace')
  const path = operation.path === undefined ? {} : { path: readPath(schema, operation.path) }
  const value = 'value' in operation ? { value: cleaned(operation.value) } : {}
  return { op: op as Operation['op'], ...path, ...value }
}

/** The path in the schema's own spelling, since scimmy takes letter case literally. */
function readPath({ definition }: SchemaClass, path: unknown): string {
  const [, head, filter = '', sub = ''] = (typeof path === 'string' && path.length <= 1024 && PATH.exec(path)) || []
  if (head === undefined) throw scimFault('invalidPath', 'the path does not follow RFC 7644, section 3.5.2')
  const keys = locate(definition, `${head}${sub}`)?.keys
  if (!keys) throw scimFault('invalidPath', `the schema has no attribute '${head}${sub}'`)
  const [first = '', ...rest] = keys
  const names = first.startsWith('urn:') ? [`${first}:${rest[0] ?? ''}`.replace(/:$/, ''), ...rest.slice(1)] : keys
  return filter === ''
    ? names.join('.')
    : `${names.slice(0, sub === '' ? undefined : -1).join('.')}${filter}${sub === '' ? '' : `.${names.at(-1)}`}`
}

/** scimmy throws TypeErrors, too, for values that it did not expect; all that it saw came from the request. */
function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  if (error instanceof SCIMMY.Types.Error)
    return scimFault((error.scimType ?? 'invalidValue') as ScimType, error.message, error)
  return scimFault('invalidValue', 'the operations do not fit the resource', error)
}
