import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import type { ProviderServer } from '../identity/federation/server.ts'
import { OPEN_ID_TYPES } from '../identity/federation/types.ts'
import { recordOf, textOf } from '../identity/federation/values.ts'
import type { OutsideFetch } from '../identity/platform/http/outside.ts'

/** What the service asks of a provider after somebody came back from there. */
interface Visit {
  readonly issuer: string
  readonly subject: string
  readonly asked: URLSearchParams
  /** Settings of the login method, whose words the answer repeats. */
  readonly block: Readonly<Record<string, unknown>>
}

type Answer = (init: RequestInit) => Promise<Response>

const DISCOVERY = '/.well-known/openid-configuration'
const ALGORITHM = 'ES256'
const KEY_ID = 'shadow'
const SECONDS = 300

const NOBODY: Answer = async () => Response.json({ error: 'invalid_request' }, { status: 400 })

/**
 * Stands for every OpenID provider of the world at its own addresses, as the documents name them: nothing is sent there. It knows nobody's
 * secrets, so it takes every client, and lets everybody in.
 */
export class ShadowProviders {
  readonly #at = new Map<string, Answer>()
  readonly #signIn = new Map<string, (visit: Omit<Visit, 'issuer'>) => URL>()
  readonly #visits = new Map<string, Visit>()
  /** By the address where a provider is found. */
  readonly #issuers = new Map<string, string>()
  readonly #keys = generateKeyPair(ALGORITHM)

  /** Reaches no network. */
  readonly fetch: OutsideFetch = async (input, init = {}) => (this.#at.get(placeOf(new URL(input))) ?? NOBODY)(init)

  /** What the provider of a login method calls itself, once it is known here; `undefined` while the settings do not say. */
  know({ spec }: Pick<FederatedLogin, 'spec'>): string | undefined {
    const facts = OPEN_ID_TYPES[String(spec.type)]
    const server = facts?.server(recordOf(spec[facts.block]))
    return server === undefined ? undefined : this.#open(server)
  }

  /** Somebody signs in where the service sent the browser to: the address with which it comes back; `undefined` when nobody is there. */
  signIn(address: URL, subject: string, { spec }: Pick<FederatedLogin, 'spec'>): URL | undefined {
    const facts = OPEN_ID_TYPES[String(spec.type)]
    const block = recordOf(spec[facts?.block ?? ''])
    return this.#signIn.get(placeOf(address))?.({ subject, block, asked: address.searchParams })
  }

  /** What was said of an address first holds: a change of the documents does not change the provider. */
  #open(server: ProviderServer): string {
    const metadata = 'metadata' in server ? server.metadata : discovered(server)
    const { issuer, authorization_endpoint: page = '', token_endpoint: token = '' } = metadata
    const place = 'discovery' in server ? server.discovery : page
    const known = this.#issuers.get(place)
    if (known !== undefined) return known
    this.#issuers.set(place, issuer)
    const described: Answer = async () => Response.json(metadata)
    if ('discovery' in server)
      this.#serve(server.discovery, described).#serve(`${server.discovery}${DISCOVERY}`, described)
    this.#serve(metadata.jwks_uri, async () => Response.json({ keys: [await this.#publicKey()] }))
      .#serve(token, (init) => this.#tokens(new URLSearchParams(String(init.body ?? ''))))
      .#serve(metadata.userinfo_endpoint, (init) => this.#person(new Headers(init.headers)))
    const at = URL.parse(page)
    if (at !== null) this.#signIn.set(placeOf(at), (visit) => this.#back({ ...visit, issuer }))
    return issuer
  }

  #serve(address: unknown, answer: Answer): this {
    const url = URL.parse(textOf(address) ?? '')
    if (url !== null) this.#at.set(placeOf(url), answer)
    return this
  }

  #back(visit: Visit): URL {
    const code = randomUUID()
    this.#visits.set(code, visit)
    const back = new URL(visit.asked.get('redirect_uri') ?? '')
    back.search = new URLSearchParams({ code, state: visit.asked.get('state') ?? '' }).toString()
    return back
  }

  async #tokens(body: URLSearchParams): Promise<Response> {
    const code = body.get('code') ?? ''
    const visit = this.#visits.get(code)
    if (visit === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    return Response.json({
      access_token: code,
      token_type: 'bearer',
      expires_in: SECONDS,
      id_token: await this.#idToken(visit),
    })
  }

  async #idToken({ issuer, subject, asked, block }: Visit): Promise<string> {
    const nonce = asked.get('nonce')
    // The user flow of a B2C tenant, which its tokens name.
    const claims = { sub: subject, tfp: textOf(block.policy), ...(nonce === null ? {} : { nonce }) }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setIssuer(issuer)
      .setAudience(asked.get('client_id') ?? '')
      .setIssuedAt()
      .setExpirationTime(`${SECONDS}s`)
      .sign((await this.#keys).privateKey as CryptoKey)
  }

  /** In the words of all providers at once; no address, so that nobody is taken for somebody else. */
  async #person(headers: Headers): Promise<Response> {
    const visit = this.#visits.get(headers.get('authorization')?.replace(/^Bearer /i, '') ?? '')
    if (visit === undefined) return Response.json({ error: 'invalid_token' }, { status: 401 })
    const { subject: id } = visit
    return Response.json({ sub: id, id, user_id: id, data: { id, username: id } })
  }

  async #publicKey() {
    return { ...(await exportJWK((await this.#keys).publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }
  }
}

const placeOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/** What a provider of that discovery address would say of itself. */
function discovered(server: Extract<ProviderServer, { readonly discovery: string }>) {
  const origin = URL.parse(server.discovery)?.origin ?? ''
  const issuer = server.issuer ?? (server.sameOrigin ? origin : server.discovery.replace(DISCOVERY, ''))
  const at = (name: string): string => `${issuer.replace(/\/$/, '')}/shadow/${name}`
  return {
    issuer,
    authorization_endpoint: at('authorize'),
    token_endpoint: at('token'),
    userinfo_endpoint: at('userinfo'),
    jwks_uri: server.jwks ?? at('jwks'),
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ALGORITHM],
  }
}
