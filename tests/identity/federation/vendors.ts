import { createHash, generateKeyPairSync } from 'node:crypto'
import { exportJWK, generateKeyPair, importSPKI, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'

/** A provider of the world as it publishes itself, and what it says of a person. */
export interface Vendor {
  readonly type: string
  readonly name: string
  /** Block of the login method, by its name on the wire, and what is in it. */
  readonly block: readonly [string, object]
  readonly discovery?: string
  readonly issuer: string
  readonly authorize: string
  readonly token: string
  readonly userInfo?: string
  readonly proof: 'basic' | 'post' | 'none' | 'apple'
  readonly scope: string
  /** Claims of the ID token; none: the vendor has no ID token that can be checked. */
  readonly idToken?: JWTPayload
  readonly nonce?: false
  readonly person?: object
  /** What it sends the browser back with, besides code and state; `form`: by a form. */
  readonly back?: Readonly<Record<string, string>>
  readonly form?: true
  /** What the account here gets. */
  readonly expected: object
}

const EMAIL = 'jane@example.com'
export const APPLE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const CREDENTIALS = { clientId: 'client-1_a', client_secret: 'MARKED-secret_1-a' }

export const VENDORS: readonly Vendor[] = [
  {
    type: 'GOOGLE',
    name: 'Google',
    block: ['google_attributes', CREDENTIALS],
    discovery: 'https://accounts.google.com/.well-known/openid-configuration',
    issuer: 'https://accounts.google.com',
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    userInfo: 'https://openidconnect.googleapis.com/v1/userinfo',
    proof: 'post',
    scope: 'openid profile email',
    idToken: { sub: 'g-1' },
    person: { sub: 'g-1', email: EMAIL, email_verified: true, hd: 'example.com', given_name: 'Jane' },
    expected: { email: EMAIL, is_verified: true, attributes: { name: { givenName: 'Jane' } } },
  },
  {
    type: 'LINKEDIN',
    name: 'LinkedIn',
    block: ['linkedin_attributes', CREDENTIALS],
    discovery: 'https://www.linkedin.com/oauth/.well-known/openid-configuration',
    issuer: 'https://www.linkedin.com/oauth',
    authorize: 'https://www.linkedin.com/oauth/v2/authorization',
    token: 'https://www.linkedin.com/oauth/v2/accessToken',
    userInfo: 'https://api.linkedin.com/v2/userinfo',
    proof: 'post',
    scope: 'openid profile email',
    idToken: { sub: 'l-1' },
    nonce: false,
    person: { sub: 'l-1', email: EMAIL, email_verified: 'true', locale: { country: 'US', language: 'en' } },
    expected: { email: EMAIL, is_verified: true, locale: 'en-US' },
  },
  {
    type: 'FACEBOOK',
    name: 'Facebook',
    block: ['facebook_attributes', CREDENTIALS],
    issuer: 'https://www.facebook.com',
    authorize: 'https://www.facebook.com/dialog/oauth',
    token: 'https://graph.facebook.com/oauth/access_token',
    userInfo: 'https://graph.facebook.com/me',
    proof: 'post',
    scope: 'public_profile email',
    person: {
      id: 'f-1',
      name: 'Jane Doe',
      first_name: 'Jane',
      last_name: 'Doe',
      email: EMAIL,
      picture: { data: { url: 'https://pictures.example.com/jane.jpg' } },
    },
    expected: {
      email: EMAIL,
      is_verified: false,
      attributes: {
        displayName: 'Jane Doe',
        name: { givenName: 'Jane', familyName: 'Doe' },
        photos: [{ value: 'https://pictures.example.com/jane.jpg', type: 'photo' }],
      },
    },
  },
  {
    type: 'PAYPAL',
    name: 'PayPal',
    block: ['paypal_attributes', CREDENTIALS],
    issuer: 'https://www.paypal.com',
    authorize: 'https://www.paypal.com/signin/authorize',
    token: 'https://api-m.paypal.com/v1/oauth2/token',
    userInfo: 'https://api-m.paypal.com/v1/identity/oauth2/userinfo',
    proof: 'basic',
    scope: 'openid profile email',
    person: {
      user_id: 'https://www.paypal.com/webapps/auth/identity/user/p-1',
      given_name: 'Jane',
      emails: [
        { value: 'old@example.com', primary: false, confirmed: true },
        { value: EMAIL, primary: true, confirmed: true },
      ],
    },
    expected: { email: EMAIL, is_verified: true, attributes: { name: { givenName: 'Jane' } } },
  },
  {
    type: 'TWITTER',
    name: 'X',
    block: ['twitter_attributes', CREDENTIALS],
    issuer: 'https://x.com',
    authorize: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    userInfo: 'https://api.x.com/2/users/me',
    proof: 'basic',
    scope: 'users.read tweet.read users.email',
    person: { data: { id: '2244994945', name: 'Jane Doe', username: 'janedoe', confirmed_email: EMAIL } },
    expected: { username: 'janedoe', email: EMAIL, is_verified: true, attributes: { displayName: 'Jane Doe' } },
  },
  {
    type: 'AZURE_AD_B2C',
    name: 'Microsoft',
    block: [
      'azure_ad_b2c_attributes',
      { tenant_id: 'contoso.onmicrosoft.com', application_id: CREDENTIALS.clientId, policy: 'B2C_1_signin' },
    ],
    discovery:
      'https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signin/v2.0/.well-known/openid-configuration',
    issuer: 'https://contoso.b2clogin.com/11111111-2222-3333-4444-555555555555/v2.0/',
    authorize: 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_signin/oauth2/v2.0/authorize',
    token: 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_signin/oauth2/v2.0/token',
    proof: 'none',
    scope: 'openid',
    idToken: { sub: 'm-1', tfp: 'B2C_1_signin', emails: [EMAIL], given_name: 'Jane' },
    expected: { email: EMAIL, is_verified: false, attributes: { name: { givenName: 'Jane' } } },
  },
  {
    type: 'SIGN_IN_WITH_APPLE',
    name: 'Apple',
    block: [
      'sign_in_with_apple_attributes',
      { client_id: CREDENTIALS.clientId, team_id: 'TEAM123456', key_id: 'KEY1234567', signing_key_id: 'apple-key' },
    ],
    discovery: 'https://appleid.apple.com/.well-known/openid-configuration',
    issuer: 'https://appleid.apple.com',
    authorize: 'https://appleid.apple.com/auth/authorize',
    token: 'https://appleid.apple.com/auth/token',
    proof: 'apple',
    scope: 'name email',
    idToken: { sub: '001234.a-1.0123', email: EMAIL, email_verified: 'true' },
    back: { user: JSON.stringify({ name: { firstName: 'Jane', lastName: 'Doe' }, email: 'forged@example.com' }) },
    form: true,
    expected: { email: EMAIL, is_verified: true, attributes: { name: { givenName: 'Jane', familyName: 'Doe' } } },
  },
]

interface Asked {
  readonly query: URLSearchParams
}

/** A stand-in for all these vendors at their own addresses: stateful, and as strict as they say they are. */
export class VendorsStandIn {
  vendor: Vendor = VENDORS[0] as Vendor
  asked = new URLSearchParams()
  readonly calls: string[] = []
  readonly #codes = new Map<string, Asked>()
  readonly #tokens = new Set<string>()
  readonly #keys = generateKeyPair('RS256')
  #count = 0

  readonly fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input)
    this.calls.push(`${url.origin}${url.pathname}`)
    const { vendor } = this
    const at = `${url.origin}${url.pathname}`
    if (at === vendor.discovery) return Response.json(this.#metadata())
    if (at === `${vendor.issuer.replace(/\/$/, '')}/keys`) return Response.json({ keys: [await this.#jwk()] })
    if (at === vendor.token) return this.#token(new Headers(init.headers), new URLSearchParams(String(init.body)))
    const token = new Headers(init.headers).get('authorization')?.replace(/^Bearer /i, '') ?? ''
    if (at === vendor.userInfo && this.#tokens.has(token)) return Response.json(vendor.person)
    throw new TypeError(`nobody is at ${url.href}`)
  }

  /** The person signs in at the address of the vendor: the address, or the form, with which the browser goes back. */
  authorize(address: string): { readonly url: string; readonly form?: URLSearchParams } {
    const { vendor } = this
    const url = new URL(address)
    if (`${url.origin}${url.pathname}` !== vendor.authorize) throw new Error(`${vendor.name} is not at ${address}`)
    this.asked = url.searchParams
    if (this.asked.get('client_id') !== CREDENTIALS.clientId) throw new Error('invalid_client')
    if (vendor.form && this.asked.get('response_mode') !== 'form_post') throw new Error('invalid_request')
    const code = `code-${++this.#count}`
    this.#codes.set(code, { query: this.asked })
    const back = new URL(this.asked.get('redirect_uri') ?? '')
    const values = new URLSearchParams({ code, state: this.asked.get('state') ?? '', ...vendor.back })
    if (vendor.form) return { url: back.href, form: values }
    back.search = values.toString()
    return { url: back.href }
  }

  #metadata() {
    const { issuer, authorize, token, userInfo } = this.vendor
    return {
      issuer,
      authorization_endpoint: authorize,
      token_endpoint: token,
      jwks_uri: `${issuer.replace(/\/$/, '')}/keys`,
      ...(userInfo === undefined ? {} : { userinfo_endpoint: userInfo }),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }

  async #jwk(): Promise<JWK> {
    return { ...(await exportJWK((await this.#keys).publicKey)), kid: 'v', alg: 'RS256', use: 'sig' }
  }

  async #token(headers: Headers, body: URLSearchParams): Promise<Response> {
    if (!(await this.#isProven(headers, body))) return Response.json({ error: 'invalid_client' }, { status: 401 })
    const asked = this.#codes.get(body.get('code') ?? '')
    this.#codes.delete(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    const isGood =
      asked?.query.get('code_challenge') === challenge && asked.query.get('redirect_uri') === body.get('redirect_uri')
    if (!asked || !isGood) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const access_token = `token-${++this.#count}`
    this.#tokens.add(access_token)
    const id_token = await this.#idToken(asked)
    return Response.json({ access_token, token_type: 'bearer', expires_in: 3600, id_token })
  }

  async #isProven(headers: Headers, body: URLSearchParams): Promise<boolean> {
    const { clientId, client_secret } = CREDENTIALS
    const basic = `Basic ${Buffer.from(`${clientId}:${client_secret}`).toString('base64')}`
    const posted = body.get('client_id') === clientId && body.get('client_secret') === client_secret
    const proofs = {
      basic: () => headers.get('authorization') === basic,
      post: () => posted,
      none: () => body.get('client_id') === clientId,
      apple: () => isOfApple(body.get('client_secret') ?? '').catch(() => false),
    }
    return proofs[this.vendor.proof]()
  }

  /** A vendor without a checkable ID token sends one all the same, which must not count. */
  async #idToken({ query }: Asked): Promise<string> {
    const { issuer, idToken, nonce } = this.vendor
    const claims = new SignJWT({
      ...(idToken ?? { sub: 'somebody-else' }),
      ...(nonce === false || query.get('nonce') === null ? {} : { nonce: query.get('nonce') }),
    })
      .setIssuer(issuer)
      .setAudience(CREDENTIALS.clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
    if (idToken === undefined)
      return claims
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(CREDENTIALS.client_secret.repeat(3)))
    return claims.setProtectedHeader({ alg: 'RS256', kid: 'v' }).sign((await this.#keys).privateKey)
  }
}

/** "Creating a client secret" of Apple: ES256 by the key of the developer, for half a year at most. */
async function isOfApple(secret: string): Promise<boolean> {
  const key = await importSPKI(APPLE_KEY.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'ES256')
  const { payload, protectedHeader } = await jwtVerify(secret, key, {
    issuer: 'TEAM123456',
    subject: CREDENTIALS.clientId,
    audience: 'https://appleid.apple.com',
    algorithms: ['ES256'],
    maxTokenAge: '1 minute',
  })
  return protectedHeader.kid === 'KEY1234567' && Number(payload.exp) - Number(payload.iat) <= 15_777_000
}
