import { sign, verify, X509Certificate } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'
import { encrypt } from 'xml-encryption'
import { newPair } from './key-pair.ts'

const NS = 'urn:oasis:names:tc:SAML:2.0:'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** What was asked for by a request. */
export interface AskedBySaml {
  readonly id: string
  readonly issuer: string
  readonly acs: string
  readonly relayState: string
  readonly xml: string
}

/** What the stand-in says. `undefined` leaves a part out. */
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
  readonly algorithm?: 'sha256' | 'sha1'
  /** A certificate to encrypt to (base64 of DER). */
  readonly encryptTo?: string
  /** Changes the XML after it was signed. */
  readonly bent?: (xml: string) => string
}

/** What is wanted of a request for logout, and what is wrong with it. */
export interface WantsLogout {
  readonly id?: string
  readonly subject?: string
  /** Empty: all sessions of the person. */
  readonly session?: string
  readonly issuer?: string
  readonly destination?: string
  readonly secondsAgo?: number
  readonly relayState?: string
  readonly signed?: 'this' | 'nothing'
  readonly algorithm?: 'sha256' | 'sha1'
  /** Changes the XML of the form after it was signed. */
  readonly bent?: (xml: string) => string
}

/**
 * Stand-in for an identity provider that speaks SAML 2.0 (Profiles, section 4.1), which can be told to say what is wrong. It has no server:
 * the browser of the test carries its words.
 */
export class SamlStandIn {
  readonly entityId = 'https://idp.example/metadata'
  readonly #privateKey: string
  readonly certificate: string
  readonly metadata: string

