import type { PolicyDocument } from '../policy/inputs.ts'
import type { Authentication, OpenIdFacts } from './facts.ts'
import { PRESETS } from './presets.ts'
import type { ProviderServer } from './server.ts'
import { recordOf, textOf, textsOf } from './values.ts'

const DISCOVERY_SECONDS = 3600
const SCOPES = ['openid', 'profile', 'email']

/** Without `openid` there is no ID token (OpenID Connect Core, section 3.1.2.1). */
const withOpenId = (scopes: readonly string[]): readonly string[] => [...new Set(['openid', ...scopes])]

/** What a provider may sign with that does not say it: whatever its public keys verify. */
const SIGNATURES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

function manual(block: PolicyDocument): ProviderServer | undefined {
  const [issuer, authorization, token] = ['issuer', 'authorizationUrl', 'tokenUrl'].map((f) => textOf(block[f]))
  const [jwks, userInfo, endSession] = ['jwksUrl', 'userInfoUrl', 'endSessionUrl'].map((f) => textOf(block[f]))
  if (issuer === undefined || authorization === undefined || token === undefined || jwks === undefined) return undefined
  return {
    metadata: {
      issuer,
      authorization_endpoint: authorization,
      token_endpoint: token,
      jwks_uri: jwks,
      id_token_signing_alg_values_supported: SIGNATURES,
      ...(userInfo === undefined ? {} : { userinfo_endpoint: userInfo }),
      ...(endSession === undefined ? {} : { end_session_endpoint: endSession }),
    },
  }
}

function discovered(block: PolicyDocument): ProviderServer | undefined {
  const discovery = textOf(block.discoveryUrl)
  const { metadataExpirationSeconds: kept } = block
  const keptSeconds = typeof kept === 'number' ? kept : DISCOVERY_SECONDS
  return discovery === undefined ? undefined : { discovery, issuer: textOf(block.issuer), keptSeconds }
}

const CONFIGURED: Readonly<Record<string, Authentication>> = {
  ClientSecretBasic: 'client_secret_basic',
  PrivateKeyJwt: 'private_key_jwt',
}

/** The types by their name in documents. */
export const OPEN_ID_TYPES: Readonly<Record<string, OpenIdFacts>> = {
  OpenIdConnect: {
    block: 'openIdConnect',
    server: (block) => (block.manualMetadataSetup === true ? manual(block) : discovered(block)),
    clientId: (block) => textOf(block.clientId),
    authentication: (block) => CONFIGURED[String(block.clientAuthenticationMethod)] ?? 'negotiated',
    scopes: (block) => (Array.isArray(block.scopes) ? withOpenId(textsOf(block.scopes)) : SCOPES),
    claims: (block) => textsOf(block.claims),
    encrypted: (block) => ({
      idToken: block.idTokenEncryptionRequired === true,
      userInfo: block.userInfoEncryptionRequired === true,
    }),
    identity: 'id_token',
  },
  ...PRESETS,
}

/** Whether a logout at one side ends the session at the other. */
export const passesLogoutOn = ({ spec }: { readonly spec: PolicyDocument }): boolean =>
  recordOf(spec[OPEN_ID_TYPES[String(spec.type)]?.block ?? '']).frontChannelLogoutEnabled === true
