import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** The client that it knows. */
export const CLIENT = 'bench'

/** An OpenID provider in the process of the load generator, whose processor time is not the service's. */
export async function openProvider() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }
  const nonces = new Map<string, string>()
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', url)
    const answers: Readonly<Record<string, () => object | Promise<object>>> = {
      '/.well-known/openid-configuration': () => metadata,
      '/jwks': () => ({ keys: [jwk] }),
      '/token': async () => tokenFor(new URLSearchParams(await text(request)).get('code') ?? ''),
    }
    const body = JSON.stringify((await answers[pathname]?.()) ?? {})
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const metadata = {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
  const tokenFor = async (code: string) => {
    const claims = { nonce: nonces.get(code), email: 'jane@example.com', email_verified: true }
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    const about = token.setIssuer(url).setAudience(CLIENT).setSubject('jane').setIssuedAt().setExpirationTime('5m')
    return { access_token: 'a', token_type: 'Bearer', id_token: await about.sign(privateKey) }
  }
  /** The parameters with which the browser goes back from an authorization request. */
  const back = (asked: URL): string => {
    const [state, nonce] = ['state', 'nonce'].map((name) => asked.searchParams.get(name) ?? '')
    const code = createHash('sha256')
      .update(state ?? '')
      .digest('hex')
    nonces.set(code, nonce ?? '')
    return String(new URLSearchParams({ code, state: state ?? '' }))
  }
  return { url, back, close: () => server.close() }
}

export type Provider = Awaited<ReturnType<typeof openProvider>>
