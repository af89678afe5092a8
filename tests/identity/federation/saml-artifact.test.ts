import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SignedXml } from 'xml-crypto'
import { newPair, type Pair } from '../../../shadow/key-pair.ts'
import { artifactOf, readResolve, resolveAnswer } from '../../../shadow/saml-messages.ts'
import { asked, certificatesIn, openSamlWorld, type SamlWorld } from './saml-world.ts'
import { claimsOf, events, TENANT, textOf, waitAt } from './world.ts'

/** The back channel of an identity provider (SAML 2.0 Bindings, section 3.6): it answers artifacts once, to one client alone. */
class BackChannel {
  readonly server: Server
  readonly #answers = new Map<string, string>()
  /** Certificate of who may ask. */
  client: string
  /** Certificate with which requests are signed (base64 of DER). */
  signing = ''
  inResponseTo: string | undefined
  #count = 0

  constructor(own: Pair, client: Pair) {
    this.client = client.certificate
    const options = { key: own.privateKey, cert: own.certificate, requestCert: true, rejectUnauthorized: false }
    this.server = createServer(options, async (request, response) => {
      const peer = (request.socket as TLSSocket).getPeerX509Certificate()
      const isKnown = peer?.fingerprint256 === new X509Certificate(this.client).fingerprint256
      if (!isKnown) return void response.writeHead(403).end()
      response.writeHead(200, { 'content-type': 'text/xml' }).end(this.#answer(await text(request)))
    }).listen(0, '127.0.0.1')
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}/artifact`
  }

  /** An artifact for a response; type 4. */
  keep(entityId: string, response: string, index = 3): string {
    const artifact = artifactOf(entityId, index, ++this.#count)
    this.#answers.set(artifact, response)
    return artifact
  }

  #answer(xml: string): string {
    const request = /<samlp:ArtifactResolve[\s\S]*<\/samlp:ArtifactResolve>/.exec(xml)?.[0] ?? ''
    const verifier = new SignedXml({
      publicCert: new X509Certificate(Buffer.from(this.signing, 'base64')).toString(),
      getCertFromKeyInfo: () => null,
    })
    verifier.loadSignature(/<Signature[\s\S]*<\/Signature>/.exec(request)?.[0] ?? '')
    if (!verifier.checkSignature(request)) throw new Error('the request is not signed by the service')
    const { artifact, id } = readResolve(request)
    const response = this.#answers.get(artifact) ?? ''
    this.#answers.delete(artifact)
    return resolveAnswer(this.inResponseTo ?? id, response)
  }
}

describe('SAML answers by the back channel', () => {
  let world: SamlWorld
  let channel: BackChannel
  let other: Pair
  const tls = { client_key_pair_id: 'client', server_certificate_id: 'server' }
  beforeAll(async () => {
    world = await openSamlWorld()
    const [server, client] = [await newPair('server'), await newPair('client')]
    other = await newPair('other')
    channel = new BackChannel(server, client)
    await once(channel.server, 'listening')
    const put = (name: string, material: object) =>
      world.here.admin('PUT', `/v1/organizations/acme/keys/${name}`, material)
    await put('server', { certificate: server.certificate })
    await put('client', { private_key: client.privateKey, certificate: client.certificate })
    await put('other', { private_key: other.privateKey, certificate: other.certificate })
  })
  beforeEach(() => {
    channel.inResponseTo = undefined
  })
  afterAll(async () => {
    channel?.server.closeAllConnections()
    channel?.server.close()
    await world?.close()
  })

  const method = async (saml_mutual_ssl_tls_attributes?: object) => {
    const service = `<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" index="3" Location="${channel.url}"/>`
    const idp_metadata = world.standIn.metadata.replace('<md:SingleLogoutService', `${service}<md:SingleLogoutService`)
    const name = `Partner ${JSON.stringify(saml_mutual_ssl_tls_attributes ?? 'none')}`
    const more = saml_mutual_ssl_tls_attributes === undefined ? {} : { saml_mutual_ssl_tls_attributes }
    return world.saml({ name, ...more }, { idp_metadata })
  }
  /** The way to the provider and back with an artifact; `bent` changes the response after it was signed. */
  const visit = async (id: string, index = 3, bent = (xml: string) => xml) => {
    const waiting = await waitAt(world)
    const request = await asked(world, waiting, id)
    channel.signing = certificatesIn(await world.metadata(id)).signing
    const attributes = { mail: `${id}@partner.example` }
    const form = await world.standIn.answer(request, { subject: id, attributes })
    const response = Buffer.from(form.get('SAMLResponse') ?? '', 'base64').toString()
    const SAMLart = channel.keep(world.standIn.entityId, bent(response), index)
    const address = `${request.acs}?${new URLSearchParams({ SAMLart, RelayState: request.relayState })}`
    return { waiting, request, address, page: await waiting.browser.open(address) }
  }
  const reason = async () => (await events(world)).at(-1)?.subject.reason

  it('are asked for and fetched where the settings name both sides, and the person is in', async () => {
    const id = await method(tls)
    const { waiting, request, page } = await visit(id)
    expect(request.xml).toContain('bindings:HTTP-Artifact')
    expect(await world.metadata(id)).toContain('bindings:HTTP-Artifact')
    expect(await claimsOf(world, waiting, page)).toMatchObject({ sub: expect.any(String) })
  })

  it('are not asked for without, and none is fetched', async () => {
    const id = await method()
    const { request, page } = await visit(id)
    expect(request.xml).toContain('bindings:HTTP-POST')
    expect(await world.metadata(id)).not.toContain('HTTP-Artifact')
    expect([page.status, await reason()]).toEqual([401, expect.stringContaining('samlMutualTls')])
  })

  it('clientKeyPairId: the provider answers that certificate and no other one', async () => {
    const { page } = await visit(await method({ ...tls, client_key_pair_id: 'other' }))
    expect([page.status, await reason()]).toEqual([401, expect.stringContaining('status 403')])
  })

  it('serverCertificateId: nothing is told to another one, nor to one that nobody trusts', async () => {
    const { page } = await visit(await method({ ...tls, server_certificate_id: 'other' }))
    expect([page.status, textOf(await page.text())]).toEqual([503, expect.stringContaining('cannot be reached')])
    expect((await visit(await method({ client_key_pair_id: 'client' }))).page.status).toBe(503)
    expect((await visit(await method({ ...tls, server_certificate_id: 'none' }))).page.status).toBe(401)
  })

  it('count once, and only as they were signed', async () => {
    const id = await method(tls)
    const { waiting, address } = await visit(id)
    expect((await waiting.browser.open(address)).status).toBe(401)
    const { page } = await visit(id, 3, (xml) => xml.replaceAll(id, 'somebody-else'))
    expect(page.status).toBe(401)
  })

  it('of another provider, of an endpoint that it has not, or to another request are refused', async () => {
    const id = await method(tls)
    expect([(await visit(id, 4)).page.status, await reason()]).toEqual([401, 'the artifact is of another provider'])
    channel.inResponseTo = '_other'
    expect([(await visit(id)).page.status, await reason()]).toEqual([401, 'the answer belongs to another artifact'])
    const { request, waiting } = await visit(id)
    const guess = new URLSearchParams({ SAMLart: 'AAQAAA==', RelayState: request.relayState })
    const answer = await waiting.browser.open(`${world.here.url}/${TENANT}/login/with/${id}/callback?${guess}`)
    expect(answer.status).toBe(401)
  })
})
