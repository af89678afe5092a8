import { randomBytes } from 'node:crypto'
import { hmacUnder } from '../crypto/derived-keys.ts'
import type { Deps } from '../deps.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import type { Collection } from '../store/store.ts'

/** Contract schema Client without its secret, with every field settled. */
export interface Client {
  readonly client_id: string
  readonly name: string
  readonly tenant_id: string
  readonly redirect_uris: readonly string[]
  readonly post_logout_redirect_uri: readonly string[]
  readonly allowed_scopes: readonly string[]
  readonly token_endpoint_auth_method: 'client_secret_post'
  readonly logo_uri: string | null
  readonly op_policy_url: string | null
  readonly op_tos_url: string | null
  readonly op_user_agreement_url: string | null
  readonly client_uri: string | null
  readonly client_logout_uri: string | null
  readonly register_enable: boolean
  readonly tenant_name: string | null
  readonly client_type: 'public' | 'confidential'
  readonly is_lock: boolean
  readonly sing_alg: 'RS256' | 'EdDSA'
  readonly flow: { readonly type: 'microsoft-mfa'; readonly issuer: string } | null
}

/** A client as stored, in the scope of its tenant. */
export interface StoredClient extends Client {
  /** HMAC-SHA-256 of the secret under the master key, hexadecimal; null for a public client. */
  readonly secret_hash: string | null
}

/** A valid body of createClient and updateClient: defaults are filled in, fields without a default may be absent. */
export type ClientInput = Partial<Client> &
  Pick<
    Client,
    | 'client_id'
    | 'name'
    | 'tenant_id'
    | 'client_type'
    | 'sing_alg'
    | 'register_enable'
    | 'is_lock'
    | 'token_endpoint_auth_method'
  > & { readonly client_secret?: string | null }

export const CLIENTS: Collection<StoredClient> = { name: 'clients', id: (client) => client.client_id, indexes: [] }

export const newSecret = (): string => randomBytes(32).toString('base64url')

/** Keyed, so that a stolen database alone gives no way to try guesses. */
export const clientSecretHash = (
  { masterKey }: Pick<Deps, 'masterKey'>,
  client: Pick<Client, 'tenant_id' | 'client_id'>,
  secret: string,
): string =>
  hmacUnder(masterKey, 'client secret')
    .update(JSON.stringify([client.tenant_id, client.client_id, secret]))
    .digest('hex')

const ABSENT = {
  redirect_uris: [],
  post_logout_redirect_uri: [],
  allowed_scopes: [],
  logo_uri: null,
  op_policy_url: null,
  op_tos_url: null,
  op_user_agreement_url: null,
  client_uri: null,
  client_logout_uri: null,
  tenant_name: null,
  flow: null,
} as const

/** The registration that a body asks for. Entra demands RS256, so microsoft-mfa forces it (notes 5.10). */
export function settledClient({ client_secret, ...input }: ClientInput): Client {
  if (input.client_type === 'public' && client_secret != null)
    throw invalid('/client_secret', 'a public client has no secret; leave it out')
  const client = { ...ABSENT, ...input }
  return client.flow === null ? client : { ...client, sing_alg: 'RS256' }
}

/** What an answer shows: the secret once at creation, else null. */
export function shownClient({ secret_hash: _, ...client }: StoredClient, secret: string | null = null) {
  return { ...client, client_secret: secret }
}
