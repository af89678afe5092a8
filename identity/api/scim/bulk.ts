import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { isRecord } from '../../../config/json.ts'
import { SCIM_TYPE, scimFault } from '../../directory/scim/errors.ts'
import { cleaned, type ScimResource } from '../../directory/scim/schemas.ts'
import type { TenantPath } from '../../directory/tenants.ts'
import { Fault } from '../../platform/fault.ts'
import { WRITE } from './scope.ts'

export const MAX_OPERATIONS = 1000
export const MAX_PAYLOAD = 1024 * 1024
const URN = 'urn:ietf:params:scim:api:messages:2.0'
const METHODS: ReadonlySet<unknown> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const PATH = /^\/(Users|Groups)(\/[^/?#]+)?$/
const REFERENCE = 'bulkId:'
/** Who asks goes along to each operation, as if it came alone. */
const PASSED_ON = ['authorization', 'x-api-key', 'user-agent']
const REFUSED = 400

interface Operation {
  readonly method: HTTPMethods
  readonly path: string
  readonly bulkId?: string
  readonly version?: string
  readonly data?: unknown
  /** The bulkIds that it speaks of. */
  readonly names: ReadonlySet<string>
}
interface Outcome extends ScimResource {
  readonly status: string
}

/** Many writes in one request (RFC 7644, section 3.7): each is answered, checked and audited like a request of its own. */
export function bulkRoute(app: FastifyInstance): void {
  app.post('/:tenant_id/Bulk', { config: WRITE, bodyLimit: MAX_PAYLOAD }, async (request, reply) => {
    const { operations, failOnErrors } = messageOf(request.body)
    const outcomes = await new Bulk(app, request).run(operations, failOnErrors)
    return reply.type(SCIM_TYPE).send({ schemas: [`${URN}:BulkResponse`], Operations: outcomes })
  })
}

function messageOf(body: unknown) {
  if (!isRecord(body) || !Array.isArray(body.schemas) || !body.schemas.includes(`${URN}:BulkRequest`))
    throw scimFault('invalidSyntax', `the schemas of the message have to name ${URN}:BulkRequest`)
  const { Operations, failOnErrors = Number.MAX_SAFE_INTEGER } = body
  if (!Array.isArray(Operations)) throw scimFault('invalidSyntax', 'the message has no list of Operations')
  if (Operations.length > MAX_OPERATIONS)
    throw new Fault(413, `a bulk request has at most ${MAX_OPERATIONS} operations`)
  if (typeof failOnErrors !== 'number' || failOnErrors < 1)
    throw scimFault('invalidValue', 'failOnErrors has to be a number from 1 on')
  const operations = Operations.map(operationOf)
  const ids = operations.flatMap(({ bulkId }) => bulkId ?? [])
  if (new Set(ids).size < ids.length) throw scimFault('invalidValue', 'two operations have the same bulkId')
  return { operations, failOnErrors }
}

function operationOf(operation: unknown): Operation {
  if (!isRecord(operation)) throw scimFault('invalidSyntax', 'an operation has to be a JSON object')
  const { method, path, bulkId, version } = operation
  const data = cleaned(operation.data)
  const upper = String(method).toUpperCase()
  if (!METHODS.has(upper)) throw scimFault('invalidSyntax', 'a method has to be POST, PUT, PATCH or DELETE')
  if (typeof path !== 'string' || !PATH.test(path) || (upper === 'POST') !== (path.split('/').length === 2))
    throw scimFault('invalidPath', 'a path has to be like /Users for POST, and like /Users/{id} for the others')
  if (upper === 'POST' ? !isText(bulkId) : bulkId !== undefined && !isText(bulkId))
    throw scimFault('invalidValue', 'an operation that creates needs a text as its bulkId')
  if (version !== undefined && !isText(version)) throw scimFault('invalidValue', 'a version has to be a text')
  const optional = Object.entries({ bulkId, version, data }).filter(([, value]) => value !== undefined)
  return { method: upper, path, names: referencesIn([path, data]), ...Object.fromEntries(optional) } as Operation
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** One run over the operations of a message. */
class Bulk {
  readonly #app: FastifyInstance
  readonly #request: FastifyRequest
  /** Ids of what was created, by bulkId. */
  readonly #ids = new Map<string, string>()

  constructor(app: FastifyInstance, request: FastifyRequest) {
    this.#app = app
    this.#request = request
  }

  /** Those that name what is yet to be created wait for it. The answers come in the order of the operations. */
  async run(operations: readonly Operation[], failOnErrors: number): Promise<readonly Outcome[]> {
    const outcomes = new Map<Operation, Outcome>()
    let waiting = operations
    for (let errors = 0; waiting.length > 0; ) {
      const next = waiting.find((operation) => this.#isReady(operation, waiting)) ?? waiting[0]
      if (!next) break
      const outcome = await this.#outcome(next)
      outcomes.set(next, outcome)
      if (Number(outcome.status) >= REFUSED && ++errors >= failOnErrors) break
      waiting = waiting.filter((operation) => operation !== next)
    }
    return operations.flatMap((operation) => outcomes.get(operation) ?? [])
  }

  #isReady({ names }: Operation, waiting: readonly Operation[]): boolean {
    return !waiting.some(({ bulkId }) => bulkId !== undefined && names.has(bulkId))
  }

  async #outcome(operation: Operation): Promise<Outcome> {
    const { method, bulkId, version } = operation
    const missing = [...operation.names].find((name) => !this.#ids.has(name))
    const common = { method, ...(bulkId && { bulkId }), ...(version && { version }) }
    if (missing !== undefined) return { ...common, status: '409', response: unresolved(missing) }
    const answer = await this.#send(operation)
    const body = answer.body === '' ? undefined : answer.json()
    const status = String(answer.statusCode)
    if (answer.statusCode >= REFUSED) return { ...common, status, response: body }
    if (bulkId !== undefined && body) this.#ids.set(bulkId, body.id)
    const { etag } = answer.headers
    return { ...common, location: this.#locationOf(operation, answer.headers), status, ...(etag && { version: etag }) }
  }

  #locationOf({ path }: Operation, { location }: Readonly<Record<string, unknown>>): string {
    if (typeof location === 'string') return location
    return this.#resolved(path) as string
  }

  #send({ method, path, version, data }: Operation) {
    const { tenant_id } = this.#request.params as TenantPath
    const kept = PASSED_ON.flatMap((name) => (this.#request.headers[name] ? [[name, this.#request.headers[name]]] : []))
    const typed = data === undefined ? {} : { 'content-type': SCIM_TYPE }
    return this.#app.inject({
      method: method as 'POST',
      url: `/scim/v2/${encodeURIComponent(tenant_id)}${this.#resolved(path)}`,
      headers: { ...Object.fromEntries(kept), ...typed, ...(version && { 'if-match': version }) },
      remoteAddress: this.#request.ip,
      ...(data === undefined ? {} : { payload: JSON.stringify(this.#resolved(data)) }),
    })
  }

  /** The value with the ids in the place of the references. */
  #resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#resolved(item))
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.#resolved(v)]))
    if (typeof value !== 'string') return value
    if (value.startsWith('/'))
      return value
        .split('/')
        .map((part) => this.#resolved(part))
        .join('/')
    return value.startsWith(REFERENCE) ? this.#ids.get(value.slice(REFERENCE.length)) : value
  }
}

const unresolved = (bulkId: string) => ({
  schemas: [`${URN}:Error`],
  status: '409',
  detail: `'${REFERENCE}${bulkId}' names nothing that was created: its operation failed, is missing, or waits for this one`,
})

/** The bulkIds that a value names. */
function referencesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) referencesIn(item, found)
  else if (isRecord(value)) for (const item of Object.values(value)) referencesIn(item, found)
  else if (typeof value === 'string')
    for (const part of value.startsWith('/') ? value.split('/') : [value])
      if (part.startsWith(REFERENCE)) found.add(part.slice(REFERENCE.length))
  return found
}
