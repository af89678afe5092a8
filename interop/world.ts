import { Browser, signIn } from '../tests/identity/oidc/browser.ts'
import { openOidcWorld } from '../tests/identity/oidc/world.ts'

const REDIRECT = 'http://localhost:3000/callback'
const SAILPOINT = { client_id: 'sailpoint', client_secret: 'sailpoint-secret' }

/** A service of its own over loopback, with what the programs need to know of it in the environment. */
export interface InteropWorld {
  readonly environment: Readonly<Record<string, string>>
  /** Signs ada in at an authorization address; returns the address to which the application is sent. */
  signIn(address: string): Promise<string>
  close(): Promise<void>
}

export async function openWorld(): Promise<InteropWorld> {
  const world = await openOidcWorld()
  const tenant = await world.tenant()
  await world.admin('POST', '/v1/organizations', { organization_id: 'acme', access: { sailpoint: SAILPOINT } })
  const scopes = ['scim:read', 'scim:write']
  const key = { name: 'interop', tenant_id: tenant, scopes }
  const { api_key } = await world.admin<{ api_key: string }>('POST', '/v1/api-keys', key)
  const { client_secret } = await world.client(tenant, { redirect_uris: [REDIRECT], sing_alg: 'RS256' })
  return {
    environment: {
      SCIM: `${world.url}/scim/v2/${tenant}`,
      KEY: api_key,
      ISSUER: `${world.url}/${tenant}/oidc`,
      CLIENT_ID: 'web',
      CLIENT_SECRET: client_secret,
      REDIRECT,
      SAILPOINT: `${world.url}/orgs/acme/sailpoint`,
      SAILPOINT_ID: SAILPOINT.client_id,
      SAILPOINT_SECRET: SAILPOINT.client_secret,
    },
    signIn: async (address) => (await signIn(world, new Browser(), tenant, address)).href,
    close: () => world.close(),
  }
}
