import { toPlumblineError } from '../config/errors.ts'
import type { Documents } from '../config/project/documents.ts'
import { resolve } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Deps } from '../identity/deps.ts'
import type { LoginImpactPage } from '../identity/people/login-impact.ts'
import { countImpact, type ReadImpact } from '../impact/count.ts'
import { type Known, type LoginProposal, proposalOf } from '../impact/proposal.ts'
import { readingStore } from '../impact/store.ts'
import type { Workspace } from '../library/workspace.ts'
import { encoded } from '../providers/session.ts'
import type { TenantImpact } from '../review/model.ts'
import { settingsByTenant } from '../review/settings.ts'
import type { Run } from './run.ts'
import { vaultOfTenant } from './vault-of-tenant.ts'

interface How {
  /** Lists who they are. */
  readonly ids?: boolean
}
type ReadsOf = (tenant: string, proposal: LoginProposal) => ReadImpact | Promise<ReadImpact>

/** Whom the documents of a workspace concern, by the services of their tenants. */
export const impactByServices = (run: Run, workspace: Workspace, how: How = {}): Promise<readonly TenantImpact[]> =>
  impactOfTenants(run, workspace, how, (tenant, proposal) => askingService(run, workspace, tenant, proposal))

/** The same by a store, as that of every service. */
export const impactInStore = (
  run: Run,
  documents: Documents,
  deps: Pick<Deps, 'store' | 'now'>,
  how: How,
): Promise<readonly TenantImpact[]> =>
  impactOfTenants(run, { documents, entries: new Map() }, how, (tenant, proposal) =>
    readingStore(deps, tenant, proposal),
  )

/** What cannot be asked is unknown. */
function impactOfTenants(
  { terminal, signal }: Run,
  { documents: { resources }, entries }: Pick<Workspace, 'documents' | 'entries'>,
  { ids = false }: How,
  readsOf: ReadsOf,
): Promise<readonly TenantImpact[]> {
  return terminal.stage('counting users', async (progress) => {
    const found: TenantImpact[] = []
    const known = { index: resolve(resources), entries }
    for (const settings of settingsByTenant(resources).values()) {
      const { tenant } = settings
      const onUsers = (done: number): void => progress.say(`${tenant}, ${done} users`)
      try {
        found.push(
          await countImpact(await readsOf(tenant, proposalFor(resources, tenant, known)), settings, {
            ids,
            onUsers,
            signal,
          }),
        )
      } catch (thrown) {
        if (signal.aborted) throw thrown
        found.push({ tenant, because: toPlumblineError(thrown).message, effects: [] })
      }
    }
    return found
  })
}

const proposalFor = (resources: readonly Resource[], tenant: string, known: Known): LoginProposal =>
  proposalOf(resources, { tenant_id: tenant, organization_id: null, client_id: null, username: null }, known)

const NOT_FOUND = 404

async function askingService(
  { signal }: Run,
  workspace: Workspace,
  tenant: string,
  proposal: LoginProposal,
): Promise<ReadImpact> {
  const vault = await vaultOfTenant(workspace, tenant, undefined)
  const path = `/v1/tenants/${encoded(tenant)}/login-impact`
  return async (offset) => {
    const body = { ...proposal, offset }
    const operation = { id: 'findLoginImpact', method: 'POST', path, body, reads: true, accepts: [NOT_FOUND] } as const
    const answer = await vault.call(operation, signal)
    return answer.status === NOT_FOUND ? undefined : (vault.object(operation, answer) as unknown as LoginImpactPage)
  }
}
