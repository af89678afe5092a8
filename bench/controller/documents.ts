import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { loadProject } from '../../config/project/project.ts'
import { API_VERSION, type Resource } from '../../config/resource.ts'
import type { KubeObject } from '../../controller/kube/api.ts'
import { mixedProject } from '../documents.ts'
import type { Opened } from './service.ts'

export const NAMESPACE = 'bench'
const SECRETS = 'bench'
const ADMIN_KEY = 'PLUMBLINE_ADMIN_KEY'
const EXAMPLES = new URL('../../examples/acme/secrets.env.example', import.meta.url)

type Spec = Readonly<Record<string, unknown>>

const objectOf = (kind: string, name: string, spec: Spec): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
})

/** The Secret that all documents read. */
export function secretsOf({ adminKey }: Opened): KubeObject {
  const named = parseEnv(readFileSync(EXAMPLES, 'utf8'))
  const values: Readonly<Record<string, string>> = { 'admin-key': adminKey, hex32: '0123456789abcdef0123456789abcdef' }
  const data = Object.entries(named).map(([name, how]) => [name, values[how ?? ''] ?? `value of ${name}`])
  const encoded = data.map(([name, value]) => [name, Buffer.from(value ?? '').toString('base64')])
  const metadata = { name: SECRETS, namespace: NAMESPACE }
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) }
}

/** Documents of the example acme, without the Connection that all sets share. A set that is cut would wait for ever. */
const SET = 27
/** Only read, and there once a login method of another document is: found then, or one drift interval later. */
const LEFT_OUT = 'CimIdentityProvider'

/** The example acme again and again, as objects of a cluster, with the service at its URL as all five systems; `count` or a few more. */
export function mixedObjects(count: number, service: Opened): readonly KubeObject[] {
  const project = mixedProject(Math.ceil((count - 1) / (SET - 1)) * SET + 1)
  try {
    const { resources } = loadProject({ cwd: project.folder })
    const made = resources.filter((r) => r.kind !== LEFT_OUT)
    return made.map((r) => objectOf(r.kind, r.metadata.name, inCluster(r, service.url)))
  } finally {
    project.remove()
  }
}

/** Tenants alone, which is what the peer can do. */
export function tenantObjects(count: number, { url }: Opened): readonly KubeObject[] {
  const credentials = { apiKey: { fromSecret: { name: SECRETS, key: ADMIN_KEY } } }
  const connection = objectOf('Connection', 'runtime', { system: 'SecretsVault', endpoint: url, credentials })
  const names = Array.from({ length: count - 1 }, (_, i) => `tenant-${i}`)
  const spec = { connectionRef: { name: 'runtime' }, displayName: 'Bench' }
  return [connection, ...names.map((name) => objectOf('Tenant', name, spec))]
}

/** What a cluster says otherwise than a project folder: secrets, deliveries and endpoints. */
function inCluster({ metadata, spec }: Resource, url: string): Spec {
  return {
    ...(withSecrets(spec) as Spec),
    ...(spec.writeTo === undefined
      ? {}
      : { writeTo: { secret: { name: `delivered-${metadata.name}`, key: 'value' } } }),
    ...(spec.endpoint === undefined ? {} : { endpoint: endpointOf(metadata.name, spec, url) }),
  }
}

/** Connections are called like their vendor, e.g. `cim-17`, and so is the path of its contract. */
function endpointOf(name: string, spec: Spec, url: string): string {
  const { organizationRef } = spec as { organizationRef?: { name: string } }
  return organizationRef ? `${url}/orgs/${organizationRef.name}/${name.split('-')[0]}` : url
}

/** `{fromEnv: NAME}` → `{fromSecret: …}`, wherever it stands. */
function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets)
  if (typeof value !== 'object' || value === null) return value
  const { fromEnv, ...rest } = value as Spec
  const others = Object.entries(rest).map(([key, inner]) => [key, withSecrets(inner)])
  const secret = fromEnv === undefined ? {} : { fromSecret: { name: SECRETS, key: fromEnv } }
  return { ...secret, ...Object.fromEntries(others) }
}
