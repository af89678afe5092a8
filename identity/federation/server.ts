import * as oidc from 'openid-client'
import type { OutsideFetch } from '../platform/http/outside.ts'
import { Configurations } from './configurations.ts'
import { badMetadata } from './problems.ts'

/** Where a provider says what it has, or what it has. */
export type ProviderServer =
  | {
      readonly discovery: string
      /** What it calls itself; else the address of the document says it. */
      readonly issuer?: string | undefined
      /** It calls itself anything at the same host. */
      readonly sameOrigin?: true
      /** Its keys, in place of those that the document names. */
      readonly jwks?: string | undefined
      readonly keptSeconds: number
    }
  | { readonly metadata: oidc.ServerMetadata }

/** A provider as it was found. */
export interface ServerState {
  readonly metadata: oidc.ServerMetadata
  /** Its keys, as they were fetched last. */
  jwks: oidc.ExportedJWKSCache | undefined
  /** What the library made for clients of ours. */
  readonly configurations: Configurations
  /** Milliseconds since 1970. */
  readonly goodUntil: number
}

const WELL_KNOWN = '/.well-known/openid-configuration'

/** The same for the same settings; `openServer` reads it. */
export const serverKey = (server: ProviderServer): string => JSON.stringify(server)

interface Parts {
  readonly fetch: OutsideFetch
  readonly now: () => Date
}

/** Throws UNAUTHENTICATED when the metadata are not those of the issuer. */
export async function openServer({ fetch, now }: Parts, key: string): Promise<ServerState> {
  const server = JSON.parse(key) as ProviderServer
  if ('metadata' in server)
    return {
      metadata: checked(server.metadata),
      jwks: undefined,
      configurations: new Configurations(),
      goodUntil: Number.MAX_SAFE_INTEGER,
    }
  const config = await oidc.discovery(new URL(server.discovery), 'unused', undefined, oidc.None(), {
    [oidc.customFetch]: fetch as oidc.CustomFetch,
    execute: [oidc.allowInsecureRequests],
  })
  const { supportsPKCE: _, ...metadata } = config.serverMetadata()
  if (!isExpected(server, metadata.issuer)) throw badMetadata('the discovery document names another issuer')
  const found = { ...metadata, ...(server.jwks === undefined ? {} : { jwks_uri: server.jwks }) }
  return {
    metadata: checked(found),
    jwks: undefined,
    configurations: new Configurations(),
    goodUntil: now().getTime() + server.keptSeconds * 1000,
  }
}

type Discovered = Extract<ProviderServer, { readonly discovery: string }>

function isExpected({ discovery, issuer, sameOrigin }: Discovered, found: string): boolean {
  if (issuer !== undefined) return found === issuer
  return sameOrigin
    ? URL.parse(found)?.origin === new URL(discovery).origin
    : discoveryOf(found) === discoveryOf(discovery)
}

/** OpenID Connect Discovery 1.0, section 4; an address that has the path already is one. */
const discoveryOf = (address: string): string =>
  address.includes('/.well-known/') ? address : `${address.replace(/\/$/, '')}${WELL_KNOWN}`

/** A browser goes to the authorization endpoint over https; over http only where the issuer itself is at such an address, in a closed network. */
function checked(metadata: oidc.ServerMetadata): oidc.ServerMetadata {
  const [issuer, page] = [URL.parse(metadata.issuer), URL.parse(metadata.authorization_endpoint ?? '')]
  if (page?.protocol !== 'https:' && !(page?.protocol === 'http:' && issuer?.protocol === 'http:'))
    throw badMetadata('the authorization endpoint is no https address')
  return withoutBadLogout(metadata)
}

/** A logout that cannot be passed on safely is not passed on; nobody is kept from signing in over it. */
function withoutBadLogout({ end_session_endpoint, ...metadata }: oidc.ServerMetadata): oidc.ServerMetadata {
  const [issuer, logout] = [URL.parse(metadata.issuer), URL.parse(end_session_endpoint ?? '')]
  const isGood = logout?.protocol === 'https:' || (logout?.protocol === 'http:' && issuer?.protocol === 'http:')
  return isGood && end_session_endpoint !== undefined ? { ...metadata, end_session_endpoint } : metadata
}
