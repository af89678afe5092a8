import type { PolicyDocument } from '../policy/inputs.ts'
import type { ProviderServer } from './server.ts'

/**
 * How a client proves itself at the token endpoint (OpenID Connect Core, section 9). `client_secret_basic_as_is`: without the encoding of
 * RFC 6749, which some providers do not undo. `negotiated`: by what it has and the provider takes. `none_or_secret`: a public client unless
 * it has a secret. `apple`: a secret that is a token, signed anew each time.
 */
export type Authentication =
  | 'client_secret_basic'
  | 'client_secret_basic_as_is'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'negotiated'
  | 'none_or_secret'
  | 'apple'

export type ProviderClaims = Readonly<Record<string, unknown>>

export interface Encrypted {
  readonly idToken: boolean
  readonly userInfo: boolean
}

/** What sets one type of login method apart from the others of the OpenID Connect family. */
export interface OpenIdFacts {
  /** The block of the document that holds the settings of the type. */
  readonly block: string
  /** `undefined` while the settings do not say. */
  readonly server: (block: PolicyDocument) => ProviderServer | undefined
  readonly clientId: (block: PolicyDocument) => string | undefined
  readonly authentication: (block: PolicyDocument) => Authentication
  readonly scopes: (block: PolicyDocument) => readonly string[]
  /** ProviderClaims that are asked for one by one (OpenID Connect Core, section 5.5). */
  readonly claims?: (block: PolicyDocument) => readonly string[]
  /** More parameters of the authorization request. */
  readonly parameters?: (block: PolicyDocument) => Readonly<Record<string, string>>
  /** Which answers have to be encrypted; without a demand none may be. */
  readonly encrypted?: (block: PolicyDocument) => Encrypted
  /** Where it stands who signed in; a provider of OAuth alone has no ID token, or none that can be checked. */
  readonly identity: 'id_token' | 'user_info'
  /** The ID token holds no nonce, whatever is asked for. */
  readonly withoutNonce?: true
  /** Its words as standard claims; `returned`: the parameters with which the browser came back, which prove nothing. */
  readonly person?: (said: ProviderClaims, returned: URLSearchParams) => ProviderClaims
  /** What is wrong with an answer that is good by the protocol. */
  readonly wrong?: (block: PolicyDocument, claims: ProviderClaims) => string | undefined
}
