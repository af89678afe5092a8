import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { contractScope } from '../http/errors.ts'
import { issuerRoutes, oauthErrors } from './routes.ts'
import { tenantsOf } from './tenants.ts'

/** The OpenID provider of every tenant, and the operations of the contract that belong to it. */
export async function oidcRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  tenantsOf(deps).onFault = (error) => app.log.error({ err: error }, 'an OpenID provider failed')
  await contractScope(app, '/:tenant_id/oidc', oauthErrors, (scope) => issuerRoutes(scope, deps))
}
