import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueTicket } from '../identity/oidc/interaction.ts'
import { openService } from '../identity/service.ts'

const ADA = { userId: 'ada', methods: ['pin'], complete: true } as const
export const REDIRECT = 'http://localhost:3000/callback'
const SAILPOINT = { client_id: 'sailpoint', client_secret: 'sailpoint-secret' }

/** A service of its own over loopback, with what the programs need to know of it in the environment. */
export interface World {
  readonly environment: Readonly<Record<string, string>>
  /** Signs ada in at an authorization address; returns the address to which the application is sent. */
  signIn(address: string): Promise<string>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-interop-'))
  const service = await openService({ store: folder, dataFolder: folder })
  const url = await service.listen({ host: '127.0.0.1', port: 0 })
  const admin = async (method: string, path: string, body: object) => {
    const headers = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Readonly<Record<string, string>>
  }
  await admin('POST', '/v1/organizations', { organization_id: 'acme', access: { sailpoint: SAILPOINT } })
  await admin('POST', '/v1/tenants', { tenant_id: 'acme' })
  const ada = { user_id: 'ada', username: 'ada', email: 'ada@example.com', tenant_id: 'acme', is_verified: true }
  await admin('POST', '/v1/tenants/acme/users', ada)
  const scopes = ['scim:read', 'scim:write']
  const { api_key } = await admin('POST', '/v1/api-keys', { name: 'interop', tenant_id: 'acme', scopes })
  const client = { client_id: 'web', name: 'Web', tenant_id: 'acme', redirect_uris: [REDIRECT], sing_alg: 'RS256' }
  const allowed = { allowed_scopes: ['orders:read'], token_endpoint_auth_method: 'client_secret_post' }
  const { client_secret } = await admin('POST', '/v1/clients', { ...client, ...allowed })
  return {
    environment: {
      SCIM: `${url}/scim/v2/acme`,
      KEY: String(api_key),
      ISSUER: `${url}/acme/oidc`,
      CLIENT_ID: 'web',
      CLIENT_SECRET: String(client_secret),
      REDIRECT,
      SAILPOINT: `${url}/orgs/acme/sailpoint`,
      SAILPOINT_ID: SAILPOINT.client_id,
      SAILPOINT_SECRET: SAILPOINT.client_secret,
    },
    signIn: (address) => signIn(service.deps, url, address),
    close: async () => {
      await service.close()
      await rm(folder, { recursive: true })
    },
  }
}

type Deps = Awaited<ReturnType<typeof openService>>['deps']

/** What the login pages do, without the pages: the person is proven, and the browser goes on with a ticket. */
async function signIn(deps: Deps, url: string, address: string): Promise<string> {
  const cookies = new Map<string, string>()
  const go = async (to: string): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(to, url), { redirect: 'manual', headers: { cookie } })
    for (const text of answer.headers.getSetCookie()) {
      const [pair = ''] = text.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const next = answer.headers.get('location')
    if (next === null) throw new Error(`${to}: ${answer.status} ${await answer.text()}`)
    return next
  }
  const page = await go(address)
  const handle = new URL(page, url).searchParams.get('auth_req_id') ?? ''
  const nonce = await issueTicket(deps, handle, ADA)
  return go(await go(`/acme/oidc/complete?${new URLSearchParams({ auth_req_id: handle, nonce })}`))
}
