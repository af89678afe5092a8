import type { FastifyInstance } from 'fastify'
import { guardedRoutes } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { removeKey, rotateKeys } from '../../oidc/keys.ts'

interface TenantPath {
  readonly tenant_id: string
}
const ADMIN = { config: { right: 'admin' } } as const

/** rotateTenantKeys and deleteTenantKey of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function keyRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
): void {
  guardedRoutes(scope, deps, () => {
    scope.post<{ Params: TenantPath }>('/rotate', ADMIN, async ({ params }) => {
      await requireTenant(deps, params.tenant_id)
      const { activeFrom } = await rotateKeys(deps, params.tenant_id)
      deps.providers.forget(params.tenant_id)
      return { active_from: activeFrom.toISOString() }
    })

    scope.delete<{ Params: TenantPath & { kid: string } }>('/:kid', ADMIN, async ({ params }, reply) => {
      await requireTenant(deps, params.tenant_id)
      await removeKey(deps, params.tenant_id, params.kid)
      deps.providers.forget(params.tenant_id)
      return reply.code(204).send()
    })
  })
}
