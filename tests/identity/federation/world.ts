import * as client from 'openid-client'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import type { AuthorizationRequest } from '../../../signin/flow.ts'
import { type Application, newRequest, openApplication } from '../oidc/application.ts'
import { ADA, Browser, completeLogin, reachLogin, target } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld, type WorldOptions } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'

export const TENANT = 'acme-web'
const ORGANIZATION = 'acme'
/** Where the application wants people after a logout. */
export const AFTER = 'https://app.example.com/signed-out'

/** One service at which people sign in with their account of another one, both over HTTP. */
export interface FederationWorld {
  /** Where people sign in. */
  readonly here: OidcWorld
  /** Where they have an account already. */
  readonly there: OidcWorld
  /** An application of `here`. */
  readonly app: Application
  /** Lays units over the CIM settings of the organization. */
  settings(units: object): Promise<void>
  /** The ids of the login methods, by name. */
  methods(): Promise<Readonly<Record<string, string>>>
  /** The login method at `there`, with more settings; returns its id. */
  method(more?: object, block?: object): Promise<string>
  /** Writes a login method beside the others, or in place of the one of its id. */
  add(method: object): Promise<void>
  close(): Promise<void>
}

interface Units {
  readonly login_methods: { readonly login_methods: readonly { readonly id: string; readonly name: string }[] }
}

export async function openFederationWorld(options: WorldOptions = {}): Promise<FederationWorld> {
  const [here, there] = [await openOidcWorld(options), await openOidcWorld()]
  await here.admin('POST', '/v1/tenants', { tenant_id: TENANT, display_name: 'Acme', register_enable: true })
  await here.admin('POST', '/v1/organizations', { organization_id: ORGANIZATION, access: ACCESS })
  await here.admin('PUT', `/v1/organizations/${ORGANIZATION}/tenants/${TENANT}`)
  const app = await openApplication(here, { register_enable: true, post_logout_redirect_uri: [AFTER] }, TENANT)
  const tenantThere = await there.tenant()

  const cim = async (method: string, body?: object): Promise<Units | undefined> => {
    const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/json' }
    const url = `${here.url}/orgs/${ORGANIZATION}/cim/api/v2/config`
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`)
    return answer.status === 200 ? ((await answer.json()) as Units) : undefined
  }
  const settings = async (units: object) => void (await cim('POST', units))
  const listed = async () => (await cim('GET'))?.login_methods.login_methods ?? []
  const methods = async () => Object.fromEntries((await listed()).map(({ id, name }) => [name, id]))

  const add = async (one: { readonly id?: string }) => {
    const others = (await listed()).filter(({ id }) => id !== one.id)
    await settings({ login_methods: { login_methods: [...others, one] } })
  }

  const method: FederationWorld['method'] = async (more = {}, block = {}) => {
    const known = (await methods())['Work account']
    const kept = (await listed()).filter(({ name }) => name !== 'Work account')
    const discovery_url = `${there.url}/${tenantThere}/oidc/.well-known/openid-configuration`
    const own = {
      ...(known === undefined ? {} : { id: known }),
      type: 'OPEN_ID_CONNECT',
      name: 'Work account',
      enabled: true,
      authentication_level: 2,
      auto_email_verification: true,
      open_id_connect_attributes: { client_id: 'acme-web', discovery_url, ...block },
      ...more,
    }
    await settings({ login_methods: { login_methods: [...kept, own] } })
    return String((await methods())['Work account'])
  }
  const id = await method()
  const redirect = `${here.url}/${TENANT}/login/with/${id}/callback`
  const registered = await there.client(tenantThere, { client_id: 'acme-web', redirect_uris: [redirect] })
  const path = `/v1/organizations/${ORGANIZATION}/login-methods/${id}/client-secret`
  await here.admin('PUT', path, { client_secret: registered.client_secret })
  return {
    here,
    there,
    app,
    settings,
    methods,
    method,
    add,
    close: async () => {
      await here.close()
      await there.close()
    },
  }
}

/** A login at `here` that waits for a person, in a browser. */
export interface Waiting {
  readonly browser: Browser
  readonly handle: string
  readonly request: AuthorizationRequest
}

export async function waitAt({ here, app }: FederationWorld, extra = {}): Promise<Waiting> {
  const browser = new Browser()
  const request = await newRequest(app, 'openid email profile', extra)
  return { browser, handle: await reachLogin(here, browser, request.address), request }
}

/** Presses the button of a method; returns the answer, which leads to the other provider. */
export const press = ({ here }: FederationWorld, { browser, handle }: Waiting, id: string): Promise<Response> =>
  browser.open(`${here.url}/${TENANT}/login/with/${id}?auth_req_id=${handle}`)

/** Signs in at `there` by the address that the button led to; returns the address to which the browser is sent back. */
async function signInThere({ there }: FederationWorld, answer: Response, login = ADA): Promise<URL> {
  const address = target(answer, there.url)
  const tenant = address.pathname.split('/')[1] ?? ''
  const browser = new Browser()
  const handle = await reachLogin(there, browser, address)
  return target(await completeLogin(there, browser, tenant, handle, login), there.url)
}

/** Follows the page that goes on by itself to the application; returns the address there. */
async function follow({ here }: FederationWorld, browser: Browser, page: Response): Promise<URL> {
  const html = await page.text()
  const next = /content="0; url=([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  if (next === undefined) throw new Error(`the page does not go on: ${page.status} ${textOf(html)}`)
  const resumed = await browser.open(here.url + next)
  return target(await browser.open(target(resumed, here.url).href), here.url)
}

/** What stands on a page. */
export const textOf = (html: string): string =>
  (/<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? html)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** The whole way of a person who has an account at `there`; returns the claims that the application gets. */
export async function signIn(world: FederationWorld, id: string, login = ADA): Promise<client.IDToken> {
  const waiting = await waitAt(world)
  const back = await signInThere(world, await press(world, waiting, id), login)
  return claimsOf(world, waiting, await waiting.browser.open(back.href))
}

/** The claims that the application gets after the last page of a login. */
export const claimsOf = async (world: FederationWorld, waiting: Waiting, page: Response) =>
  (await tokensOf(world, waiting, page)).claims() as client.IDToken

/** The tokens that the application gets after the last page of a login. */
export const tokensOf = async (world: FederationWorld, { browser, request }: Waiting, page: Response) =>
  client.authorizationCodeGrant(world.app.config, await follow(world, browser, page), request.checks)

/** Signs out at `here`, as the application asks for it; returns the answer that leads on. */
export async function signOut(
  world: FederationWorld,
  browser: Browser,
  idToken: string,
  extra = {},
): Promise<Response> {
  const address = client.buildEndSessionUrl(world.app.config, {
    id_token_hint: idToken,
    post_logout_redirect_uri: AFTER,
    state: 'app-state',
    ...extra,
  })
  return browser.submit(await browser.open(address.href), { logout: 'yes' })
}

/** Whether the browser is signed in at `here`. */
export const isSignedIn = async ({ here }: FederationWorld, browser: Browser): Promise<boolean> =>
  (await browser.open(`${here.url}/${TENANT}/account`)).status === 200

/** What the audit log of the tenant says, the oldest first. */
export async function events({
  here,
}: FederationWorld): Promise<readonly { event: string; subject: Readonly<Record<string, string>> }[]> {
  const { items } = await here.service.deps.store.find(AUDIT_RECORDS, TENANT, { limit: 500 })
  return items.map(({ event, subject }) => ({ event, subject }))
}
