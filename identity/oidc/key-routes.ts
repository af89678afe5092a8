import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { guarded } from '../vault/access.ts'
import { requireTenant } from '../vault/tenants.ts'
import { rotateKeys } from './keys.ts'

/** rotateTenantKeys of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function keyRoutes(scope: FastifyInstance, deps: Deps): void {
  guarded(scope, deps, () => {
    scope.post<{ Params: { tenant_id: string } }>('', { config: { right: 'admin' } }, async (request) => {
      await requireTenant(deps, request.params.tenant_id)
      const { activeFrom } = await rotateKeys(deps, request.params.tenant_id)
      return { active_from: activeFrom.toISOString() }
    })
  })
}
