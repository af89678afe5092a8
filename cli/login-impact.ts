import { toPlumblineError } from '../config/errors.ts'
import type { Documents } from '../config/project/documents.ts'
import type { Deps } from '../identity/deps.ts'
import { TENANTS } from '../identity/directory/tenants.ts'
import { type LoginImpactPage, loginImpact } from '../identity/people/login-impact.ts'
import { GLOBAL } from '../identity/store/store.ts'
import { countImpact, type ReadImpact } from '../impact/count.ts'
import type { Workspace } from '../library/workspace.ts'
import { encoded } from '../providers/session.ts'
import type { TenantImpact } from '../review/model.ts'
import { settingsByTenant } from '../review/settings.ts'
import { proposalOf } from './explain/what-if.ts'
import type { Run } from './run.ts'
import { vaultOfTenant } from './vault-of-tenant.ts'

interface How {
  /** Lists who they are. */
  readonly ids?: boolean
}
type ReadsOf = (tenant: string) => ReadImpact | Promise<ReadImpact>

/** Whom the documents of a workspace concern, by the services of their tenants. */
export const impactByServices = (run: Run, workspace: Workspace, how: How = {}): Promise<readonly TenantImpact[]> =>
  impactOfTenants(run, workspace.documents, how, (tenant) => askingService(run, workspace, tenant))

/** The same by a store, as that of every service. */
export const impactInStore = (
  run: Run,
  documents: Documents,
  deps: Pick<Deps, 'store' | 'now'>,
  how: How,
): Promise<readonly TenantImpact[]> =>
  impactOfTenants(run, documents, how, (tenant) => readingStore(deps, tenant, proposalFor(documents, tenant)))

/** What cannot be asked is unknown. */
function impactOfTenants(
  { terminal, signal }: Run,
  { resources }: Documents,
  { ids = false }: How,
  readsOf: ReadsOf,
): Promise<readonly TenantImpact[]> {
  return terminal.stage('counting users', async (progress) => {
    const found: TenantImpact[] = []
    for (const settings of settingsByTenant(resources).values()) {
      const { tenant } = settings
      const onUsers = (done: number): void => progress.say(`${tenant}, ${done} users`)
      try {
        found.push(await countImpact(await readsOf(tenant), settings, { ids, onUsers, signal }))
      } catch (thrown) {
        if (signal.aborted) throw thrown
        found.push({ tenant, because: toPlumblineError(thrown).message, effects: [] })
      }
    }
    return found
  })
}

const proposalFor = ({ resources }: Documents, tenant: string) =>
  proposalOf(resources, { tenant_id: tenant, organization_id: null, client_id: null, username: null })

const NOT_FOUND = 404

async function askingService({ signal }: Run, workspace: Workspace, tenant: string): Promise<ReadImpact> {
  const vault = await vaultOfTenant(workspace, tenant, undefined)
  const proposal = proposalFor(workspace.documents, tenant)
  const path = `/v1/tenants/${encoded(tenant)}/login-impact`
  return async (offset) => {
    const body = { ...proposal, offset }
    const operation = { id: 'findLoginImpact', method: 'POST', path, body, reads: true, accepts: [NOT_FOUND] } as const
    const answer = await vault.call(operation, signal)
    return answer.status === NOT_FOUND ? undefined : (vault.object(operation, answer) as unknown as LoginImpactPage)
  }
}

const PAGE = 500

export const readingStore =
  (deps: Pick<Deps, 'store' | 'now'>, tenantId: string, proposal: ReturnType<typeof proposalFor>): ReadImpact =>
  async (offset) => {
    const { organization_id: organization, documents } = proposal
    const tenant = await deps.store.get(TENANTS, GLOBAL, tenantId)
    return tenant && loginImpact(deps, tenant, { organization, documents }, { limit: PAGE, offset })
  }
