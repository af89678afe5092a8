import { createHash, randomBytes } from 'node:crypto'
import { signSamlPost } from '@node-saml/node-saml/lib/saml-post-signing.js'
import { DOMParser } from '@xmldom/xmldom'
import type { MutualTls } from '../../platform/http/mutual-tls.ts'
import { answered, incomplete, wrongAnswer } from '../problems.ts'
import { recordOf, textOf } from '../values.ts'
import { xmlText } from '../xml-text.ts'
import { entityIdOf, keysFor, type SamlClient, type SamlParts } from './client.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const ID_BYTES = 16

/** Whether answers come by the back channel: the settings name the key that we show there. */
export const usesArtifacts = ({ login, provider }: SamlClient): boolean =>
  provider.artifacts.length > 0 && clientKeyOf(login.spec) !== undefined

const clientKeyOf = (spec: SamlClient['login']['spec']): string | undefined =>
  textOf(recordOf(spec.samlMutualTls).clientKeyPairId)

/**
 * The response that an artifact stands for, in base64 (SAML 2.0 Bindings, section 3.6): fetched from the provider over TLS in which both sides
 * show certificates. What it says is checked as an answer by POST is. Throws the uniform refusal, and UNAVAILABLE.
 */
export async function resolved(
  parts: SamlParts,
  client: SamlClient,
  returnAddress: string,
  artifact: string,
): Promise<string> {
  const location = locationOf(client, artifact)
  const id = `_${randomBytes(ID_BYTES).toString('hex')}`
  const issuer = entityIdOf(client, returnAddress)
  const request = `<samlp:ArtifactResolve xmlns:samlp="${PROTOCOL}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${xmlText(location)}"><saml:Issuer>${xmlText(issuer)}</saml:Issuer><samlp:Artifact>${xmlText(artifact)}</samlp:Artifact></samlp:ArtifactResolve>`
  const { signing } = await keysFor(parts, client)
  const options = { privateKey: signing.privateKey, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256' } as const
  const body = `<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${signSamlPost(request, '/*', options)}</soap:Body></soap:Envelope>`
  const headers = { 'content-type': 'text/xml', soapaction: '"http://www.oasis-open.org/committees/security"' }
  const tls = await mutualTls(parts, client)
  const answer = await answered(() => parts.post(location, tls, { body, headers }))
  if (answer.status !== 200) throw wrongAnswer(`the provider answered status ${answer.status} to the artifact`)
  return Buffer.from(responseIn(answer.body, id)).toString('base64')
}

/** SAML 2.0 Bindings, section 3.6.4: type 4, index of the endpoint, SHA-1 of the provider's name, handle. */
function locationOf({ provider }: SamlClient, artifact: string): string {
  const bytes = Buffer.from(artifact, 'base64')
  const source = createHash('sha1').update(provider.entityId).digest()
  const isOwn = bytes.length === 44 && bytes.readUInt16BE(0) === 4 && bytes.subarray(4, 24).equals(source)
  const found = provider.artifacts.find(({ index }) => isOwn && index === bytes.readUInt16BE(2))
  if (found === undefined) throw wrongAnswer('the artifact is of another provider')
  return found.location
}

async function mutualTls(parts: SamlParts, { login }: SamlClient): Promise<MutualTls> {
  const [own, server] = [clientKeyOf(login.spec), textOf(recordOf(login.spec.samlMutualTls).serverCertificateId)]
  if (own === undefined) throw incomplete('the key for the back channel (samlMutualTls)')
  const pair = await parts.pair(login.organization, own)
  const certificate = server === undefined ? undefined : await parts.certificate(login.organization, server)
  if (server !== undefined && certificate === undefined) throw incomplete(`the certificate '${server}' in the keystore`)
  return { ...pair, server: certificate }
}

function responseIn(xml: string, id: string): string {
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) throw wrongAnswer('the answer has a document type')
  const fail = (): never => {
    throw wrongAnswer('the answer to the artifact is no XML')
  }
  const parser = new DOMParser({ errorHandler: { warning: () => undefined, error: fail, fatalError: fail } })
  const document = parser.parseFromString(xml, 'text/xml')
  const [answer] = Array.from(document.getElementsByTagNameNS(PROTOCOL, 'ArtifactResponse'))
  if (answer?.getAttribute('InResponseTo') !== id) throw wrongAnswer('the answer belongs to another artifact')
  const code = answer.getElementsByTagNameNS(PROTOCOL, 'StatusCode')[0]
  const [response, ...others] = Array.from(answer.getElementsByTagNameNS(PROTOCOL, 'Response'))
  if (code?.getAttribute('Value') !== SUCCESS || response === undefined || others.length > 0)
    throw wrongAnswer('the provider has no answer for the artifact')
  return response.toString()
}
