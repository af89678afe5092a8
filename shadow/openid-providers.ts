import { randomUUID } from 'node:crypto'
import {
  CompactEncrypt,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from 'jose'
import type { Encrypted } from '../identity/federation/facts.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import type { ProviderServer } from '../identity/federation/server.ts'
import { OPEN_ID_TYPES } from '../identity/federation/types.ts'
import { recordOf, textOf } from '../identity/federation/values.ts'
import type { OutsideFetch } from '../identity/platform/http/outside.ts'
import { type AccountThere, type Back, bareAddress, methodKey, type SentOn, type StandIn } from './stand-in.ts'

/** What a provider was told of a client when it was registered. */
interface Client {
  /** Whose public keys answers are encrypted to. */
  readonly organization: string
  readonly encrypted: Encrypted
  /** Words that its answers repeat: the level that was asked for, and the user flow. */
  readonly claims: JWTPayload
}

/** What the service asks of a provider after somebody came back from there. */
interface Visit {
  readonly issuer: string
  readonly subject: string
  readonly asked: URLSearchParams
  readonly client: Client
}

type Answer = (init: RequestInit) => Promise<Response>

const DISCOVERY = '/.well-known/openid-configuration'
const ALGORITHM = 'ES256'
const ENCRYPTION = 'RSA-OAEP-256'
const KEY_ID = 'shadow'
const SECONDS = 300
const PLAIN: Encrypted = { idToken: false, userInfo: false }

const NOBODY: Answer = async () => Response.json({ error: 'invalid_request' }, { status: 400 })

/**
 * Stands for every OpenID provider of the world at its own addresses, as the documents name them: nothing is sent there. It knows nobody's
 * secrets, so it takes every client, and lets everybody in.
 */
export class OpenIdProviders implements StandIn {
  readonly #at = new Map<string, Answer>()
  readonly #pages = new Map<string, string>()
  readonly #visits = new Map<string, Visit>()
  /** By the address where a provider is found. */
  readonly #issuers = new Map<string, string>()
  readonly #clients = new Map<string, Client>()
  readonly #keys = generateKeyPair(ALGORITHM)
  readonly #keysOf: (organization: string) => Promise<JSONWebKeySet>

  /** `keysOf`: what an organization publishes for providers. */
  constructor(keysOf: (organization: string) => Promise<JSONWebKeySet>) {
    this.#keysOf = keysOf
  }

  /** Reaches no network. */
  readonly fetch: OutsideFetch = async (input, init = {}) => (this.#at.get(bareAddress(new URL(input))) ?? NOBODY)(init)

  readonly plays = ({ spec }: FederatedLogin): boolean => Object.hasOwn(OPEN_ID_TYPES, String(spec.type))

  async know(login: FederatedLogin, subject: string): Promise<AccountThere | undefined> {
    const facts = OPEN_ID_TYPES[String(login.spec.type)]
    const server = facts?.server(recordOf(login.spec[facts.block]))
    if (server === undefined) return undefined
    this.#register(login)
    return { issuer: this.#open(server), subject }
  }

  async signIn({ at, fields }: SentOn, subject: string, login: FederatedLogin): Promise<Back | undefined> {
    const issuer = this.#pages.get(bareAddress(at))
    return issuer === undefined
      ? undefined
      : this.#back({ issuer, subject, asked: fields, client: this.#register(login) })
  }

  #register(login: FederatedLogin): Client {
    const known = this.#clients.get(methodKey(login))
    if (known !== undefined) return known
    const { organization, spec } = login
    const facts = OPEN_ID_TYPES[String(spec.type)]
    const block = recordOf(spec[facts?.block ?? ''])
    const claims = { tfp: textOf(block.policy), acr: facts?.parameters?.(block).acr_values }
    const client = { organization, encrypted: facts?.encrypted?.(block) ?? PLAIN, claims }
    this.#clients.set(methodKey(login), client)
    return client
  }

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
    if (at !== null) this.#pages.set(bareAddress(at), issuer)
    return issuer
  }

  #serve(address: unknown, answer: Answer): this {
    const url = URL.parse(textOf(address) ?? '')
    if (url !== null) this.#at.set(bareAddress(url), answer)
    return this
  }

  /** By a form where the request wants it (OAuth 2.0 Form Post Response Mode). */
  #back(visit: Visit): Back {
    const code = randomUUID()
    this.#visits.set(code, visit)
    const at = new URL(visit.asked.get('redirect_uri') ?? '')
    const answer = { code, state: visit.asked.get('state') ?? '' }
    if (visit.asked.get('response_mode') === 'form_post') return { at, form: answer }
    at.search = new URLSearchParams(answer).toString()
    return { at }
  }

  async #tokens(body: URLSearchParams): Promise<Response> {
    const code = body.get('code') ?? ''
    const visit = this.#visits.get(code)
    if (visit === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const token = await this.#idToken(visit)
    return Response.json({
      access_token: code,
      token_type: 'bearer',
      expires_in: SECONDS,
      id_token: visit.client.encrypted.idToken ? await this.#sealed(token, visit) : token,
    })
  }

  #idToken(visit: Visit): Promise<string> {
    const nonce = visit.asked.get('nonce')
    return this.#signed(visit, { ...visit.client.claims, ...(nonce === null ? {} : { nonce }) })
  }

  async #signed({ issuer, subject, asked }: Visit, claims: JWTPayload): Promise<string> {
    return new SignJWT({ ...claims, sub: subject })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setIssuer(issuer)
      .setAudience(asked.get('client_id') ?? '')
      .setIssuedAt()
      .setExpirationTime(`${SECONDS}s`)
      .sign((await this.#keys).privateKey as CryptoKey)
  }

  /** A signed token inside an encrypted one (RFC 7519, section 5.2). */
  async #sealed(token: string, { client }: Visit): Promise<string> {
    const { keys } = await this.#keysOf(client.organization)
    const key = keys.find(({ alg }) => alg === ENCRYPTION)
    const header = { alg: ENCRYPTION, enc: 'A256GCM', cty: 'JWT', ...(key?.kid === undefined ? {} : { kid: key.kid }) }
    return new CompactEncrypt(new TextEncoder().encode(token))
      .setProtectedHeader(header)
      .encrypt(await importJWK(key ?? {}, ENCRYPTION))
  }

  /** In the words of all providers at once; no address, so that nobody is taken for somebody else. */
  async #person(headers: Headers): Promise<Response> {
    const visit = this.#visits.get(headers.get('authorization')?.replace(/^Bearer /i, '') ?? '')
    if (visit === undefined) return Response.json({ error: 'invalid_token' }, { status: 401 })
    const { subject: id, client } = visit
    const person = { sub: id, id, user_id: id, data: { id, username: id } }
    if (!client.encrypted.userInfo) return Response.json(person)
    const token = await this.#sealed(await this.#signed(visit, person), visit)
    return new Response(token, { headers: { 'content-type': 'application/jwt' } })
  }

  async #publicKey() {
    return { ...(await exportJWK((await this.#keys).publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }
  }
}

/** Whether a client shows a secret that the contract has no field for. */
export const lacksSecret = ({ spec, secret }: Pick<FederatedLogin, 'spec' | 'secret'>): boolean => {
  const facts = OPEN_ID_TYPES[String(spec.type)]
  const way = facts?.authentication(recordOf(spec[facts.block]))
  return way === 'client_secret_basic' && secret('client_secret') === undefined
}

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
    userinfo_signing_alg_values_supported: [ALGORITHM],
  }
}
