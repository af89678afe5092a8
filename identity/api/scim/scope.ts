import type { FastifyRequest } from 'fastify'
import { callerId } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import type { TenantPath } from '../../directory/tenants.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import type { ScimContext } from './resource-type.ts'

export const READ = { right: 'scim:read' } as const
export const WRITE = { right: 'scim:write' } as const

/** Address of a tenant's resources, without a slash at its end. */
export const baseOf = (deps: Pick<Deps, 'publicUrl'>, tenant: string): string =>
  `${publicUrlOf(deps)}/scim/v2/${encodeURIComponent(tenant)}`

export function contextOf(deps: Deps, request: FastifyRequest): ScimContext {
  const { tenant_id: tenant } = request.params as TenantPath
  return { deps, tenant, base: baseOf(deps, tenant), now: deps.now().toISOString(), caller: callerId(request) }
}
