import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SystemName } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { openService } from '../../identity/service.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import type { Adapter, ConnectOptions, Session } from '../../reconciler/adapter.ts'
import { Secret } from '../../reconciler/secret.ts'

/** Access that every organization of a test world grants; the values are marked, so that a leak can be found. */
const ACCESS = {
  pigello: {
    customer_id: 'planted-customer',
    application_id: 'planted-application',
    service_id: 'planted-service',
    service_version_id: 'planted-version',
    client_ct: 'planted-ct',
    client_entity: 'planted-entity',
    client_secret: 'planted-pigello',
  },
  cim: { username: 'planted-username', password: 'planted-password' },
  sailpoint: { client_id: 'planted-client', client_secret: 'planted-sailpoint' },
  navixy: { hash: 'planted-hash' },
}

const CREDENTIALS: Readonly<Record<Exclude<SystemName, 'SecretsVault'>, Readonly<Record<string, string>>>> = {
  Pigello: {
    customerId: 'planted-customer',
    applicationId: 'planted-application',
    serviceId: 'planted-service',
    serviceVersionId: 'planted-version',
    clientCt: 'planted-ct',
    clientEntity: 'planted-entity',
    clientSecret: 'planted-pigello',
  },
  OneWelcomeCim: { username: 'planted-username', password: 'planted-password' },
  SailPoint: { clientId: 'planted-client', clientSecret: 'planted-sailpoint' },
  Navixy: { hash: 'planted-hash' },
}

const PATHS: Readonly<Record<SystemName, (organization: string) => string>> = {
  SecretsVault: () => '',
  Pigello: (o) => `/orgs/${o}/pigello`,
  OneWelcomeCim: (o) => `/orgs/${o}/cim`,
  SailPoint: (o) => `/orgs/${o}/sailpoint`,
  Navixy: (o) => `/orgs/${o}/navixy`,
}

/** The runtime over real HTTP on the loopback interface, with an empty store. */
export interface World {
  readonly url: string
  /** Every clear value that must never be seen. */
  readonly planted: readonly string[]
  /** A fresh organization that lets all four vendor APIs in; returns its key. */
  organization(): Promise<string>
  /** A fresh tenant with the users jane and joe; returns its id. */
  tenant(): Promise<string>
  /** Credentials as a Connection of that system would resolve them. */
  credentials(system: SystemName): ConnectOptions['credentials']
  /** A session of a system behind one organization. */
  connect(system: SystemName, organization: string, over?: Partial<ConnectOptions>): Session
  adapter(kind: string, organization: string): Adapter
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-'))
  const service = await openService({ store: folder, dataFolder: folder })
  const url = await service.listen({ host: '127.0.0.1', port: 0 })
  const apiKey = service.createdAdminKey ?? ''
  let made = 0

  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
  const credentials = (system: SystemName): ConnectOptions['credentials'] => {
    const clear = system === 'SecretsVault' ? { apiKey } : CREDENTIALS[system]
    return Object.fromEntries(Object.entries(clear).map(([name, value]) => [name, new Secret(value)]))
  }
  const connect: World['connect'] = (system, organization, over = {}) => {
    const found = SYSTEMS.get(system)
    if (!found) throw new Error(`no system ${system}`)
    return found.connect({
      baseUrl: url + PATHS[system](organization),
      credentials: credentials(system),
      renewCredentials: async () => credentials(system),
      fetch,
      now: () => new Date(),
      ...over,
    })
  }
  return {
    url,
    planted: ['planted-', apiKey],
    async organization() {
      const organization_id = `org-${++made}`
      await post('/v1/organizations', { organization_id, display_name: 'Test', access: ACCESS })
      return organization_id
    },
    async tenant() {
      const tenant_id = `tenant-${++made}`
      await post('/v1/tenants', { tenant_id, display_name: 'Test' })
      for (const username of ['jane', 'joe']) {
        const user = { user_id: `${tenant_id}-${username}`, username, email: `${username}@example.com`, tenant_id }
        await post(`/v1/tenants/${tenant_id}/users`, user)
      }
      return tenant_id
    },
    credentials,
    connect,
    adapter(name, organization) {
      const kind = kindOf(name)
      if (!kind?.system) throw new Error(`no kind ${name}`)
      return connect(kind.system, organization).adapter(kind)
    },
    async close() {
      await service.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Base URL path of a system behind an organization. */
export const pathOf = (system: SystemName, organization: string): string => PATHS[system](organization)
