import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider'
import { sameHash } from '../crypto/hash.ts'
import type { Deps } from '../deps.ts'
import { CLIENTS, clientSecretHash, type StoredClient } from '../directory/clients.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { knownClient } from './known-client.ts'

/** Scopes that every client may ask for (OpenID Connect Core, sections 5.4 and 11, and two of ours); others are in the client's `allowed_scopes`. */
export const OIDC_SCOPES = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'roles',
  'groups',
  'offline_access',
] as const
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** A locked client starts nothing and fetches nothing; what was issued runs out, and people can still sign out (notes, `is_lock`). */
const OPEN_TO_LOCKED: ReadonlySet<string> = new Set([
  'userinfo',
  'introspection',
  'revocation',
  'end_session',
  'end_session_confirm',
  'end_session_success',
])

/** The client of a tenant, unless the current request may not go on with a locked one. */
async function usableClient(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  id: string,
): Promise<StoredClient | undefined> {
  const client = knownClient(tenant, id) ?? (await store.get(CLIENTS, tenant, id))
  const route = Provider.ctx?.oidc?.route
  // Outside a request a client is told that a session has ended.
  if (!client?.is_lock || route === undefined || OPEN_TO_LOCKED.has(route)) return client
  return undefined
}

/** Clients for the provider library: read on demand from the registrations of the tenant, never written. */
export class ClientAdapter implements Adapter {
  readonly #deps: Pick<Deps, 'store' | 'publicUrl'>
  readonly #tenant: string

  constructor(deps: Pick<Deps, 'store' | 'publicUrl'>, tenant: string) {
    this.#deps = deps
    this.#tenant = tenant
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (id === ACCOUNT_CLIENT) return accountClient(this.#deps, this.#tenant)
    const client = await usableClient(this.#deps, this.#tenant, id)
    return client && metadataOf(client)
  }

  upsert = unwritable
  destroy = unwritable
  consume = unwritable
  revokeByGrantId = unwritable
  findByUid = unwritable
  findByUserCode = unwritable
}

async function unwritable(): Promise<undefined> {
  throw new errors.InvalidRequest('clients are registered through /v1/clients')
}

/** Id of the client that every tenant has: the account pages, which people sign in to as to any application. */
export const ACCOUNT_CLIENT = 'plumbline-account'
/** Where the account pages take over after a sign-in. They go by the session and never redeem their code. */
export const accountReturn = (deps: Pick<Deps, 'publicUrl'>, tenant: string): string =>
  `${publicUrlOf(deps)}/${tenant}/account/signed-in`

const accountClient = (deps: Pick<Deps, 'publicUrl'>, tenant: string): AdapterPayload => ({
  client_id: ACCOUNT_CLIENT,
  application_type: 'web',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: [accountReturn(deps, tenant)],
  id_token_signed_response_alg: 'EdDSA',
  allowed_scopes: [],
})

/** OpenID Connect Dynamic Client Registration metadata of a registration. */
function metadataOf(client: StoredClient): AdapterPayload {
  const confidential = client.client_type === 'confidential'
  const returns = client.redirect_uris.length > 0 && client.flow === null
  return {
    client_id: client.client_id,
    client_name: client.name,
    application_type: isNative(client) ? 'native' : 'web',
    // Stands for the secret: only its keyed hash is known (`provesSecret` compares).
    ...(confidential && client.secret_hash !== null ? { client_secret: client.secret_hash } : {}),
    token_endpoint_auth_method: confidential ? client.token_endpoint_auth_method : 'none',
    grant_types: grantsOf(client, returns),
    response_types: returns ? ['code'] : [],
    redirect_uris: [...client.redirect_uris],
    post_logout_redirect_uris: [...client.post_logout_redirect_uri],
    ...(client.client_logout_uri === null
      ? {}
      : { backchannel_logout_uri: client.client_logout_uri, backchannel_logout_session_required: true }),
    id_token_signed_response_alg: client.sing_alg,
    allowed_scopes: [...client.allowed_scopes],
  }
}

/** A client with a flow of its own, which is not the library's, has no other. */
const grantsOf = ({ flow, client_type }: StoredClient, returns: boolean): readonly string[] =>
  flow === null
    ? [
        ...(returns ? ['authorization_code'] : []),
        'refresh_token',
        DEVICE_GRANT,
        ...(client_type === 'confidential' ? ['client_credentials'] : []),
      ]
    : []

/** Apps return to a private scheme or to a loopback address with any port (RFC 8252, section 7). */
const isNative = ({ client_type, redirect_uris }: StoredClient): boolean =>
  client_type === 'public' && redirect_uris.some((uri) => !uri.startsWith('https:'))

/** Scopes of a client beyond those of OpenID Connect: metadata of our own beside the registered names. */
export const ownScopesOf = (client: { readonly [name: string]: unknown } | undefined): readonly string[] =>
  (client?.allowed_scopes ?? []) as readonly string[]

/** Whether the presented text is the client's secret, in constant time. */
export function provesSecret(
  deps: Pick<Deps, 'masterKey'>,
  client: { readonly tenant_id: string; readonly client_id: string; readonly secret_hash: string },
  secret: string,
): boolean {
  return sameHash(client.secret_hash, clientSecretHash(deps, client, secret))
}
