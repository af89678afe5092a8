import type { JSONWebKeySet } from 'jose'
import * as client from 'openid-client'
import { PlumblineError } from '../config/errors.ts'
import { Agent } from './agent.ts'

/** Never opened: the code is taken out of it. Loopback addresses match with any port (RFC 8252, section 7.3). */
export const REDIRECT = 'http://127.0.0.1/callback'

/** Where and as what somebody signs in. */
export interface SignInPlace {
  readonly issuer: URL
  readonly clientId: string
  readonly scope: string
  readonly signal: AbortSignal
  /** Address that a service behind a trusted proxy is to see (default: this machine's). */
  readonly from?: string
  /** What the issuer said before (default: it is asked). */
  readonly config?: client.Configuration
  /** Where the application wants to get the answer (default: `REDIRECT`). */
  readonly redirect?: string
  /** More parameters of the authorization request. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Agrees on the page that asks whether the application may do what it wants; the address that it goes on to. */
  readonly agree?: (agent: Agent, page: URL) => Promise<URL>
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>
export interface SignInResult {
  readonly config: client.Configuration
  readonly tokens: Tokens
  /** The browser, which is signed in. */
  readonly agent: Agent
}

/** A login on its way, before anybody has shown who they are. */
export interface Begun {
  readonly agent: Agent
  /** `auth_req_id` of the pending authorization request. */
  readonly handle: string
  readonly tenantId: string
  readonly jwks: JSONWebKeySet
}

/** Shows who somebody is; the ticket that completes the login. */
export type Show = (begun: Begun) => Promise<string>

/** What the issuer says of itself, and how it is spoken to. */
export function discover(
  { issuer, clientId }: Pick<SignInPlace, 'issuer' | 'clientId'>,
  metadata: Partial<client.ClientMetadata> = {},
  proof = client.None(),
): Promise<client.Configuration> {
  const insecure = isLoopback(issuer) ? [client.allowInsecureRequests] : []
  const execute = [client.enableNonRepudiationChecks, ...insecure]
  return client.discovery(issuer, clientId, metadata, proof, { execute })
}

/** The authorization code flow with PKCE, with this process in the place of the browser. */
export async function signIn(place: SignInPlace, show: Show): Promise<SignInResult> {
  const { issuer, scope, signal, from, redirect: redirect_uri = REDIRECT, parameters } = place
  const config = place.config ?? (await discover(place))
  const agent = new Agent(issuer.origin, signal, from === undefined ? {} : { 'x-forwarded-for': from })
  const { address: request, checks } = await authorizationRequest(config, { redirect_uri, scope, ...parameters })
  const page = await agent.follow(request, (at) => isReturn(place, at) || at.searchParams.has('auth_req_id'))
  const back = isReturn(place, page) ? page : await complete(place, agent, config, page, show)
  const tokens = await client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true })
  return { config, tokens, agent }
}

export interface AuthorizationRequest {
  readonly address: URL
  /** What the answer has to fit. */
  readonly checks: client.AuthorizationCodeGrantChecks & { readonly pkceCodeVerifier: string }
}

/** An authorization request with PKCE, state and nonce; `parameters` are the others. */
export async function authorizationRequest(
  config: client.Configuration,
  parameters: Readonly<Record<string, string>>,
): Promise<AuthorizationRequest> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const address = client.buildAuthorizationUrl(config, {
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { address, checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}

/** `origin` of the private scheme of an app is `null`. */
const isReturn = ({ redirect = REDIRECT }: Pick<SignInPlace, 'redirect'>, { href }: URL): boolean =>
  href.split('?')[0] === new URL(redirect).href.split('?')[0]
export const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)

/** Shows who it is and takes the way back to the application. */
async function complete(
  place: SignInPlace,
  agent: Agent,
  config: client.Configuration,
  page: URL,
  show: Show,
): Promise<URL> {
  const { issuer, agree } = place
  const handle = page.searchParams.get('auth_req_id') ?? ''
  const nonce = await show({ agent, handle, tenantId: issuersTenant(issuer), jwks: await keysOf(config) })
  const query = new URLSearchParams({ auth_req_id: handle, nonce })
  const asksForConsent = (at: URL): boolean => agree !== undefined && at.pathname.endsWith('/consent')
  const next = await agent.follow(
    new URL(`${issuer.href}/complete?${query}`),
    (at) => isReturn(place, at) || asksForConsent(at),
  )
  return agree === undefined || isReturn(place, next)
    ? next
    : agent.follow(await agree(agent, next), (at) => isReturn(place, at))
}

/** What the issuer publishes to seal with; of somebody who has signed in with the same configuration just now, what it said then. */
const keysOf = async (config: client.Configuration): Promise<JSONWebKeySet> =>
  client.getJwksCache(config)?.jwks ?? (await fetch(String(config.serverMetadata().jwks_uri))).json()

/** The tenant in an issuer of this service. Throws USAGE for any other address. */
export function issuersTenant({ pathname }: URL): string {
  const tenant = /^\/([^/]+)\/oidc$/.exec(pathname)?.[1]
  if (tenant === undefined)
    throw new PlumblineError('USAGE', 'the issuer has to look like https://login.example.com/<tenant>/oidc')
  return tenant
}
