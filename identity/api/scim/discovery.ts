import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SCIM_TYPE } from '../../directory/scim/errors.ts'
import { EnterpriseUser, GroupSchema, type Resource, UserSchema } from '../../directory/scim/schemas.ts'
import { Fault } from '../../platform/fault.ts'
import { SCIM_GROUPS } from './scim-groups.ts'
import { SCIM_USERS } from './users.ts'

export const MAX_RESULTS = 100
const CORE = 'urn:ietf:params:scim:schemas:core:2.0'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const READ = { config: { right: 'scim:read' } } as const
interface Path {
  Params: { tenant_id: string; id: string }
}

/** ServiceProviderConfig, ResourceTypes and Schemas (RFC 7644, section 4). */
export function discoveryRoutes(app: FastifyInstance): void {
  app.get<Path>('/:tenant_id/ServiceProviderConfig', READ, (request, reply) =>
    reply
      .type(SCIM_TYPE)
      .send({ ...CONFIG, meta: { resourceType: 'ServiceProviderConfig', location: pathOf(request) } }),
  )
  catalogue(app, 'ResourceTypes', resourceTypes)
  catalogue(app, 'Schemas', (base) => SCHEMAS.map(({ definition }) => ({ ...definition.describe(base) })))
}

function catalogue(app: FastifyInstance, name: string, entries: (base: string) => readonly Resource[]): void {
  app.get<Path>(`/:tenant_id/${name}`, READ, (request, reply) => {
    const Resources = entries(pathOf(request))
    const counts = { totalResults: Resources.length, itemsPerPage: Resources.length, startIndex: 1 }
    return reply.type(SCIM_TYPE).send({ schemas: [LIST], ...counts, Resources })
  })
  app.get<Path>(`/:tenant_id/${name}/:id`, READ, (request, reply) => {
    const path = pathOf(request)
    const found = entries(path.slice(0, path.lastIndexOf('/'))).find((entry) => entry.id === request.params.id)
    if (!found) throw new Fault(404, `there is no entry '${request.params.id}' in ${name}`)
    return reply.type(SCIM_TYPE).send(found)
  })
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''
const SCHEMAS = [UserSchema, GroupSchema, EnterpriseUser]
const EXTENSIONS = { User: [{ schema: EnterpriseUser.id, required: false }], Group: [] }

const resourceTypes = (base: string): Resource[] =>
  [SCIM_USERS, SCIM_GROUPS].map(({ name, endpoint, schema }) => ({
    schemas: [`${CORE}:ResourceType`],
    id: name,
    name,
    endpoint,
    description: `${name} resources of the tenant`,
    schema: schema.id,
    schemaExtensions: EXTENSIONS[name],
    meta: { resourceType: 'ResourceType', location: `${base}/${name}` },
  }))

const CONFIG = {
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: true },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'httpbasic',
      name: 'API key',
      description: 'An API key with the scopes scim:read and scim:write in X-API-Key.',
    },
  ],
} as const
