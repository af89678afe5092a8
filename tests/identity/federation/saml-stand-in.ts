import { sign, verify, X509Certificate } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { newPair } from '../../../shadow/key-pair.ts'
import {
  type AskedBySaml,
  readRequest,
  responseTo,
  type Said as SamlSaid,
  signedXml,
} from '../../../shadow/saml-messages.ts'

const NS = 'urn:oasis:names:tc:SAML:2.0:'

/** What the stand-in says, and what is wrong with it. */
export interface Said extends SamlSaid {
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
    return readRequest(address.searchParams)
  }

  /** The form with which the browser goes back. */
  async answer(asked: AskedBySaml, said: Said = {}): Promise<URLSearchParams> {
    const whole = await responseTo({ entityId: this.entityId, privateKey: this.#privateKey }, asked, said)
    const { bent = (xml) => xml } = said
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
    const whole = signed === 'nothing' ? xml : signedXml(xml, 'LogoutRequest', this.#privateKey, wants)
    const SAMLRequest = Buffer.from(wants.bent?.(whole) ?? whole).toString('base64')
    return { query, form: new URLSearchParams({ SAMLRequest, RelayState: relayState }) }
  }
}

export const deflated = (xml: string): string => deflateRawSync(xml).toString('base64')

const instant = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()
