import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openService, type Service, type ServiceOptions } from '../../../identity/service.ts'

export interface OidcWorld {
  readonly service: Service
  readonly url: string
  /** Where the store and the keys are. */
  readonly folder: string
  /** Sends JSON with the administrator key and returns the answer's body; fails on an error status. */
  admin<T>(method: string, path: string, body?: unknown): Promise<T>
  /** A tenant with the user `ada` in it. */
  tenant(input?: Readonly<Record<string, unknown>>): Promise<string>
  client(tenant: string, input?: Readonly<Record<string, unknown>>): Promise<RegisteredClient>
  close(): Promise<void>
}

interface RegisteredClient {
  readonly client_id: string
  readonly client_secret: string
}

export const REDIRECT = 'https://app.example.com/callback'

export type WorldOptions = Partial<ServiceOptions> & { readonly host?: string }

/** The whole runtime on an empty embedded store, over HTTP on loopback, where it may reach other servers, too. */
export async function openOidcWorld({ host = '127.0.0.1', ...options }: WorldOptions = {}): Promise<OidcWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-oidc-'))
  const service = await openService({ store: folder, dataFolder: folder, outboundNetworks: LOOPBACK, ...options })
  const url = await service.listen({ host, port: 0 })
  const admin = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }
  let count = 0
  return {
    service,
    url,
    folder,
    admin,
    tenant: async (input = {}) => {
      const tenant_id = `place-${++count}`
      await admin('POST', '/v1/tenants', { tenant_id, ...input })
      await admin('POST', `/v1/tenants/${tenant_id}/users`, {
        user_id: 'ada',
        username: 'ada',
        email: 'ada@example.com',
        tenant_id,
        is_verified: true,
      })
      return tenant_id
    },
    client: (tenant_id, input = {}) =>
      admin('POST', '/v1/clients', { ...CLIENT, client_id: 'web', tenant_id, ...input }),
    close: async () => {
      await service.close()
      await rm(folder, { recursive: true })
    },
  }
}

export const LOOPBACK = ['127.0.0.0/8', '::1/128']
const CLIENT = {
  name: 'Web',
  redirect_uris: [REDIRECT],
  allowed_scopes: ['orders:read'],
  token_endpoint_auth_method: 'client_secret_post',
}
