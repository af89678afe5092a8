import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface Claims {
  readonly sub: string
  readonly [name: string]: unknown
}

/** What the stand-in does otherwise than a good provider. */
export interface Bent {
  /** Claims of the ID token in place of the right ones. */
  readonly idToken?: Readonly<Record<string, unknown>>
  /** Signs with a key that it does not publish. */
  readonly foreignKey?: boolean
  /** No signature at all (RFC 7518, section 3.6). */
  readonly unsigned?: boolean
  /** Parameters of the way back in place of the right ones (RFC 9207, `iss`); null leaves one out. */
  readonly back?: Readonly<Record<string, string | null>>
  /** User-info answer in place of the right one. */
  readonly userInfo?: Readonly<Record<string, unknown>>
  /** Metadata in place of the right ones. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** The token endpoint answers this. */
  readonly token?: { readonly status: number; readonly body: string }
}

interface Asked {
  readonly query: URLSearchParams
  readonly person: Claims
}

/**
 * A stand-in for another OpenID provider: it keeps what it was asked, issues codes that serve once, checks redirect address, client and PKCE
 * as RFC 6749 and RFC 7636 say, and can be told to misbehave.
 */
export class StandIn {
  /** Who is signed in there. */
  person: Claims = { sub: 'jane-1', email: 'jane@example.com', email_verified: true, given_name: 'Jane' }
  bent: Bent = {}
  readonly clientId = 'plumbline'
  readonly secret = 'MARKED-stand-in-secret'
  /** The last logout that was passed on. */
  loggedOut: URLSearchParams | undefined
  /** The ID token that was issued last. */
  idToken = ''
  /** The last authorization request. */
  asked = new URLSearchParams()
  readonly requests: string[] = []
  readonly #codes = new Map<string, Asked>()
  readonly #tokens = new Map<string, Claims>()
  readonly #keys: readonly [CryptoKey, CryptoKey]
  readonly #jwk: JWK
  #url = ''
  #count = 0

  private constructor(keys: readonly [CryptoKey, CryptoKey], jwk: JWK) {
    this.#keys = keys
    this.#jwk = jwk
  }

  static async open(): Promise<{ readonly standIn: StandIn; readonly url: string; close(): void }> {
    const [own, foreign] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
    const standIn = new StandIn([own.privateKey, foreign.privateKey], jwk)
    const server = createServer((request, response) => void standIn.#serve(request, response))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    standIn.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    return { standIn, url: standIn.#url, close }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.#url)
    this.requests.push(url.pathname)
    const body = new URLSearchParams(await textOf(request))
    if (url.pathname === '/end-session') return this.#endSession(url.searchParams, response)
    if (url.pathname === '/authorize') return this.#authorize(url.searchParams, response)
    const answer = await this.#answer(url.pathname, request, body)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  }

  async #answer(path: string, request: IncomingMessage, body: URLSearchParams) {
    if (path === '/.well-known/openid-configuration') return json({ ...this.metadata(), ...this.bent.metadata })
    if (path === '/jwks') return json({ keys: [this.#jwk] })
    if (path === '/token') return this.bent.token ?? this.#token(request, body)
    const person = this.#tokens.get(String(request.headers.authorization).replace('Bearer ', ''))
    return path === '/userinfo' && person ? json({ ...person, ...this.bent.userInfo }) : json({ error: 'invalid' }, 401)
  }

  metadata() {
    const at = (path: string) => `${this.#url}${path}`
    return {
      issuer: this.#url,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      end_session_endpoint: at('/end-session'),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    }
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    this.asked = query
    const code = `code-${++this.#count}`
    this.#codes.set(code, { query, person: this.person })
    const back = new URL(query.get('redirect_uri') ?? '')
    const answer = { code, state: query.get('state'), iss: this.#url, ...this.bent.back }
    for (const [name, value] of Object.entries(answer)) if (value !== null) back.searchParams.set(name, value)
    response.writeHead(303, { location: back.href }).end()
  }

  /** OpenID Connect RP-Initiated Logout 1.0, section 2: it goes back only with a token of its own. */
  #endSession(query: URLSearchParams, response: ServerResponse): void {
    this.loggedOut = query
    if (query.get('id_token_hint') !== this.idToken) return void response.writeHead(400).end()
    const back = new URL(query.get('post_logout_redirect_uri') ?? '')
    back.searchParams.set('state', query.get('state') ?? '')
    response.writeHead(303, { location: back.href }).end()
  }

  async #token(request: IncomingMessage, body: URLSearchParams) {
    const asked = this.#codes.get(body.get('code') ?? '')
    this.#codes.delete(body.get('code') ?? '')
    const [id, secret] = basicOf(request)
    if (id !== this.clientId || secret !== this.secret) return json({ error: 'invalid_client' }, 401)
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    const isGood =
      asked?.query.get('code_challenge') === challenge && asked.query.get('redirect_uri') === body.get('redirect_uri')
    if (!asked || !isGood) return json({ error: 'invalid_grant' }, 400)
    const access_token = `token-${++this.#count}`
    this.#tokens.set(access_token, asked.person)
    this.idToken = await this.#idToken(asked)
    return json({ access_token, token_type: 'Bearer', id_token: this.idToken })
  }

  async #idToken({ query, person }: Asked): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: this.#url,
      aud: this.clientId,
      sub: person.sub,
      sid: `session of ${person.sub}`,
      nonce: query.get('nonce'),
      iat: now,
      exp: now + 300,
      ...this.bent.idToken,
    }
    if (this.bent.unsigned) return `${encoded({ alg: 'none' })}.${encoded(claims)}.`
    const key = this.#keys[this.bent.foreignKey ? 1 : 0]
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'own' }).sign(key)
  }
}

/** Client id and secret, form-encoded inside HTTP Basic authentication (RFC 6749, section 2.3.1). */
const basicOf = ({ headers }: IncomingMessage): readonly string[] =>
  Buffer.from(String(headers.authorization).replace('Basic ', ''), 'base64')
    .toString()
    .split(':')
    .map(decodeURIComponent)

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const json = (value: object, status = 200) => ({ status, body: JSON.stringify(value) })

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
