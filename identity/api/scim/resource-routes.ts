import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { SCIM_TYPE } from '../../directory/scim/errors.ts'
import type { TenantPath } from '../../directory/tenants.ts'
import { listResponse, windowOf } from './list.ts'
import * as operations from './operations.ts'
import { type AttributeSelection, projected } from './projection.ts'
import type { ResourceType, Versioned } from './resource-type.ts'
import { contextOf, READ, WRITE } from './scope.ts'

const TEXT = { type: 'string', maxLength: 4096 }
const SELECTION = { type: 'object', properties: { attributes: TEXT, excludedAttributes: TEXT } }
const LISTING = {
  type: 'object',
  properties: {
    startIndex: { type: 'integer', default: 1 },
    count: { type: 'integer', default: 100 },
    filter: TEXT,
    sortBy: TEXT,
    sortOrder: { enum: ['ascending', 'descending'] },
    ...SELECTION.properties,
  },
}

interface Route {
  Params: TenantPath & { readonly id: string }
  Querystring: AttributeSelection & operations.ListRequest
}
type ScimRequest = FastifyRequest<Route>

/** The operations on one kind of resource (RFC 7644, sections 3.3 to 3.6). */
export function resourceRoutes<R extends Versioned>(app: FastifyInstance, deps: Deps, type: ResourceType<R>): void {
  const many = `/:tenant_id${type.endpoint}`
  const one = `${many}/:id`
  const schema = { querystring: SELECTION }
  const { definition } = type.schema

  const answer = async (request: ScimRequest, reply: FastifyReply, record: R, status = 200) => {
    const [resource = {}] = await operations.represent(type, contextOf(deps, request), [record])
    const { location } = resource.meta as { readonly location: string }
    reply
      .code(status)
      .type(SCIM_TYPE)
      .headers({ etag: operations.versionOf(record), location })
    return reply.send(projected(definition, resource, request.query))
  }

  app.get<Route>(many, { config: READ, schema: { querystring: LISTING } }, async (request, reply) => {
    const window = windowOf(request.query)
    const { resources, total } = await operations.listResources(type, contextOf(deps, request), {
      ...request.query,
      ...window,
    })
    const shown = resources.map((resource) => projected(definition, resource, request.query))
    return reply.type(SCIM_TYPE).send(listResponse(shown, total, window.startIndex))
  })
  app.post<Route>(many, { config: WRITE, schema }, async (request, reply) =>
    answer(request, reply, await operations.create(type, contextOf(deps, request), request.body), 201),
  )
  app.get<Route>(one, { config: READ, schema }, async (request, reply) => {
    const record = await operations.read(type, contextOf(deps, request), request.params.id)
    const version = operations.versionOf(record)
    if (operations.namesVersion(request.headers['if-none-match'], version))
      return reply.code(304).header('etag', version).send()
    return answer(request, reply, record)
  })
  for (const [method, operation] of Object.entries({ PUT: operations.replace, PATCH: operations.patch }))
    app.route<Route>({
      method,
      url: one,
      config: WRITE,
      schema,
      handler: async (request, reply) => {
        const { body, params, headers } = request
        const context = contextOf(deps, request)
        return answer(request, reply, await operation(type, context, params.id, body, headers['if-match']))
      },
    })
  app.delete<Route>(one, { config: WRITE, schema }, async (request, reply) => {
    await operations.remove(type, contextOf(deps, request), request.params.id, request.headers['if-match'])
    return reply.code(204).send()
  })
}
