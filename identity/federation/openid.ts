import { createHash } from 'node:crypto'
import * as oidc from 'openid-client'
import { LeaseCache } from '../oidc/lease-cache.ts'
import type { OutsideFetch } from '../platform/http/outside.ts'
import type { Encrypted, ProviderClaims } from './facts.ts'
import { type FederatedLogin, loggedOutAddress } from './methods.ts'
import { answered, incomplete, wrongAnswer } from './problems.ts'
import { type ClientProof, type OpenIdClient, type OrganizationKeys, PROOFS } from './proofs.ts'
import type { Arrival, LogoutTrip, Protocol, Trip } from './protocol.ts'
import { openServer, type ServerState, serverKey } from './server.ts'
import { OPEN_ID_TYPES, passesLogoutOn } from './types.ts'
import { recordOf, textOf } from './values.ts'

/** What OpenID Connect needs of the service. */
export interface OpenIdParts {
  readonly fetch: OutsideFetch
  readonly now: () => Date
  readonly keys: OrganizationKeys
}

const KEPT_SERVERS = 500

/**
 * Code flow of OpenID Connect, and of OAuth with user info, with PKCE, state and nonce (RFC 9700, section 2.1). What is discovered is kept as
 * long as the settings say.
 */
export function openIdProtocol(parts: OpenIdParts): Protocol {
  const servers = new LeaseCache<ServerState>({
    limit: KEPT_SERVERS,
    open: (key) => answered(() => openServer(parts, key)),
    goodUntil: ({ goodUntil }) => goodUntil,
    now: () => parts.now().getTime(),
  })
  const use = <T>(login: FederatedLogin, work: (client: OpenIdClient, config: oidc.Configuration) => Promise<T>) => {
    const client = clientOf(login)
    return servers.use(serverKey(client.server), async (state) => {
      const config = await configured(parts, client, state)
      const result = await answered(() => work(client, config))
      state.jwks = oidc.getJwksCache(config) ?? state.jwks
      return result
    })
  }
  return {
    start: (login, trip) => use(login, async (client, config) => addressOf(client, config, trip)),
    finish: (login, trip, returned) => use(login, (client, config) => arrivalOf(client, config, trip, returned)),
    logout: (login, hint, trip) => use(login, async (_, config) => endSessionAddress(config, hint, trip)),
  }
}

function clientOf(login: FederatedLogin): OpenIdClient {
  const facts = OPEN_ID_TYPES[String(login.spec.type)]
  if (facts === undefined) throw incomplete('the type')
  const block = recordOf(login.spec[facts.block])
  const [server, clientId] = [facts.server(block), facts.clientId(block)]
  if (server === undefined) throw incomplete('the addresses of the provider')
  if (clientId === undefined) throw incomplete('the client id')
  return { login, facts, block, server, clientId }
}

async function configured(parts: OpenIdParts, client: OpenIdClient, state: ServerState) {
  const { login, facts, block, clientId } = client
  const way = facts.authentication(block)
  const proof = await PROOFS[way](parts, client, state.metadata)
  const { idToken, userInfo } = encryptedOf(client)
  const decryption = idToken || userInfo ? await parts.keys.forDecryption(login.organization) : []
  const madeOf = [facts, clientId, way, proof.by, ...decryption.map(({ key }) => key)]
  const owner = JSON.stringify([login.organization, login.id])
  return state.configurations.use(owner, madeOf, () => configuration(parts, client, state, { proof, decryption }))
}

interface OwnProof {
  readonly proof: ClientProof
  readonly decryption: Awaited<ReturnType<OrganizationKeys['forDecryption']>>
}

function configuration(
  parts: OpenIdParts,
  { facts, clientId }: OpenIdClient,
  { metadata, jwks }: ServerState,
  { proof, decryption }: OwnProof,
): oidc.Configuration {
  const config = new oidc.Configuration(metadata, clientId, undefined, proof.auth)
  config[oidc.customFetch] = (
    facts.identity === 'user_info' ? withoutIdTokens(parts.fetch) : parts.fetch
  ) as oidc.CustomFetch
  // Whether plain http is good enough is for `fetch` to say, which reaches it in networks of the configuration only.
  oidc.allowInsecureRequests(config)
  oidc.enableNonRepudiationChecks(config)
  if (jwks !== undefined) oidc.setJwksCache(config, jwks)
  if (decryption.length > 0) oidc.enableDecryptingResponses(config, undefined, ...decryption)
  return config
}

const encryptedOf = ({ facts, block }: OpenIdClient): Encrypted =>
  facts.encrypted?.(block) ?? { idToken: false, userInfo: false }

