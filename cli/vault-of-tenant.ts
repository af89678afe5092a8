import { PlumblineError } from '../config/errors.ts'
import { connectionName, connectionOf, keyOf, resolve } from '../config/references.ts'
import type { Workspace } from '../library/workspace.ts'
import { vaultClient } from '../providers/secrets-vault/client.ts'

/** The service of a tenant by a Connection; default: the one of the document of the tenant, else the only one. Throws USAGE. */
export async function vaultOfTenant(workspace: Workspace, tenant: string, connection: string | undefined) {
  return vaultClient(await workspace.context.connections.access(connection ?? connectionTo(workspace, tenant)))
}

function connectionTo({ documents: { resources } }: Workspace, tenant: string): string {
  const index = resolve(resources)
  const document = resources.find((r) => r.kind === 'Tenant' && keyOf(r) === tenant)
  const vaults = resources.filter((r) => r.kind === 'Connection' && r.spec.system === 'SecretsVault')
  const connection = (document && connectionOf(document, index)) ?? (vaults.length === 1 ? vaults[0] : undefined)
  if (connection !== undefined) return connectionName(connection)
  throw new PlumblineError(
    'USAGE',
    `no document says where the tenant ${tenant} is; name a Connection with --connection`,
  )
}
