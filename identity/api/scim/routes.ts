import type { FastifyInstance } from 'fastify'
import { guardedRoutes } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { scimErrors } from '../../directory/scim/errors.ts'
import { requireTenant, type TenantPath } from '../../directory/tenants.ts'
import { validateVault } from '../../platform/contract/validation.ts'
import { Fault } from '../../platform/fault.ts'
import { acceptJson } from '../../platform/http/body.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { bulkRoute } from './bulk.ts'
import { discoveryRoutes } from './discovery.ts'
import { resourceRoutes } from './resource-routes.ts'
import { GROUP_TYPE } from './scim-groups.ts'
import { READ } from './scope.ts'
import { searchRoutes } from './search.ts'
import { SCIM_USERS } from './users.ts'

/** SCIM 2.0 (RFC 7643, RFC 7644) under `/scim/v2/{tenant_id}`: the scim-users and scim-groups operations of the contract. */
export async function scimRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  await contractScope(app, '/scim/v2', scimErrors, (scope) => {
    acceptJson(scope, 'application/scim+json')
    validateVault(scope)
    scope.addHook('preHandler', async (request) => {
      if (!request.is404) await requireTenant(deps, (request.params as TenantPath).tenant_id)
    })
    guardedRoutes(scope, deps, () => {
      discoveryRoutes(scope, deps)
      resourceRoutes(scope, deps, SCIM_USERS)
      resourceRoutes(scope, deps, GROUP_TYPE)
      searchRoutes(scope, deps)
      bulkRoute(scope)
      meRoute(scope)
    })
  })
}

/** Credentials act for programs, which are no users here (RFC 7644, section 3.11). */
const meRoute = (scope: FastifyInstance): FastifyInstance =>
  scope.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/:tenant_id/Me',
    config: READ,
    handler: () => {
      throw new Fault(501, '/Me is not offered; name the user by its id')
    },
  })
