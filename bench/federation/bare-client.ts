import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import { generateKeyPair } from 'jose'
import * as oidc from 'openid-client'

/**
 * The libraries alone: the floor for a sign-in at another provider. It keeps what one needs between the two requests, proves itself by a key,
 * and leaves what a login leaves, by the five durable writes that ours makes; it asks no setting, has no policy and no user.
 */
const [folder = '', issuer = '', clientId = ''] = process.argv.slice(2)

const db = new DatabaseSync(join(folder, 'bare.db'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE kept (id TEXT PRIMARY KEY, body TEXT)')
const insert = db.prepare('INSERT INTO kept VALUES (?, ?)')
const take = db.prepare('DELETE FROM kept WHERE id = ? RETURNING body')

const { privateKey } = await generateKeyPair('RS256')
const proof = oidc.PrivateKeyJwt({ key: privateKey as CryptoKey, kid: 'bare' })
const options = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] }
const config = await oidc.discovery(new URL(issuer), clientId, undefined, proof, options)

interface Trip {
  readonly nonce: string
  readonly verifier: string
}

const app = Fastify()

app.get('/with', async (request, reply) => {
  const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()]
  insert.run(state, JSON.stringify({ nonce, verifier } satisfies Trip))
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `http://${request.host}/callback`,
    scope: 'openid email',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return reply.redirect(address.href)
})

app.get<{ Querystring: { readonly state: string } }>('/callback', async (request, reply) => {
  const { state } = request.query
  const { nonce, verifier } = JSON.parse(String(take.get(state)?.body)) as Trip
  const address = new URL(request.url, `http://${request.host}`)
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
  const tokens = await oidc.authorizationCodeGrant(config, address, checks)
  for (const kept of ['session', 'login', 'audit']) insert.run(`${kept} ${state}`, JSON.stringify(tokens.claims()))
  return reply.type('text/html').send(`<a href="/oidc/complete">${tokens.claims()?.sub}</a>`)
})

await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as { readonly port: number }
process.stdout.write(`Serving on http://127.0.0.1:${port}\n`)
await once(process, 'SIGTERM')
await app.close()
db.close()
