import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API_VERSION, type Resource } from '../config/resource.ts'

const document = (kind: string, name: string, spec: Record<string, unknown>): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
})

/** Tenants of the embedded service, and the Connection to it. */
export const tenantDocuments = (count: number): readonly Resource[] => [
  document('Connection', 'runtime', {
    system: 'SecretsVault',
    endpoint: 'embedded',
    credentials: { apiKey: { fromFile: '.plumbline/data/admin.key' } },
  }),
  ...Array.from({ length: count }, (_, i) =>
    document('Tenant', `tenant-${i}`, { connectionRef: { name: 'runtime' }, displayName: `Tenant ${i}` }),
  ),
]

const PROJECT = { apiVersion: API_VERSION, kind: 'Project', name: 'bench', paths: ['documents'] }

/** A project of so many tenants in a temporary folder. JSON is YAML. */
export function tenantProject(count: number): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  mkdirSync(join(folder, 'documents'))
  const texts = tenantDocuments(count).map((resource) => JSON.stringify(resource))
  writeFileSync(join(folder, 'documents', 'all.yaml'), texts.join('\n---\n'))
  writeFileSync(join(folder, 'plumbline.yaml'), JSON.stringify(PROJECT))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
