import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import type { Resource } from '../../config/resource.ts'
import { openEmbedded } from '../../identity/embedded.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import { document, Road } from './world.ts'

const SYSTEM_OF = { pigello: 'Pigello', cim: 'OneWelcomeCim', sailpoint: 'SailPoint', navixy: 'Navixy' } as const
type Vendor = keyof typeof SYSTEM_OF

export const ORGANIZATION_ID = '497f6eca-6276-4993-bfeb-53cbbbba6f08'
export const NAVIXY_USERS = Array.from({ length: 250 }, (_, i) => 2_000 + i)

const variable = (vendor: string, field: string): string => `ACME_${vendor}_${field}`.toUpperCase()

const credentials = (vendor: Vendor): Record<string, unknown> =>
  Object.fromEntries(CREDENTIALS[SYSTEM_OF[vendor]].map((f) => [f, { fromEnv: variable(vendor, f) }]))

/** The organization `acme`, its tenant, and a Connection to each system of the embedded runtime. */
export function acmeDocuments(): readonly Resource[] {
  const vendors = Object.keys(SYSTEM_OF) as Vendor[]
  return [
    document('Connection', 'vault', {
      system: 'SecretsVault',
      endpoint: 'embedded',
      credentials: { apiKey: { fromEnv: 'ADMIN_KEY' } },
    }),
    document('Organization', 'acme', {
      connectionRef: { name: 'vault' },
      id: ORGANIZATION_ID,
      displayName: 'Acme',
      access: Object.fromEntries(vendors.map((v) => [v, credentials(v)])),
      navixyUsers: NAVIXY_USERS,
    }),
    document('Tenant', 'acme-web', { connectionRef: { name: 'vault' }, organizationRef: { name: 'acme' } }),
    ...vendors.map((vendor) =>
      document('Connection', vendor, {
        system: SYSTEM_OF[vendor],
        endpoint: 'embedded',
        organizationRef: { name: 'acme' },
        credentials: credentials(vendor),
      }),
    ),
  ]
}

/** Secret values for `acmeDocuments`. */
function acmeSecrets(adminKey: string): Record<string, string> {
  const fields = Object.entries(SYSTEM_OF).flatMap(([vendor, system]) =>
    CREDENTIALS[system].map((n) => variable(vendor, n)),
  )
  const values = fields.map((name) => [name, `${name.toLowerCase()}-value`])
  return { ...Object.fromEntries(values), ACME_NAVIXY_HASH: '0123456789abcdef0123456789abcdef', ADMIN_KEY: adminKey }
}

/** Opens an embedded runtime in a temporary folder and a road to it, with the secrets of `acmeDocuments`. */
export async function openAcme() {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-acme-'))
  const embedded = await openEmbedded({ store: join(folder, 'data'), dataFolder: join(folder, 'data') })
  const road = new Road({ systems: SYSTEMS, embedded: embedded.fetch })
  road.env = acmeSecrets(embedded.adminKey ?? '')
  return {
    road,
    fetch: embedded.fetch,
    adminKey: embedded.adminKey ?? '',
    close: async () => {
      await embedded.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
