import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JSONWebKeySet } from 'jose'
import * as oidc from 'openid-client'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { argon2id } from '../../../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../../../identity/proof/client.ts'
import type { LoginSecret, Steps } from '../../../identity/proof/secret-bytes.ts'
import { openService, type Service, type ServiceOptions } from '../../../identity/service.ts'
import { launchBrowser } from '../../support/browser.ts'
import { ACCESS } from '../settings/runtime.ts'

export const SECRET = { pin: '204861', pattern: [0, 1, 2, 5, 8] } as const satisfies LoginSecret
const CLIENT = 'shop'
/** Registered without a port: those of public clients match any (RFC 8252). */
const REDIRECT = 'http://127.0.0.1/callback'

export interface Asked {
  readonly checks: oidc.AuthorizationCodeGrantChecks & { readonly pkceCodeVerifier: string }
  readonly config: oidc.Configuration
}

/** The whole service over HTTP, an application that people come back to, and a real browser. */
export class PagesWorld {
  readonly service: Service
  readonly url: string
  readonly browser: Browser
  readonly #application: string
  #tenants = 0

  constructor(service: Service, url: string, browser: Browser, application: string) {
    this.service = service
    this.url = url
    this.browser = browser
    this.#application = application
  }

  /** Sends JSON with the administrator key and returns the answer's body; fails on an error status. */
  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { 'x-api-key': String(this.service.createdAdminKey), 'content-type': 'application/json' }
    const answer = await fetch(this.url + path, { method, headers, body: JSON.stringify(body) ?? null })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** A tenant with the application Shop; people can sign up. */
  async tenant(more: object = {}, client: object = {}): Promise<string> {
    const tenant_id = `tenant-${++this.#tenants}`
    const names = { tenant_id, display_name: 'Acme', register_enable: true, passkey_enabled: true }
    await this.admin('POST', '/v1/tenants', { ...names, ...more })
    const registration = { client_id: CLIENT, name: 'Shop', tenant_id, client_type: 'public', register_enable: true }
    await this.admin('POST', '/v1/clients', { ...registration, redirect_uris: [REDIRECT], ...client })
    return tenant_id
  }

  /** A fresh browser profile. */
  context(options: Parameters<Browser['newContext']>[0] = {}, browser = this.browser): Promise<BrowserContext> {
    return browser.newContext({ locale: 'en-GB', ...options })
  }

  async page(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await (await this.context(options)).newPage()
    page.setDefaultTimeout(20_000)
    return page
  }

  /** Sends the browser off from the application to sign in. */
  async begin(page: Page, tenant: string, extra: Readonly<Record<string, string>> = {}): Promise<Asked> {
    const { address, asked } = await this.request(tenant, extra)
    await page.goto(address)
    return asked
  }

