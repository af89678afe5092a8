import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { organizationRoutes } from '../../../identity/api/organizations/routes.ts'
import { scimRoutes } from '../../../identity/api/scim/routes.ts'
import { cimRoutes } from '../../../identity/api/vendor/cim-routes.ts'
import { navixyRoutes } from '../../../identity/api/vendor/navixy-routes.ts'
import { pigelloRoutes } from '../../../identity/api/vendor/pigello-routes.ts'
import { sailpointRoutes } from '../../../identity/api/vendor/sailpoint-routes.ts'
import type { Foundation } from '../../../identity/assemble.ts'
import { type Answer, type LoginWorld, openLoginWorld, type Sent } from '../login/world.ts'
import { ACCESS } from '../settings/runtime.ts'

export const PASSWORD = 'correct horse battery'
/** A CIM password policy that asks for nothing. */
export const NO_POLICY = {
  min_length: 0,
  max_length: 0,
  lower_case_char_required: false,
  upper_case_char_required: false,
  special_char_required: false,
  breached_password_blocked: false,
}
export const REFUSED = { status: 401, body: { detail: 'the login was not accepted' } }

const BASIC = `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`
const PIGELLO = Object.fromEntries(
  Object.entries(ACCESS.pigello).map(([name, value]) => [`x-pigello-${name.replaceAll('_', '-')}`, value]),
)

/** Tenants of organizations, whose settings say how people sign in. */
export class PasswordWorld {
  readonly login: LoginWorld
  readonly #folder: string
  #organizations = 0

  constructor(login: LoginWorld, folder: string) {
    this.login = login
    this.#folder = folder
  }

  /** A tenant of an organization of its own, which has the login by password enabled; returns both ids. */
  async tenant(more: object = {}): Promise<{ readonly tenant: string; readonly organization: string }> {
    const tenant = await this.login.tenant(more)
    return { tenant, organization: await this.attach(tenant) }
  }

  /** Puts a tenant under an organization of its own whose settings nobody has touched; returns the id. */
  async freshOrganization(tenant: string): Promise<string> {
    const organization = `organization-${++this.#organizations}`
    await this.login.admin('POST', '/v1/organizations', { organization_id: organization, access: ACCESS })
    await this.login.admin('PUT', `/v1/organizations/${organization}/tenants/${tenant}`)
    return organization
  }

  /** Puts a tenant under an organization of its own that has the login by password enabled; returns the id. */
  async attach(tenant: string): Promise<string> {
    const organization = await this.freshOrganization(tenant)
    await this.cim(organization, { login_methods: { login_methods: [{ id: 'username-and-password', enabled: true }] } })
    return organization
  }

  /** Writes units of the organization's CIM settings. */
  cim(organization: string, units: object): Promise<void> {
    return this.#write(`/orgs/${organization}/cim/api/v2/config`, units, { authorization: BASIC })
  }

  /** Creates the organization's Pigello security configuration. */
  pigello(organization: string, configuration: object): Promise<void> {
    return this.#write(`/orgs/${organization}/pigello/configurations/securityconfiguration/`, configuration, PIGELLO)
  }

  /** Writes the organization's SailPoint password settings. */
  async sailpoint(organization: string, config: object): Promise<void> {
    const authorization = `Bearer ${await this.sailpointToken(organization)}`
    await this.#write(`/orgs/${organization}/sailpoint/beta/password-org-config`, config, { authorization })
  }

  /** An access token for the organization's SailPoint API. */
  async sailpointToken(organization: string): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...ACCESS.sailpoint }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { body } = await this.login.send('POST', `/orgs/${organization}/sailpoint/oauth/token`, form, { headers })
    return body.access_token
  }

  async #write(path: string, body: object, headers: Readonly<Record<string, string>>): Promise<void> {
    const { status } = await this.login.send('POST', path, body, { headers })
    if (status >= 300) throw new Error(`POST ${path} was answered with ${status}`)
  }

  /** A user with a password and an address; returns the id. */
  async user(tenant: string, username = 'jane', password = PASSWORD, more: object = {}): Promise<string> {
    const body = { user_id: username, username, email: `${username}@example.com`, tenant_id: tenant, is_verified: true }
    await this.login.admin('POST', `/v1/tenants/${tenant}/users`, { ...body, ...more })
    await this.setPassword(tenant, username, password)
    return username
  }

  setPassword(tenant: string, userId: string, password: string): Promise<Answer> {
    return this.login.admin('PUT', `/v1/tenants/${tenant}/users/${userId}/password`, { password })
  }

  facts(tenant: string, userId = 'jane'): Promise<Answer> {
    return this.login.admin('GET', `/v1/tenants/${tenant}/users/${userId}/password`)
  }

  /** Everything that the store has written. */
  async stored(): Promise<string> {
    const files = await readdir(this.#folder)
    return (await Promise.all(files.map((file) => readFile(join(this.#folder, file), 'latin1')))).join('')
  }

  /** A whole login by password. */
  async signIn(
    tenant: string,
    password = PASSWORD,
    { username = 'jane', ...more }: { username?: string; new_password?: string } = {},
    sent: Sent = {},
  ): Promise<Answer> {
    const handle = await this.login.begin(tenant)
    const body = { username, password, ...more }
    return this.login.send('POST', `/v1/login/password?auth_req_id=${handle}`, body, sent)
  }
}

export async function openPasswordWorld(deps: Partial<Foundation> = {}) {
  const settings = [organizationRoutes, scimRoutes, cimRoutes, pigelloRoutes, sailpointRoutes, navixyRoutes]
  const { world: login, folder, close } = await openLoginWorld(settings, deps)
  return { world: new PasswordWorld(login, folder), login, close }
}
