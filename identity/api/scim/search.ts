import type { FastifyInstance } from 'fastify'
import { isRecord } from '../../../config/json.ts'
import type { Deps } from '../../deps.ts'
import { SCIM_TYPE, scimFault } from '../../directory/scim/errors.ts'
import { Fault } from '../../platform/fault.ts'
import { listResponse, type Window, windowOf } from './list.ts'
import * as operations from './operations.ts'
import { type AttributeSelection, projected } from './projection.ts'
import type { ResourceType, ScimContext, Versioned } from './resource-type.ts'
import { GROUP_TYPE } from './scim-groups.ts'
import { contextOf, READ } from './scope.ts'
import { SCIM_USERS } from './users.ts'

const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

type Search = AttributeSelection & operations.ListRequest
interface Found {
  readonly resources: readonly object[]
  readonly total: number
}
type Find = (context: ScimContext, search: Search) => Promise<Found>

/** Queries in a body instead of an address (RFC 7644, section 3.4.3): of one kind of resource, or of all. */
export function searchRoutes(app: FastifyInstance, deps: Deps): void {
  const of = {
    '/Users': finding(SCIM_USERS),
    '/Groups': finding(GROUP_TYPE),
    '': everywhere([finding(SCIM_USERS), finding(GROUP_TYPE)]),
  }
  for (const [endpoint, find] of Object.entries(of))
    app.post(`/:tenant_id${endpoint}/.search`, { config: READ }, async (request, reply) => {
      const search = searchOf(request.body)
      const { resources, total } = await find(contextOf(deps, request), search)
      return reply.type(SCIM_TYPE).send(listResponse(resources as never, total, search.startIndex))
    })
}

const finding =
  <R extends Versioned>(type: ResourceType<R>): Find =>
  async (context, search) => {
    const { resources, total } = await operations.listResources(type, context, search)
    return { resources: resources.map((resource) => projected(type.schema.definition, resource, search)), total }
  }

/** One list behind the other. What a kind cannot answer, such as a filter on an attribute of the others, finds nothing of it. */
function everywhere(kinds: readonly Find[]): Find {
  return async (context, search) => {
    const refusals: unknown[] = []
    const resources: object[] = []
    let total = 0
    for (const find of kinds) {
      const rest = { startIndex: Math.max(search.startIndex - total, 1), count: search.count - resources.length }
      const found = await find(context, { ...search, ...rest }).catch((error: unknown) => refused(refusals, error))
      resources.push(...found.resources)
      total += found.total
    }
    if (refusals.length === kinds.length) throw refusals[0]
    return { resources, total }
  }
}

function refused(refusals: unknown[], error: unknown): Found {
  if (!(error instanceof Fault && error.status === 400)) throw error
  refusals.push(error)
  return { resources: [], total: 0 }
}

const TEXTS = ['filter', 'sortBy'] as const
const LISTS = ['attributes', 'excludedAttributes'] as const
const ORDERS: ReadonlySet<unknown> = new Set(['ascending', 'descending', undefined])

function searchOf(body: unknown): Search {
  if (!isRecord(body) || !Array.isArray(body.schemas) || !body.schemas.includes(MESSAGE))
    throw scimFault('invalidSyntax', `the schemas of the message have to name ${MESSAGE}`)
  const texts = TEXTS.flatMap((name) => (body[name] == null ? [] : [[name, textOf(name, body[name])]]))
  const lists = LISTS.flatMap((name) => (body[name] == null ? [] : [[name, namesIn(name, body[name])]]))
  const { sortOrder } = body
  if (!ORDERS.has(sortOrder)) throw scimFault('invalidValue', 'sortOrder has to be ascending or descending')
  const order = sortOrder === undefined ? {} : { sortOrder: sortOrder as 'ascending' | 'descending' }
  return { ...Object.fromEntries([...texts, ...lists]), ...order, ...windowIn(body) }
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw scimFault('invalidValue', `${name} has to be a text`)
  return value
}

/** A list in a body, as the address writes it. */
function namesIn(name: string, value: unknown): string {
  if (!Array.isArray(value)) throw scimFault('invalidValue', `${name} has to be a list`)
  return value.map((item) => textOf(name, item)).join(',')
}

function windowIn({ startIndex, count }: Readonly<Record<string, unknown>>): Window {
  const numbers = Object.entries({ startIndex, count }).filter(([, value]) => value != null)
  const wrong = numbers.find(([, value]) => typeof value !== 'number')
  if (wrong) throw scimFault('invalidValue', `${wrong[0]} has to be a number`)
  return windowOf(Object.fromEntries(numbers))
}