  private constructor(privateKey: string, certificate: string, binding: string) {
    this.#privateKey = privateKey
    this.certificate = certificate
    this.metadata = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="${NS}metadata" entityID="${this.entityId}">
  <md:IDPSSODescriptor protocolSupportEnumeration="${NS}protocol" WantAuthnRequestsSigned="true">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="${NS}bindings:${binding}" Location="https://idp.example/slo"/>
    <md:NameIDFormat>${NS}nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="${NS}bindings:${binding}" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`
  }

  static async open(binding: 'HTTP-Redirect' | 'HTTP-POST' = 'HTTP-Redirect'): Promise<SamlStandIn> {
    const { privateKey, certificate } = await newPair('idp', 0)
    return new SamlStandIn(privateKey, new X509Certificate(certificate).raw.toString('base64'), binding)
  }

  /** Reads a request by redirect; throws unless the certificate signed it (SAML 2.0 Bindings, section 3.4.4.1). */
  readRedirect(address: URL, certificate: string): AskedBySaml {
    const [signed, signature] = address.search.slice(1).split('&Signature=')
    const key = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
    const isGood = verify(
      'sha256',
      Buffer.from(signed ?? ''),
      key,
      Buffer.from(decodeURIComponent(signature ?? ''), 'base64'),
    )
    if (!isGood) throw new Error('the request is not signed by the service')
    const xml = inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
    return readRequest(xml, address.searchParams.get('RelayState') ?? '')
  }

  /** The form with which the browser goes back. */
  async answer(asked: AskedBySaml, said: Said = {}): Promise<URLSearchParams> {
    const { signed = 'assertion', bent = (xml) => xml } = said
    const assertion = assertionOf(this.entityId, asked, said)
    const signedAssertion = signed === 'assertion' ? this.#sign(assertion, 'Assertion', said) : assertion
    const inner = said.encryptTo === undefined ? signedAssertion : await encrypted(signedAssertion, said.encryptTo)
    const response = `<samlp:Response xmlns:samlp="${NS}protocol" xmlns:saml="${NS}assertion" ID="_r${asked.id}" Version="2.0" IssueInstant="${instant(0)}" Destination="${asked.acs}" InResponseTo="${asked.id}"><saml:Issuer>${this.entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${NS}status:Success"/></samlp:Status>${inner}</samlp:Response>`
    const whole = signed === 'response' ? this.#sign(response, 'Response', said) : response
    const SAMLResponse = Buffer.from(bent(whole)).toString('base64')
    return new URLSearchParams({ SAMLResponse, RelayState: asked.relayState })
  }

  /** A request for logout, by an address or by a form (SAML 2.0 Core, section 3.7). */
  logout(to: string, wants: WantsLogout = {}): { readonly query: string; readonly form: URLSearchParams } {
    const { subject = 'p1', session = '_s1', signed = 'this', relayState = 'of the provider' } = wants
    const xml = `<samlp:LogoutRequest xmlns:samlp="${NS}protocol" xmlns:saml="${NS}assertion" ID="${wants.id ?? `_l${Math.random()}`}" Version="2.0" IssueInstant="${instant(-(wants.secondsAgo ?? 0))}" Destination="${wants.destination ?? to}"><saml:Issuer>${wants.issuer ?? this.entityId}</saml:Issuer><saml:NameID Format="${NS}nameid-format:persistent">${subject}</saml:NameID>${session === '' ? '' : `<samlp:SessionIndex>${session}</samlp:SessionIndex>`}</samlp:LogoutRequest>`
    const SigAlg = `http://www.w3.org/${wants.algorithm === 'sha1' ? '2000/09/xmldsig#rsa-sha1' : '2001/04/xmldsig-more#rsa-sha256'}`
    const covered = String(new URLSearchParams({ SAMLRequest: deflated(xml), RelayState: relayState, SigAlg }))
    const signature = sign(wants.algorithm ?? 'sha256', Buffer.from(covered), this.#privateKey).toString('base64')
    const query = signed === 'nothing' ? covered : `${covered}&${new URLSearchParams({ Signature: signature })}`
    const whole = signed === 'nothing' ? xml : this.#sign(xml, 'LogoutRequest', wants)
    const SAMLRequest = Buffer.from(wants.bent?.(whole) ?? whole).toString('base64')
    return { query, form: new URLSearchParams({ SAMLRequest, RelayState: relayState }) }
  }

  #sign(
    xml: string,
    element: 'Assertion' | 'Response' | 'LogoutRequest',
    { algorithm = 'sha256' }: Pick<Said, 'algorithm'>,
  ): string {
    const isOld = algorithm === 'sha1'
    const signer = new SignedXml({
      privateKey: this.#privateKey,
      signatureAlgorithm: isOld
        ? 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
        : 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: EXCLUSIVE,
    })
    signer.addReference({
      xpath: `/*[local-name(.)='${element}']`,
      transforms: [ENVELOPED, EXCLUSIVE],
      digestAlgorithm: isOld ? 'http://www.w3.org/2000/09/xmldsig#sha1' : 'http://www.w3.org/2001/04/xmlenc#sha256',
    })
    const location = { reference: `/*[local-name(.)='${element}']/*[local-name(.)='Issuer']`, action: 'after' } as const
    signer.computeSignature(xml, { location })
    return signer.getSignedXml()
  }
}

export const deflated = (xml: string): string => deflateRawSync(xml).toString('base64')

function readRequest(xml: string, relayState: string): AskedBySaml {
  const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  const issuer = /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1] ?? ''
  return { id: attribute('ID'), issuer, acs: attribute('AssertionConsumerServiceURL'), relayState, xml }
}

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

const encrypted = (xml: string, certificate: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'))
    const options = {
      rsa_pub: String(publicKey.export({ type: 'spki', format: 'pem' })),
      pem: new X509Certificate(Buffer.from(certificate, 'base64')).toString(),
      encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    } as const
    encrypt(xml, options, (error, result) =>
      error
        ? reject(error)
        : resolve(`<saml:EncryptedAssertion xmlns:saml="${NS}assertion">${result}</saml:EncryptedAssertion>`),
    )
  })
