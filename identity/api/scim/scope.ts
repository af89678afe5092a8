import type { FastifyRequest } from 'fastify'
import { callerOf } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import type { Context } from './resource-type.ts'

export const READ = { right: 'scim:read' } as const
export const WRITE = { right: 'scim:write' } as const

export interface TenantPath {
  readonly tenant_id: string
}

/** Address of a tenant's resources, without a slash at its end. */
export const baseOf = (deps: Deps, tenant: string): string =>
  `${publicUrlOf(deps)}/scim/v2/${encodeURIComponent(tenant)}`

export function contextOf(deps: Deps, request: FastifyRequest): Context {
  const { tenant_id: tenant } = request.params as TenantPath
  return { deps, tenant, base: baseOf(deps, tenant), now: deps.now().toISOString(), caller: callerOf(request) }
}
