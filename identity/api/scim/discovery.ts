import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { SCIM_TYPE } from '../../directory/scim/errors.ts'
import { EnterpriseUser, GroupSchema, type ScimResource, UserSchema } from '../../directory/scim/schemas.ts'
import { described } from '../../directory/scim/served-schemas.ts'
import type { TenantPath } from '../../directory/tenants.ts'
import { Fault } from '../../platform/fault.ts'
import { MAX_OPERATIONS, MAX_PAYLOAD } from './bulk.ts'
import { listResponse, MAX_RESULTS } from './list.ts'
import { GROUP_TYPE } from './scim-groups.ts'
import { baseOf, READ } from './scope.ts'
import { SCIM_USERS } from './users.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'
interface Path {
  Params: TenantPath & { readonly id: string }
}

/** ServiceProviderConfig, ResourceTypes and Schemas (RFC 7644, section 4). */
export function discoveryRoutes(app: FastifyInstance, deps: Pick<Deps, 'publicUrl'>): void {
  const name = 'ServiceProviderConfig'
  app.get<Path>(`/:tenant_id/${name}`, { config: READ }, ({ params }, reply) => {
    const location = `${baseOf(deps, params.tenant_id)}/${name}`
    return reply.type(SCIM_TYPE).send({ ...CONFIG, meta: { resourceType: name, location } })
  })
  catalogue(app, deps, 'ResourceTypes', resourceTypes)
  catalogue(app, deps, 'Schemas', (base) => SCHEMAS.map((schema) => described(schema, base)))
}

function catalogue(
  app: FastifyInstance,
  deps: Pick<Deps, 'publicUrl'>,
  name: string,
  entriesAt: (base: string) => readonly ScimResource[],
): void {
  const entriesOf = ({ tenant_id }: TenantPath) => entriesAt(`${baseOf(deps, tenant_id)}/${name}`)
  app.get<Path>(`/:tenant_id/${name}`, { config: READ }, ({ params, query }, reply) => {
    // A filter on what describes the service might hide a part of it (RFC 7644, section 4).
    if (Object.hasOwn(query as object, 'filter')) throw new Fault(403, `${name} cannot be filtered`)
    const entries = entriesOf(params)
    return reply.type(SCIM_TYPE).send(listResponse(entries, entries.length))
  })
  app.get<Path>(`/:tenant_id/${name}/:id`, { config: READ }, ({ params }, reply) => {
    const found = entriesOf(params).find((entry) => entry.id === params.id)
    if (!found) throw new Fault(404, `there is no entry '${params.id}' in ${name}`)
    return reply.type(SCIM_TYPE).send(found)
  })
}

const SCHEMAS = [UserSchema, GroupSchema, EnterpriseUser]
const EXTENSIONS = { User: [{ schema: EnterpriseUser.id, required: false }], Group: [] }

const resourceTypes = (base: string): ScimResource[] =>
  [SCIM_USERS, GROUP_TYPE].map(({ name, endpoint, schema }) => ({
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
  bulk: { supported: true, maxOperations: MAX_OPERATIONS, maxPayloadSize: MAX_PAYLOAD },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: true },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description:
        'Authorization: Bearer with an API key, or with a client credentials token, with the scopes scim:read and scim:write. The key may be sent in X-API-Key instead.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
} as const
