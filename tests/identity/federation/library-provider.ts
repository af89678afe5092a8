import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'

/** A provider of the certified library `oidc-provider`, on its own, at which everybody is signed in as `jane`. */
export interface LibraryProvider {
  readonly url: string
  /** What the account is told to have reached (`acr`). */
  acr: string
  /** Has this client from now on, and no other one. */
  client(metadata: ClientMetadata): void
  close(): void
}

const CLAIMS = { email: 'jane@example.com', email_verified: true, given_name: 'Jane' }

export async function openLibraryProvider(): Promise<LibraryProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwks = { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] }
  let provider: Provider
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/')) void agree(request, response)
    else void provider.callback()(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made: LibraryProvider = {
    url,
    acr: 'http://itsme.services/V2/claim/acr_advanced',
    client: (metadata) => {
      provider = new Provider(url, configuration(metadata, jwks))
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  made.client({ client_id: 'none', redirect_uris: ['https://none.example.com'], token_endpoint_auth_method: 'none' })

  /** Signs in and allows everything at once. */
  async function agree(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params, session } = await provider.interactionDetails(request, response)
    const accountId = session?.accountId ?? 'jane'
    const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    grant.addOIDCClaims(Object.keys(CLAIMS))
    const consent = { grantId: await grant.save() }
    await provider.interactionFinished(request, response, { login: { accountId, acr: made.acr }, consent })
  }
  return made
}

const configuration = (client: ClientMetadata, jwks: object): Configuration =>
  ({
    clients: [client],
    jwks,
    scopes: ['openid', 'profile', 'email', 'service:LOGIN'],
    claims: { openid: ['sub', 'acr'], email: ['email', 'email_verified'], profile: ['given_name'] },
    acrValues: ['http://itsme.services/V2/claim/acr_basic', 'http://itsme.services/V2/claim/acr_advanced'],
    features: {
      devInteractions: { enabled: false },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      claimsParameter: { enabled: true },
    },
    cookies: { keys: ['test'] },
    // Its own guard keeps it from loopback.
    fetch: (input: string) => fetch(input),
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...CLAIMS }),
    }),
  }) as unknown as Configuration
