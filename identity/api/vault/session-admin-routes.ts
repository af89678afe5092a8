import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { forgetSessionsOf } from '../../login/sessions.ts'
import { endSessionsOf, revokeGrantsOf } from '../../oidc/artifacts.ts'

interface UserPath {
  readonly tenant_id: string
  readonly user_id: string
}

/** endUserSessions of docs/contracts/secrets-vault-additions.openapi.yaml: signs a user out everywhere. */
export function sessionAdminRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
): void {
  const write = { config: { right: 'users:write' } } as const
  app.delete<{ Params: UserPath }>('/tenants/:tenant_id/users/:user_id/sessions', write, async ({ params }, reply) => {
    const { tenant_id: tenant, user_id: userId } = params
    await requireTenant(deps, tenant)
    await requireUser(deps, tenant, userId)
    for (const end of [endSessionsOf, revokeGrantsOf, forgetSessionsOf]) await end(deps, tenant, userId)
    return reply.code(204).send()
  })
}
