import * as client from 'openid-client'
import type { Login } from '../../../identity/oidc/login-ticket.ts'
import { type AuthorizationRequest, authorizationRequest } from '../../../signin/flow.ts'
import { ADA, Browser, signIn } from './browser.ts'
import { type OidcWorld, REDIRECT } from './world.ts'

export interface Application {
  readonly tenant: string
  readonly clientId: string
  readonly secret: string
  readonly config: client.Configuration
}

/** A registered client and the configuration that it discovered; in a fresh tenant, or in the one that is given. */
export async function openApplication(
  world: OidcWorld,
  input: Readonly<Record<string, unknown>> = {},
  place?: string,
): Promise<Application> {
  const tenant = place ?? (await world.tenant())
  const { client_id, client_secret } = await world.client(tenant, input)
  const issuer = new URL(`${world.url}/${tenant}/oidc`)
  const auth = client_secret === null ? client.None() : client.ClientSecretPost(client_secret)
  const metadata = { id_token_signed_response_alg: (input.sing_alg as string) ?? 'EdDSA' }
  const config = await client.discovery(issuer, client_id, metadata, auth, { execute: [client.allowInsecureRequests] })
  return { tenant, clientId: client_id, secret: client_secret, config }
}

/** An authorization request with PKCE, state and nonce. */
export const newRequest = (
  { config }: Application,
  scope = 'openid',
  extra: Readonly<Record<string, string>> = {},
): Promise<AuthorizationRequest> => authorizationRequest(config, { redirect_uri: REDIRECT, scope, ...extra })

/** The whole code flow of a user, `ada` when none is given, in a browser. */
export async function tokensOf(
  world: OidcWorld,
  app: Application,
  scope = 'openid',
  { browser = new Browser(), extra = {}, options, login = ADA }: TokenOptions = {},
) {
  const { address, checks } = await newRequest(app, scope, extra)
  const back = await signIn(world, browser, app.tenant, address, login)
  return client.authorizationCodeGrant(app.config, back, checks, undefined, options)
}

export interface TokenOptions {
  readonly browser?: Browser
  readonly extra?: Readonly<Record<string, string>>
  readonly login?: Login
  readonly options?: client.AuthorizationCodeGrantOptions
}

export const OFFLINE = { extra: { prompt: 'consent' } }

/** Posts a form to an endpoint of the tenant, as an attacker or a plain client would. */
export async function post(world: OidcWorld, path: string, form: Readonly<Record<string, string>>, headers = {}) {
  const answer = await fetch(world.url + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text }
}

/** Credentials of a confidential client for a form. */
export const own = ({ clientId, secret }: Application) => ({ client_id: clientId, client_secret: secret })
