import type { Deps } from '../deps.ts'
import { type AuditVerdict, verifyAudit } from '../platform/audit/log.ts'
import { everyOne } from '../platform/contract/paging.ts'
import { GLOBAL, type Scope } from '../store/store.ts'
import { TENANTS } from './tenants.ts'

/** The verdict on one log. `scope`: a tenant id, or empty for what belongs to no tenant. */
export interface ScopeVerdict extends AuditVerdict {
  readonly scope: Scope
}

/** Checks the log of one tenant, or without one the general log and those of all tenants. Throws UNAVAILABLE. */
export async function* verifyAll(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant?: string,
): AsyncGenerator<ScopeVerdict> {
  if (tenant !== undefined) return yield { scope: tenant, ...(await verifyAudit(deps, tenant)) }
  yield { scope: GLOBAL, ...(await verifyAudit(deps, GLOBAL)) }
  for await (const { tenant_id: scope } of everyOne(deps.store, TENANTS, GLOBAL))
    yield { scope, ...(await verifyAudit(deps, scope)) }
}
