import { randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'

export const ENTRA_REDIRECT = 'https://login.microsoftonline.com/common/federation/externalauthprovider'
export const TID = '9122040d-6c67-4c5b-b112-36a304b66dad'
const APP = 'a6b4c2d0-0000-4000-8000-000000000001'
const DEMANDED = {
  acr: ['possessionorinherence'],
  amr: ['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk', 'tel', 'vbm'],
}

/** A second factor that Entra waits for. */
interface Waiting {
  readonly clientId: string
  readonly nonce: string
  readonly sub: string
}

interface KeyPair {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}
type Form = Record<string, string>

/**
 * Stands for Microsoft Entra ID, which cannot be run here: it publishes an issuer with its keys, sends people to an external
 * authentication method, remembers whom it waits for, and takes each answer once, checked as its documentation says.
 */
export class FakeEntra {
  /** How often its discovery document and its keys were read. */
  readonly reads = { discovery: 0, keys: 0 }
  readonly #key: KeyPair
  readonly #waiting = new Map<string, Waiting>()
  readonly #server: Server

  private constructor(key: KeyPair, server: Server) {
    this.#key = key
    this.#server = server
    server.on('request', (request, response) => void this.#publish(request, response))
  }

  static async open(): Promise<FakeEntra> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FakeEntra(await generateKeyPair('RS256', { extractable: true }), server)
  }

  get #base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get issuer(): string {
    return `${this.#base}/${TID}/v2.0`
  }

  /** A signed `id_token_hint` of a user; it has expired, as those of Entra may have. */
  hint(oid: string, changes: JWTPayload = {}, alg = 'RS256', key: CryptoKey | Uint8Array = this.#key.privateKey) {
    const claims = { oid, tid: TID, sub: `subject-of-${oid}`, iss: this.issuer, aud: APP, preferred_username: 'a@b.c' }
    return new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg, kid: 'entra-1', typ: 'JWT' })
      .setIssuedAt(Date.now() / 1000 - 7200)
      .setExpirationTime(Date.now() / 1000 - 3600)
      .sign(key)
  }

  /** The form with which a person's browser comes to the external method. */
  async challenge(clientId: string, oid: string, changes: Form = {}): Promise<Form> {
    const [state, nonce] = [randomUUID(), randomBytes(16).toString('base64url')]
    this.#waiting.set(state, { clientId, nonce, sub: `subject-of-${oid}` })
    const id_token = Object.fromEntries(Object.entries(DEMANDED).map(([k, values]) => [k, { essential: true, values }]))
    return {
      scope: 'openid',
      response_type: 'id_token',
      response_mode: 'form_post',
      client_id: clientId,
      redirect_uri: ENTRA_REDIRECT,
      claims: JSON.stringify({ id_token }),
      nonce,
      state,
      id_token_hint: await this.hint(oid),
      'client-request-id': randomUUID(),
      ...changes,
    }
  }

  /** Takes the form that came back; `discovery` is the address that an administrator gave it. Throws when it would not be accepted. */
  async receive(form: Form, discovery: string): Promise<JWTPayload> {
    const waiting = this.#waiting.get(form.state ?? '')
    if (!waiting) throw new Error('nobody waits for this answer')
    this.#waiting.delete(form.state ?? '')
    if (form.error !== undefined) throw new Error(form.error)
    const { issuer, jwks_uri } = (await (await fetch(discovery)).json()) as { issuer: string; jwks_uri: string }
    const jwks = (await (await fetch(jwks_uri)).json()) as JSONWebKeySet
    const rules = { issuer, audience: waiting.clientId, subject: waiting.sub, algorithms: ['RS256'] }
    const { payload, protectedHeader } = await jwtVerify(form.id_token ?? '', createLocalJWKSet(jwks), rules)
    requireCertificate(jwks, protectedHeader.kid)
    if (payload.nonce !== waiting.nonce) throw new Error('the nonce is another one')
    if (!DEMANDED.acr.includes(String(payload.acr))) throw new Error('the acr was not demanded')
    const methods = payload.amr as string[]
    if (methods.length !== 1 || !DEMANDED.amr.includes(methods[0] ?? '')) throw new Error('the amr was not demanded')
    return payload
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #publish({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const documents: Readonly<Record<string, () => Promise<object>>> = {
      [`/${TID}/v2.0/.well-known/openid-configuration`]: async () => {
        this.reads.discovery++
        return { issuer: this.issuer, jwks_uri: `${this.#base}/keys` }
      },
      '/keys': async () => {
        this.reads.keys++
        return { keys: [{ ...(await exportJWK(this.#key.publicKey)), kid: 'entra-1', use: 'sig', alg: 'RS256' }] }
      },
    }
    const found = await documents[url ?? '']?.()
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}))
  }
}

/** Entra reads the key from its certificate. */
function requireCertificate({ keys }: JSONWebKeySet, kid: string | undefined): void {
  const key = keys.find((k) => k.kid === kid)
  const certificate = new X509Certificate(Buffer.from(String(key?.x5c?.[0]), 'base64'))
  if (certificate.publicKey.export({ format: 'jwk' }).n !== key?.n) throw new Error('the certificate is of another key')
}