  /** An authorization request with PKCE, state and nonce. */
  async request(tenant: string, extra: Readonly<Record<string, string>> = {}) {
    const options = { execute: [oidc.allowInsecureRequests] }
    const issuer = new URL(`${this.url}/${tenant}/oidc`)
    const metadata = { id_token_signed_response_alg: 'EdDSA' }
    const config = await oidc.discovery(issuer, CLIENT, metadata, oidc.None(), options)
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${this.#application}/callback`,
      scope: 'openid email',
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...extra,
    })
    return { address: address.href, asked: { config, checks: { pkceCodeVerifier, expectedState, expectedNonce } } }
  }

  /** Waits until the browser is back at the application, which fetches its tokens; returns the claims of the ID token. */
  async claims(page: Page, asked: Asked): Promise<oidc.IDToken> {
    const tokens = await this.tokens(page, asked)
    return tokens.claims() as oidc.IDToken
  }

  async tokens(page: Page, { config, checks }: Asked) {
    await page.waitForURL(`${this.#application}/**`)
    return oidc.authorizationCodeGrant(config, new URL(page.url()), checks)
  }

  /** The parameters with which the browser came back to the application. */
  async back(page: Page): Promise<URLSearchParams> {
    await page.waitForURL(`${this.#application}/**`)
    return new URL(page.url()).searchParams
  }

  /** The client half of the zero-knowledge login at its real cost, as the browser has it. */
  async proofClient(tenantId: string): Promise<ProofClient> {
    const jwks = (await (await fetch(`${this.url}/${tenantId}/oidc/jwks`)).json()) as JSONWebKeySet
    return new ProofClient(webTools(argon2id), { tenantId, jwks })
  }

  /** A person who has signed up and whose address is confirmed; returns the user id. */
  async person(
    tenant: string,
    username = 'jane',
    steps: Steps = { pin: 6, pattern: 3 },
    secret: LoginSecret = SECRET,
  ): Promise<string> {
    const { address } = await this.request(tenant)
    const answer = await fetch(address, { redirect: 'manual' })
    const handle = new URL(answer.headers.get('location') ?? '', this.url).searchParams.get('auth_req_id') ?? ''
    const client = await this.proofClient(tenant)
    const fields = await client.commitment(username, steps, secret, { purpose: 'register', handle })
    const email = `${username}@example.com`
    await this.post(`/v1/login/register?auth_req_id=${handle}`, { username, email, ...fields })
    await this.post('/v1/users/email/verify', { code: await this.code(tenant, email) })
    const path = `/v1/tenants/${tenant}/usernames/${username}`
    return (await this.admin<{ readonly user_id: string }>('GET', path)).user_id
  }

  /** Puts a tenant under an organization that offers text passwords and mailed codes, too; `units` and `security`: more settings of CIM and Pigello. */
  async offerEverything(tenant: string, units: object = {}, security: object = {}): Promise<void> {
    const organization_id = `org-${tenant}`
    await this.admin('POST', '/v1/organizations', { organization_id, access: ACCESS })
    await this.admin('PUT', `/v1/organizations/${organization_id}/tenants/${tenant}`)
    const features = { login_enabled: true, sign_up_enabled: true, password_reset_enabled: true }
    const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
    const cim = `/orgs/${organization_id}/cim/api/v2/config`
    const attributes = { verification: { email_enabled: true } }
    await this.post(cim, { features, attributes, ...units }, { authorization: `Basic ${basic}` })
    const keys = Object.entries(ACCESS.pigello).map(([name, value]) => [
      `x-pigello-${name.replaceAll('_', '-')}`,
      value,
    ])
    const codes = { customers_can_use_hotp_login: true, non_customers_can_use_hotp_login: true }
    const pigello = `/orgs/${organization_id}/pigello/configurations/securityconfiguration/`
    await this.post(pigello, { ...codes, ...security }, Object.fromEntries(keys))
  }

  /** Adds a login method of CIM to those of a tenant that `offerEverything` has set up. */
  async addLoginMethod(tenant: string, method: object): Promise<void> {
    const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
    const units = { login_methods: { login_methods: [{ id: 'username-and-password' }, method] } }
    await this.post(`/orgs/org-${tenant}/cim/api/v2/config`, units, { authorization: `Basic ${basic}` })
  }

  async post(path: string, body: object, credentials: Readonly<Record<string, string>> = {}): Promise<void> {
    const headers = { 'content-type': 'application/json', ...credentials }
    const answer = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }

  /** The text of the newest message to an address. */
  async mail(tenant: string, to: string, words = ''): Promise<string> {
    const path = `/v1/tenants/${tenant}/outbox?limit=100`
    const { messages } = await this.admin<{ messages: { to: string; subject: string; text: string }[] }>('GET', path)
    return messages.find((mail) => mail.to === to && mail.subject.includes(words))?.text ?? ''
  }

  /** The code in the newest message to an address. */
  async code(tenant: string, to: string, words = ''): Promise<string> {
    const code = /\b[0-9A-Z]{5}(-[0-9A-Z]{5}){3}\b/.exec(await this.mail(tenant, to, words))?.[0]
    if (code === undefined) throw new Error(`no code was mailed to ${to}`)
    return code
  }
}

export async function openPagesWorld(
  options: Partial<ServiceOptions> = {},
): Promise<{ readonly world: PagesWorld; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-pages-'))
  const service = await openService({ store: folder, dataFolder: folder, ...options })
  // Browsers know passkeys for host names only.
  const url = await service.listen({ host: 'localhost', port: 0 })
  const application = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Shop</title><h1>Shop</h1>')
  })
  await once(application.listen(0, '127.0.0.1'), 'listening')
  const browser = await launchBrowser()
  const { port } = application.address() as AddressInfo
  return {
    world: new PagesWorld(service, url, browser, `http://127.0.0.1:${port}`),
    close: async () => {
      await browser.close()
      application.closeAllConnections()
      application.close()
      await service.close()
      await rm(folder, { recursive: true })
    },
  }
}
