import type { FastifyInstance } from 'fastify'
import { guardedRoutes } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { tenantOrganizationRoutes } from '../../directory/tenant-organizations.ts'
import { validateVault } from '../../platform/contract/validation.ts'
import { vaultErrors } from '../../platform/contract/vault-errors.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { actionTokenRoutes } from './action-token-routes.ts'
import { activationAdminRoutes } from './activation-routes.ts'
import { apiKeyRoutes } from './api-key-routes.ts'
import { clientRoutes } from './client-routes.ts'
import { featureRoutes } from './feature-routes.ts'
import { importRoutes } from './import-routes.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { loginImpactRoutes } from './login-impact-routes.ts'
import { loginPolicyRoutes } from './login-policy-routes.ts'
import { passwordAdminRoutes } from './password-admin-routes.ts'
import { sessionAdminRoutes } from './session-admin-routes.ts'
import { tenantRoutes } from './tenant-routes.ts'
import { userBatchRoutes } from './user-batches.ts'
import { userRoutes } from './user-routes.ts'

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
  loginImpactRoutes,
  invitationRoutes,
  activationAdminRoutes,
  actionTokenRoutes,
  importRoutes,
  featureRoutes,
] as const

/** The administration operations of docs/contracts/secrets-vault.openapi.yaml and its additions. */
export async function vaultRoutes(app: FastifyInstance, { deps }: { readonly deps: Deps }): Promise<void> {
  await contractScope(app, '/v1', vaultErrors, (scope) => {
    validateVault(scope)
    guardedRoutes(scope, deps, () => {
      for (const module of MODULES) module(scope, deps)
    })
  })
}
