import { newRequest, openApplication } from '../oidc/application.ts'
import { Browser, reachLogin } from '../oidc/browser.ts'
import type { OidcWorld } from '../oidc/world.ts'

export interface Begun {
  readonly tenant: string
  readonly browser: Browser
  readonly handle: string
  /** Address of the sign-in page. */
  readonly address: string
}

/** A browser at the sign-in page of a fresh tenant. */
export async function begin(world: OidcWorld, tenantSettings: object = {}, client: object = {}): Promise<Begun> {
  const tenant = await world.tenant()
  const settings = await world.admin<object>('GET', `/v1/tenants/${tenant}`)
  await world.admin('PUT', `/v1/tenants/${tenant}`, { ...settings, ...tenantSettings })
  const app = await openApplication(world, { ...client }, tenant)
  const browser = new Browser()
  const handle = await reachLogin(world, browser, (await newRequest(app)).address)
  return { tenant, browser, handle, address: `${world.url}/${tenant}/login?auth_req_id=${handle}` }
}

export const form = (values: Readonly<Record<string, string>>, headers = {}): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(values),
  headers,
})

/** The token that the forms of a page hold. */
export async function tokenOf(page: Response): Promise<string> {
  return /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
}