function addressOf({ facts, block }: OpenIdClient, config: oidc.Configuration, trip: Trip): string {
  const claims = facts.claims?.(block) ?? []
  const asked = Object.fromEntries(claims.map((claim) => [claim, null]))
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: trip.redirectUri,
    scope: facts.scopes(block).join(' '),
    state: trip.state,
    ...(facts.identity === 'id_token' && !facts.withoutNonce ? { nonce: trip.nonce } : {}),
    code_challenge: createHash('sha256').update(trip.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(claims.length === 0 ? {} : { claims: JSON.stringify({ id_token: asked, userinfo: asked }) }),
    ...facts.parameters?.(block),
  })
  return address.href
}

async function arrivalOf(
  client: OpenIdClient,
  config: oidc.Configuration,
  trip: Trip,
  returned: URLSearchParams,
): Promise<Arrival> {
  const { facts, block } = client
  const address = new URL(`${trip.redirectUri}?${returned}`)
  const { said, session } = await SAID[facts.identity](client, config, trip, address)
  const problem = facts.wrong?.(block, said)
  if (problem !== undefined) throw wrongAnswer(problem)
  const claims = facts.person?.(said, returned) ?? said
  const subject = typeof claims.sub === 'number' ? String(claims.sub) : textOf(claims.sub)
  if (subject === undefined) throw wrongAnswer('the provider does not say who it is')
  const from = { issuer: textOf(said.iss) ?? config.serverMetadata().issuer, subject, claims }
  return session && passesLogoutOn(client.login) ? { ...from, session } : from
}

/** OpenID Connect RP-Initiated Logout 1.0, section 2. */
function endSessionAddress(config: oidc.Configuration, hint: string, trip: LogoutTrip): string | undefined {
  if (config.serverMetadata().end_session_endpoint === undefined) return undefined
  const post_logout_redirect_uri = loggedOutAddress(trip.returnAddress)
  return oidc.buildEndSessionUrl(config, { id_token_hint: hint, post_logout_redirect_uri, state: trip.state }).href
}

interface Answer {
  readonly said: ProviderClaims
  readonly session?: NonNullable<Arrival['session']>
}
type Said = (client: OpenIdClient, config: oidc.Configuration, trip: Trip, returned: URL) => Promise<Answer>

/** What a provider says about who signed in, by where it says it. */
const SAID: Readonly<Record<'id_token' | 'user_info', Said>> = {
  id_token: async (client, config, { state, nonce, codeVerifier }, returned) => {
    const { facts } = client
    const encrypted = encryptedOf(client)
    const tokens = await oidc.authorizationCodeGrant(config, returned, {
      expectedState: state,
      ...(facts.withoutNonce ? {} : { expectedNonce: nonce }),
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    })
    const decrypted = oidc.getDecryptedResponses(tokens)?.id_token
    if (encrypted.idToken && decrypted === undefined) throw wrongAnswer('the ID token is not encrypted')
    const claims = tokens.claims() as oidc.IDToken
    const session = { sid: textOf(claims.sid), logout: decrypted?.token_endpoint ?? String(tokens.id_token) }
    if (config.serverMetadata().userinfo_endpoint === undefined) return { said: claims, session }
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
    if (encrypted.userInfo && oidc.getDecryptedResponses(info) === undefined)
      throw wrongAnswer('the user info is not encrypted')
    return { said: together(claims, info), session }
  },
  user_info: async (_, config, { state, codeVerifier }, returned) => {
    const checks = { expectedState: state, pkceCodeVerifier: codeVerifier }
    const { access_token } = await oidc.authorizationCodeGrant(config, returned, checks)
    const address = new URL(config.serverMetadata().userinfo_endpoint ?? '')
    const answer = await oidc.fetchProtectedResource(config, access_token, address, 'GET')
    if (!answer.ok) throw wrongAnswer(`the provider answered status ${answer.status} to a question about the person`)
    return { said: recordOf(await answer.json()) }
  },
}

/** Whether an address is verified is for whoever names the address to say; who the provider is, for its signature. */
function together(claims: oidc.IDToken, info: oidc.UserInfoResponse): ProviderClaims {
  const { email_verified: _, ...others } = claims
  return { ...(info.email === undefined ? claims : others), ...info, iss: claims.iss }
}

/** An ID token that cannot be checked is not looked at: nothing of it counts. */
const withoutIdTokens =
  (fetch: OutsideFetch): OutsideFetch =>
  (...request) =>
    fetch(...request).then(withoutIdToken)

async function withoutIdToken(answer: Response): Promise<Response> {
  const { id_token: _, ...rest } = recordOf(await answer.json())
  return Response.json(rest, {
    status: answer.status,
    headers: { 'www-authenticate': answer.headers.get('www-authenticate') ?? '' },
  })
}
