import type { Deps } from '../identity/deps.ts'
import { TENANTS } from '../identity/directory/tenants.ts'
import { loginImpact } from '../identity/people/login-impact.ts'
import { GLOBAL } from '../identity/store/store.ts'
import type { ReadImpact } from './count.ts'
import type { LoginProposal } from './proposal.ts'

/** Reads the users of a tenant from a store that is at hand. */
const PAGE = 500

export const readingStore =
  (deps: Pick<Deps, 'store' | 'now'>, tenantId: string, proposal: LoginProposal): ReadImpact =>
  async (offset) => {
    const { organization_id: organization, documents } = proposal
    const tenant = await deps.store.get(TENANTS, GLOBAL, tenantId)
    return tenant && loginImpact(deps, tenant, { organization, documents }, { limit: PAGE, offset })
  }
