import { createHash, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'
import { encrypt } from 'xml-encryption'

const NS = 'urn:oasis:names:tc:SAML:2.0:'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const ALGORITHMS = {
  sha256: ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmlenc#sha256'],
  sha1: ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'http://www.w3.org/2000/09/xmldsig#sha1'],
} as const

/** What was asked for by a request. */
export interface AskedBySaml {
  readonly id: string
  readonly issuer: string
  readonly acs: string
  readonly relayState: string
  readonly xml: string
}

/** What an identity provider says of somebody. `undefined` leaves a part out. */
export interface Said {
  readonly subject?: string
  readonly format?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly context?: string
  readonly issuer?: string
  readonly audience?: string
  /** Without them nothing bounds time and audience. */
  readonly withoutConditions?: true
  readonly recipient?: string
  readonly inResponseTo?: string | undefined
  readonly validForSeconds?: number
  readonly issuedSecondsAgo?: number
  /** Which part is signed. */
  readonly signed?: 'assertion' | 'response' | 'nothing'
  readonly algorithm?: keyof typeof ALGORITHMS
  /** A certificate to encrypt to (base64 of DER). */
  readonly encryptTo?: string | undefined
}

/** Who answers: an identity provider with its key in PEM form. */
export interface SamlSpeaker {
  readonly entityId: string
  readonly privateKey: string
}

/** Reads the request in an address or a form; a form does not deflate it (SAML 2.0 Bindings, sections 3.4.4 and 3.5.4). */
export function readRequest(fields: URLSearchParams): AskedBySaml {
  const bytes = Buffer.from(fields.get('SAMLRequest') ?? '', 'base64')
  const xml = (bytes.subarray(0, 1).toString() === '<' ? bytes : inflateRawSync(bytes)).toString()
  const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  const issuer = /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1] ?? ''
  const relayState = fields.get('RelayState') ?? ''
  return { id: attribute('ID'), issuer, acs: attribute('AssertionConsumerServiceURL'), relayState, xml }
}

/** The response to a request for authentication (SAML 2.0 Core, section 3.3.3). */
export async function responseTo(speaker: SamlSpeaker, asked: AskedBySaml, said: Said): Promise<string> {
  const { signed = 'assertion' } = said
  const { entityId, privateKey } = speaker
  const assertion = assertionOf(entityId, asked, said)
  const signedAssertion = signed === 'assertion' ? signedXml(assertion, 'Assertion', privateKey, said) : assertion
  const inner = said.encryptTo === undefined ? signedAssertion : await encrypted(signedAssertion, said.encryptTo)
  const response = `<samlp:Response xmlns:samlp="${NS}protocol" xmlns:saml="${NS}assertion" ID="_r${asked.id}" Version="2.0" IssueInstant="${instant(0)}" Destination="${asked.acs}" InResponseTo="${asked.id}"><saml:Issuer>${entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${NS}status:Success"/></samlp:Status>${inner}</samlp:Response>`
  return signed === 'response' ? signedXml(response, 'Response', privateKey, said) : response
}

/** Signs a document at its root. */
export function signedXml(
  xml: string,
  element: 'Assertion' | 'Response' | 'LogoutRequest',
  privateKey: string,
  { algorithm = 'sha256' }: Pick<Said, 'algorithm'>,
): string {
  const [signatureAlgorithm, digestAlgorithm] = ALGORITHMS[algorithm]
  const signer = new SignedXml({ privateKey, signatureAlgorithm, canonicalizationAlgorithm: EXCLUSIVE })
  signer.addReference({
    xpath: `/*[local-name(.)='${element}']`,
    transforms: [ENVELOPED, EXCLUSIVE],
    digestAlgorithm,
  })
  const location = { reference: `/*[local-name(.)='${element}']/*[local-name(.)='Issuer']`, action: 'after' } as const
  signer.computeSignature(xml, { location })
  return signer.getSignedXml()
}

/** Stands for a response (SAML 2.0 Bindings, section 3.6.4): type 4, the index of the endpoint, who has it, and a number of its own. */
export function artifactOf(entityId: string, index: number, count: number): string {
  const handle = Buffer.alloc(20)
  handle.writeUInt32BE(count)
  const source = createHash('sha1').update(entityId).digest()
  return Buffer.concat([Buffer.from([0, 4, index >> 8, index & 255]), source, handle]).toString('base64')
}

/** The artifact that is asked for, and the id of the request. */
export const readResolve = (xml: string): { readonly artifact: string; readonly id: string } => ({
  artifact: /<samlp:Artifact>([^<]+)</.exec(xml)?.[1] ?? '',
  id: /<samlp:ArtifactResolve[^>]* ID="([^"]+)"/.exec(xml)?.[1] ?? '',
})

/** The answer to that request; an artifact that nobody knows has no response. */
export const resolveAnswer = (id: string, response: string): string =>
  `<s:Envelope xmlns:s="${SOAP}"><s:Body><samlp:ArtifactResponse xmlns:samlp="${NS}protocol" ID="_x" Version="2.0" InResponseTo="${id}"><samlp:Status><samlp:StatusCode Value="${NS}status:Success"/></samlp:Status>${response}</samlp:ArtifactResponse></s:Body></s:Envelope>`

const instant = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()

function assertionOf(entityId: string, asked: AskedBySaml, said: Said): string {
  const {
    subject = 'p1',
    format = `${NS}nameid-format:persistent`,
    attributes = {},
    context = `${NS}ac:classes:Password`,
  } = said
  const until = instant(said.validForSeconds ?? 300)
  const from = instant(-(said.issuedSecondsAgo ?? 5))
  const belongs = 'inResponseTo' in said ? said.inResponseTo : asked.id
  const to = belongs === undefined ? '' : ` InResponseTo="${belongs}"`
  const values = Object.entries(attributes)
    .map(
      ([name, value]) =>
        `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
    )
    .join('')
  const conditions = `<saml:Conditions NotBefore="${from}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${said.audience ?? asked.issuer}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`
  return `<saml:Assertion xmlns:saml="${NS}assertion" ID="_a${asked.id}" Version="2.0" IssueInstant="${from}"><saml:Issuer>${said.issuer ?? entityId}</saml:Issuer><saml:Subject><saml:NameID Format="${format}">${subject}</saml:NameID><saml:SubjectConfirmation Method="${NS}cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${said.recipient ?? asked.acs}"${to}/></saml:SubjectConfirmation></saml:Subject>${said.withoutConditions ? '' : conditions}<saml:AuthnStatement AuthnInstant="${from}" SessionIndex="_s1"><saml:AuthnContext><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${values === '' ? '' : `<saml:AttributeStatement>${values}</saml:AttributeStatement>`}</saml:Assertion>`
}

async function encrypted(xml: string, certificate: string): Promise<string> {
  const x509 = new X509Certificate(Buffer.from(certificate, 'base64'))
  const options = {
    rsa_pub: String(x509.publicKey.export({ type: 'spki', format: 'pem' })),
    pem: x509.toString(),
    encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  } as const
  const result = await promisify<string, object, string>(encrypt as never)(xml, options)
  return `<saml:EncryptedAssertion xmlns:saml="${NS}assertion">${result}</saml:EncryptedAssertion>`
}
