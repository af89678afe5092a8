import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { contractScope } from '../http/errors.ts'
import { sessionAdminRoutes } from '../login/session-admin-routes.ts'
import { passwordAdminRoutes } from '../password/admin-routes.ts'
import { loginPolicyRoutes } from '../policy/routes.ts'
import { guarded } from './access.ts'
import { apiKeyRoutes } from './api-key-routes.ts'
import { clientRoutes } from './client-routes.ts'
import { vaultErrors } from './errors.ts'
import { tenantOrganizationRoutes } from './tenant-organizations.ts'
import { tenantRoutes } from './tenant-routes.ts'
import { userBatchRoutes } from './user-batches.ts'
import { userRoutes } from './user-routes.ts'
import { validateVault } from './validation.ts'

const MODULES = [
  tenantRoutes,
  clientRoutes,
  userRoutes,
  userBatchRoutes,
  sessionAdminRoutes,
  passwordAdminRoutes,
  apiKeyRoutes,
  tenantOrganizationRoutes,
  loginPolicyRoutes,
] as const

/** The administration operations of docs/contracts/secrets-vault.openapi.yaml and its additions. */
export async function vaultRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  await contractScope(app, '/v1', vaultErrors, (scope) => {
    validateVault(scope)
    guarded(scope, deps, () => {
      for (const module of MODULES) module(scope, deps)
    })
  })
}
