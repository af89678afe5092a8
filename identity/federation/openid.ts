import * as oidc from 'openid-client'
import { LeaseCache } from '../oidc/lease-cache.ts'
import type { OutsideFetch } from '../platform/http/outside.ts'
import { type Authentication, OPEN_ID_TYPES, type OpenIdFacts } from './facts.ts'
import type { FederatedLogin } from './methods.ts'
import { answered, incomplete } from './problems.ts'
import type { Arrival, Protocol, Trip } from './protocol.ts'
import { openServer, type ProviderServer, type ServerState, serverKey } from './server.ts'

/** What OpenID Connect needs of the service. */
export interface OpenIdParts {
  readonly fetch: OutsideFetch
  readonly now: () => Date
  /** The key with which an organization proves itself to other providers. */
  readonly keyOf: (organization: string) => Promise<oidc.PrivateKey>
}

/** A login method with what its type makes of its settings. */
interface Client {
  readonly login: FederatedLogin
  readonly facts: OpenIdFacts
  readonly block: FederatedLogin['spec']
  readonly server: ProviderServer
  readonly clientId: string
}

const KEPT_SERVERS = 500

/** Code flow of OpenID Connect with PKCE, state and nonce (RFC 9700, section 2.1). What is discovered is kept as long as the settings say. */
export function openIdProtocol(parts: OpenIdParts): Protocol {
  const servers = new LeaseCache<ServerState>({
    limit: KEPT_SERVERS,
    open: (key) => answered(() => openServer(parts, key)),
    goodUntil: ({ goodUntil }) => goodUntil,
    now: () => parts.now().getTime(),
  })
  const use = <T>(login: FederatedLogin, work: (client: Client, config: oidc.Configuration) => Promise<T>) => {
    const client = clientOf(login)
    return servers.use(serverKey(client.server), async (state) => {
      const config = await configured(parts, client, state)
      const result = await answered(() => work(client, config))
      state.jwks = oidc.getJwksCache(config) ?? state.jwks
      return result
    })
  }
  return {
    start: (login, trip) => use(login, (client, config) => addressOf(client, config, trip)),
    finish: (login, trip, returned) => use(login, (_, config) => arrivalOf(config, trip, returned)),
  }
}

function clientOf(login: FederatedLogin): Client {
  const facts = OPEN_ID_TYPES[String(login.spec.type)]
  if (facts === undefined) throw incomplete('the type')
  const block = (login.spec[facts.block] ?? {}) as Client['block']
  const [server, clientId] = [facts.server(block), facts.clientId(block)]
  if (server === undefined) throw incomplete('the addresses of the provider')
  if (clientId === undefined) throw incomplete('the client id')
  return { login, facts, block, server, clientId }
}

async function configured(parts: OpenIdParts, client: Client, { metadata, jwks }: ServerState) {
  const auth = await PROOFS[client.facts.authentication(client.block)](parts, client, metadata)
  const config = new oidc.Configuration(metadata, client.clientId, undefined, auth)
  config[oidc.customFetch] = parts.fetch as oidc.CustomFetch
  // Whether plain http is good enough is for `fetch` to say, which reaches it in networks of the configuration only.
  oidc.allowInsecureRequests(config)
  oidc.enableNonRepudiationChecks(config)
  if (jwks !== undefined) oidc.setJwksCache(config, jwks)
  return config
}

type Proof = (parts: OpenIdParts, client: Client, server: oidc.ServerMetadata) => Promise<oidc.ClientAuth>

const byKey: Proof = async ({ keyOf }, { login }) => oidc.PrivateKeyJwt(await keyOf(login.organization))

const PROOFS: Readonly<Record<Authentication, Proof>> = {
  client_secret_basic: async (_, { login }) => oidc.ClientSecretBasic(secretOf(login)),
  private_key_jwt: byKey,
  negotiated: async (parts, client, server) => {
    const secret = client.login.secret(SECRET)
    if (secret === undefined) return byKey(parts, client, server)
    // What a provider takes that does not say it (OpenID Connect Discovery 1.0, section 3).
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return taken.includes('client_secret_basic') ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret)
  },
}

const SECRET = 'client_secret'

function secretOf({ secret }: FederatedLogin): string {
  const value = secret(SECRET)
  if (value === undefined) throw incomplete('the client secret')
  return value
}

async function addressOf({ facts, block }: Client, config: oidc.Configuration, trip: Trip): Promise<string> {
  const claims = facts.claims(block)
  const asked = Object.fromEntries(claims.map((claim) => [claim, null]))
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: trip.redirectUri,
    scope: facts.scopes(block).join(' '),
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(trip.codeVerifier),
    code_challenge_method: 'S256',
    ...(claims.length === 0 ? {} : { claims: JSON.stringify({ id_token: asked, userinfo: asked }) }),
  })
  return address.href
}

async function arrivalOf(config: oidc.Configuration, trip: Trip, returned: URLSearchParams): Promise<Arrival> {
  const tokens = await oidc.authorizationCodeGrant(config, new URL(`${trip.redirectUri}?${returned}`), {
    expectedState: trip.state,
    expectedNonce: trip.nonce,
    pkceCodeVerifier: trip.codeVerifier,
    idTokenExpected: true,
  })
  const claims = tokens.claims() as oidc.IDToken
  const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined
  const more = hasUserInfo ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub) : {}
  return { issuer: claims.iss, subject: claims.sub, claims: { ...claims, ...more } }
}
