import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callerOf, guarded } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { SCIM_TYPE, scimErrors } from '../../directory/scim/errors.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { validateVault } from '../../platform/contract/validation.ts'
import { acceptJson } from '../../platform/http/body.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { discoveryRoutes, MAX_RESULTS } from './discovery.ts'
import * as operations from './operations.ts'
import { projected, type Selection } from './projection.ts'
import type { Context, ResourceType, Versioned } from './resource-type.ts'
import { SCIM_GROUPS } from './scim-groups.ts'
import { SCIM_USERS } from './users.ts'

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const TEXT = { type: 'string', maxLength: 4096 }
const SELECTION = { type: 'object', properties: { attributes: TEXT, excludedAttributes: TEXT } }
const LISTING = {
  type: 'object',
  properties: {
    startIndex: { type: 'integer', minimum: 1, maximum: 2_147_483_647, default: 1 },
    count: { type: 'integer', minimum: 0, maximum: MAX_RESULTS, default: MAX_RESULTS },
    filter: TEXT,
    sortBy: TEXT,
    sortOrder: { enum: ['ascending', 'descending'] },
    ...SELECTION.properties,
  },
}
const READ = { right: 'scim:read' } as const
const WRITE = { right: 'scim:write' } as const

interface Route {
  Params: { tenant_id: string; id: string }
  Querystring: Selection & operations.Listing
}
type ScimRequest = FastifyRequest<Route>

/** SCIM 2.0 (RFC 7643, RFC 7644) under `/scim/v2/{tenant_id}`: the scim-users and scim-groups operations of the contract. */
export async function scimRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  await contractScope(app, '/scim/v2', scimErrors, (scope) => {
    acceptJson(scope, 'application/scim+json')
    validateVault(scope)
    scope.addHook('preHandler', async (request) => {
      if (!request.is404) await requireTenant(deps, (request as ScimRequest).params.tenant_id)
    })
    guarded(scope, deps, () => {
      discoveryRoutes(scope)
      resourceRoutes(scope, deps, SCIM_USERS)
      resourceRoutes(scope, deps, SCIM_GROUPS)
    })
  })
}

function resourceRoutes<R extends Versioned>(app: FastifyInstance, deps: Deps, type: ResourceType<R>): void {
  const many = `/:tenant_id${type.endpoint}`
  const one = `${many}/:id`
  const schema = { querystring: SELECTION }
  const contextOf = (request: ScimRequest): Context => ({
    deps,
    tenant: request.params.tenant_id,
    now: deps.now().toISOString(),
    caller: callerOf(request),
  })
  const { definition } = type.schema

  const answer = async (request: ScimRequest, reply: FastifyReply, record: R, status = 200) => {
    const [resource = {}] = await operations.represent(type, contextOf(request), [record])
    reply.code(status).type(SCIM_TYPE).header('etag', operations.versionOf(record))
    if (status === 201) reply.header('location', (resource.meta as { location: string }).location)
    return reply.send(projected(definition, resource, request.query))
  }

  app.get<Route>(many, { config: READ, schema: { querystring: LISTING } }, async (request, reply) => {
    const { resources, total } = await operations.list(type, contextOf(request), request.query)
    const Resources = resources.map((resource) => projected(definition, resource, request.query))
    const counts = { totalResults: total, startIndex: request.query.startIndex, itemsPerPage: Resources.length }
    return reply.type(SCIM_TYPE).send({ schemas: [LIST], ...counts, Resources })
  })
  app.post<Route>(many, { config: WRITE, schema }, async (request, reply) =>
    answer(request, reply, await operations.create(type, contextOf(request), request.body), 201),
  )
  app.get<Route>(one, { config: READ, schema }, async (request, reply) => {
    const record = await operations.read(type, contextOf(request), request.params.id)
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
        return answer(request, reply, await operation(type, contextOf(request), params.id, body, headers['if-match']))
      },
    })
  app.delete<Route>(one, { config: WRITE, schema }, async (request, reply) => {
    await operations.remove(type, contextOf(request), request.params.id, request.headers['if-match'])
    return reply.code(204).send()
  })
}
