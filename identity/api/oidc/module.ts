import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { vaultErrors } from '../../platform/contract/vault-errors.ts'
import type { ErrorForm } from '../../platform/fault.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { publicClientRoutes, publicClientTenantRoutes, userInfoRoutes } from './account-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { logoutRoutes } from './logout-routes.ts'
import { issuerRoutes, metadataRoute, oauthErrors } from './routes.ts'
import { exchangeToken, exchangeTokenForTenant } from './token-routes.ts'

type Routes = (
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'providers' | 'entraKeys'>,
) => Promise<void> | void

/** Where RFC 8414, section 3.1, looks for the document of an issuer that has a path. */
const metadataRoutes: Routes = (scope, deps) => void metadataRoute(scope, deps, '')

/** Every operation has a scope of its own, because they differ in the form of errors and bodies. */
const SCOPES: readonly (readonly [prefix: string, form: ErrorForm, routes: Routes])[] = [
  ['/:tenant_id/oidc', oauthErrors, issuerRoutes],
  ['/.well-known/oauth-authorization-server/:tenant_id/oidc', oauthErrors, metadataRoutes],
  ['/v1/token', oauthErrors, exchangeToken],
  ['/v1/tenants/:tenant_id/token', oauthErrors, exchangeTokenForTenant],
  ['/v1/tenants/:tenant_id/keys', vaultErrors, keyRoutes],
  ['/v1/userinfo', vaultErrors, userInfoRoutes],
  ['/v1/logout', vaultErrors, logoutRoutes],
  ['/v1/login/client', vaultErrors, publicClientRoutes],
  ['/v1/login/client-tenant', vaultErrors, publicClientTenantRoutes],
]

/** The OpenID provider of every tenant, and the operations of the contract that belong to it. */
export async function oidcRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'providers' | 'entraKeys'> },
): Promise<void> {
  deps.providers.onFault = (error) => app.log.error({ err: error }, 'an OpenID provider failed')
  for (const [prefix, form, routes] of SCOPES) await contractScope(app, prefix, form, (scope) => routes(scope, deps))
}
