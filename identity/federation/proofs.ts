import { type CryptoKey, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import type { Authentication, OpenIdFacts } from './facts.ts'
import type { FederatedLogin } from './methods.ts'
import { incomplete } from './problems.ts'
import type { ProviderServer } from './server.ts'
import { textOf } from './values.ts'

/** A login method with what its type makes of its settings. */
export interface OpenIdClient {
  readonly login: FederatedLogin
  readonly facts: OpenIdFacts
  readonly block: FederatedLogin['spec']
  readonly server: ProviderServer
  readonly clientId: string
}

/** Keys of an organization. */
export interface OrganizationKeys {
  /** The one with which it proves itself to other providers. */
  readonly own: (organization: string) => Promise<oidc.PrivateKey>
  /** Those to which other providers encrypt. */
  readonly forDecryption: (organization: string) => Promise<readonly oidc.DecryptionKey[]>
  /** One that it got from a provider, by its name in the keystore; for signing by the algorithm. */
  readonly named: (organization: string, name: string, algorithm: string) => Promise<CryptoKey | undefined>
}

interface Parts {
  readonly now: () => Date
  readonly keys: OrganizationKeys
}
/** How a client proves itself. */
export interface ClientProof {
  readonly auth: oidc.ClientAuth
  /** The same as long as the proof is. */
  readonly by: unknown
}
type Prove = (parts: Parts, client: OpenIdClient, server: oidc.ServerMetadata) => Promise<ClientProof>

const SECRET = 'client_secret'
/** Apple takes a secret of up to six months; this one is for one request. */
const APPLE_SECONDS = 300
const APPLE = 'https://appleid.apple.com'

const byKey: Prove = async ({ keys }, { login }) => {
  const own = await keys.own(login.organization)
  return { auth: oidc.PrivateKeyJwt(own), by: own.key }
}

/** The secret is opened when it is sent, and kept nowhere. */
const bySecret =
  (way: (secret: string, clientId: string) => oidc.ClientAuth): Prove =>
  async (_, { login, clientId }) => {
    const by = login.sealed(SECRET)
    if (by === undefined) throw incomplete('the client secret')
    return { auth: (...request) => way(String(login.secret(SECRET)), clientId)(...request), by }
  }

const basic = bySecret((secret) => oidc.ClientSecretBasic(secret))
const post = bySecret((secret) => oidc.ClientSecretPost(secret))

/** How a client proves itself, by each way. A proof throws the uniform refusal when the settings lack what it takes. */
export const PROOFS: Readonly<Record<Authentication, Prove>> = {
  client_secret_basic: basic,
  client_secret_basic_as_is: bySecret(basicAsIs),
  client_secret_post: post,
  private_key_jwt: byKey,
  negotiated: async (parts, client, server) => {
    if (client.login.sealed(SECRET) === undefined) return byKey(parts, client, server)
    // What a provider takes that does not say it (OpenID Connect Discovery 1.0, section 3).
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return (taken.includes('client_secret_basic') ? basic : post)(parts, client, server)
  },
  none_or_secret: async (parts, client, server) =>
    client.login.sealed(SECRET) === undefined ? { auth: oidc.None(), by: 'none' } : post(parts, client, server),
  apple: async (parts, client) => {
    const secret = await appleSecret(parts, client)
    return { auth: oidc.ClientSecretPost(secret), by: secret }
  },
}

function basicAsIs(secret: string, id: string): oidc.ClientAuth {
  return (_server, _client, _body, headers) =>
    headers.set('authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`)
}

/** A token that the key of the developer signs (Apple, "Creating a client secret"). */
async function appleSecret({ now, keys }: Parts, { login, block, clientId }: OpenIdClient): Promise<string> {
  const [team, kid, name] = ['teamId', 'keyId', 'signingKeyId'].map((field) => textOf(block[field]))
  if (team === undefined || kid === undefined || name === undefined)
    throw incomplete('the team, the key id or the signing key')
  const key = await keys.named(login.organization, name, 'ES256')
  if (key === undefined) throw incomplete(`the key '${name}' in the keystore`)
  const seconds = Math.floor(now().getTime() / 1000)
  return new SignJWT({ iss: team, sub: clientId, aud: APPLE, iat: seconds, exp: seconds + APPLE_SECONDS })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key)
}
