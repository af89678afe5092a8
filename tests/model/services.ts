import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EMBEDDED_URL, type Embedded, openEmbedded } from '../../identity/embedded.ts'

export const TENANTS = ['north', 'south'] as const
export type Environment = 'dev' | 'prod'

/** Names of the services; the first two are one. */
const SERVICE: Readonly<Record<string, Environment>> = {
  'dev.example': 'dev',
  'also-dev.example': 'dev',
  'prod.example': 'prod',
}
export const ADDRESSES = ['https://dev.example', 'https://also-dev.example:443/', 'https://prod.example'] as const
export const environmentAt = (address: string): Environment => SERVICE[new URL(address).host] ?? 'dev'

/** A file system in memory: thousands of lives need no disk. */
const MEMORY = '/dev/shm'

export interface Live {
  readonly id: string
  readonly name: string
  readonly external?: string
}

/** Two embedded services with one administrator key, each reached by its names; two tenants in each. */
export class Services {
  readonly adminKey: string
  readonly #open: Readonly<Record<Environment, Embedded>>
  readonly #folder: string

  static async open(): Promise<Services> {
    const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'plumbline-model-'))
    const open = async (name: Environment) => {
      const dataFolder = join(folder, name)
      return openEmbedded({ store: dataFolder, dataFolder })
    }
    const services = new Services({ dev: await open('dev'), prod: await open('prod') }, folder)
    for (const environment of ['dev', 'prod'] as const)
      for (const tenant_id of TENANTS) await services.call(environment, 'POST', '/v1/tenants', { tenant_id })
    return services
  }

  private constructor(open: Readonly<Record<Environment, Embedded>>, folder: string) {
    this.#open = open
    this.#folder = folder
    this.adminKey = 'the key of each service stands in for it'
  }

  readonly fetch: typeof fetch = (input, init) => {
    const url = new URL(String(input))
    return this.#send(environmentAt(url.origin), `${url.pathname}${url.search}`, init ?? {})
  }

  #send(environment: Environment, path: string, init: RequestInit): Promise<Response> {
    const { fetch, adminKey } = this.#open[environment]
    const headers = new Headers(init.headers)
    if (headers.get('x-api-key') === this.adminKey) headers.set('x-api-key', adminKey ?? '')
    return fetch(`${EMBEDDED_URL}${path}`, { ...init, headers })
  }

  async call(environment: Environment, method: string, path: string, body?: unknown, key = this.adminKey) {
    const answer = await this.#send(environment, path, {
      method,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }

  /** What an API key with the right to read users is answered. */
  async statusWith(environment: Environment, tenant: string, key: string): Promise<number> {
    return (await this.call(environment, 'GET', `/v1/tenants/${tenant}/users`, undefined, key)).status
  }

  /** Groups of a tenant that are called so, or begin so, whatever the letter case. */
  async groups(
    environment: Environment,
    tenant: string,
    name: string,
    op: 'eq' | 'sw' = 'eq',
  ): Promise<readonly Live[]> {
    const filter = encodeURIComponent(`displayName ${op} "${name}"`)
    const { json } = await this.call(environment, 'GET', `/scim/v2/${tenant}/Groups?filter=${filter}`)
    const found = (json.Resources ?? []) as readonly {
      readonly id: string
      readonly displayName: string
      readonly externalId?: string
    }[]
    return found.map(({ id, displayName: name, externalId }) => ({
      id,
      name,
      ...(externalId === undefined ? {} : { external: externalId }),
    }))
  }

  async makeGroup(environment: Environment, tenant: string, name: string, external: string): Promise<void> {
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    const body = { schemas, displayName: name, externalId: external }
    await this.call(environment, 'POST', `/scim/v2/${tenant}/Groups`, body)
  }

  async deleteGroups(environment: Environment, tenant: string, name: string): Promise<void> {
    for (const { id } of await this.groups(environment, tenant, name))
      await this.call(environment, 'DELETE', `/scim/v2/${tenant}/Groups/${id}`)
  }

  async close(): Promise<void> {
    for (const service of Object.values(this.#open)) await service.close()
    rmSync(this.#folder, { recursive: true })
  }
}
