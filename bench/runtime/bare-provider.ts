import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'

/** `oidc-provider` alone with its in-memory adapter: the floor for tokens of client credentials, as JWTs of the same kind as ours. */
const keys = await Promise.all(
  (['EdDSA', 'RS256'] as const).map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), alg, kid: alg, use: 'sig' }
  }),
)
const client = (alg: 'EdDSA' | 'RS256') => ({
  client_id: alg,
  client_secret: 'secret',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [] as [],
  token_endpoint_auth_method: 'client_secret_post' as const,
  id_token_signed_response_alg: alg,
})

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const configuration: Configuration = {
    jwks: { keys: keys as NonNullable<Configuration['jwks']>['keys'] },
    clients: [client('EdDSA'), client('RS256')],
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA', 'RS256'] },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => url,
        getResourceServerInfo: (_ctx, _resource, { clientId }) => ({
          scope: '',
          audience: url,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: clientId as 'EdDSA' | 'RS256' } },
        }),
      },
    },
  }
  server.on('request', new Provider(url, configuration).callback())
  process.stdout.write(`Serving on ${url}\n`)
})
