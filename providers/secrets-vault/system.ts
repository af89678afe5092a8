import type { Kind } from '../../config/kind.ts'
import type { System } from '../../reconciler/adapter.ts'
import { placeBehind } from '../place-behind.ts'
import { sessionOf } from '../session.ts'
import { claimBook } from './claims.ts'
import { vaultClient } from './client.ts'
import { CollectionAdapter } from './collection.ts'
import { Directory } from './directory.ts'
import { Groups } from './groups.ts'
import { RESOURCES } from './resources.ts'
import { TenantOwnership, TenantsAdapter } from './tenants.ts'

/** The Secrets Vault service (contract secrets-vault) and the organizations of the runtime. */
export const SecretsVault: System = {
  name: 'SecretsVault',
  parallelWrites: 4,
  connect(options) {
    const client = vaultClient(options)
    const directory = new Directory(client)
    const ownership = new TenantOwnership(client)
    const collections: CollectionAdapter[] = []
    const collection = (name: keyof typeof RESOURCES) => (kind: Kind) => {
      const made = new CollectionAdapter(kind, RESOURCES[name], client)
      collections.push(made)
      return made
    }
    const adapters = {
      Organization: collection('Organization'),
      Tenant: (kind: Kind) => new TenantsAdapter(kind, client, ownership),
      Client: collection('Client'),
      User: collection('User'),
      Group: (kind: Kind) => new Groups(kind, client, directory),
      ApiKey: collection('ApiKey'),
    }
    const refresh = (): void => {
      directory.forget()
      for (const one of collections) one.forget()
    }
    return sessionOf('SecretsVault', adapters, {
      refresh,
      claims: claimBook(client),
      place: placeBehind(options, 'SecretsVault'),
    })
  },
}
