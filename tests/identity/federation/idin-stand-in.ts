import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SignedXml } from 'xml-crypto'
import { encrypt } from 'xml-encryption'
import { newPair, type Pair } from './key-pair.ts'

const IDX = 'http://www.betaalvereniging.nl/iDx/messages/Merchant-Acquirer/1.0.0'
const NS = 'urn:oasis:names:tc:SAML:2.0:'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const CONSUMER = 'urn:nl:bvn:bankid:1.0:consumer.'

/** What the stand-in does otherwise than a good acquirer. */
export interface Bent {
  readonly subject?: string
  readonly level?: string
  readonly status?: string
  readonly inResponseTo?: string
  readonly transaction?: string
  readonly secondsAgo?: number
  /** Signs with this key. */
  readonly key?: Pair
  readonly unsigned?: true
  /** Changes the answer after it was signed. */
  readonly changed?: (xml: string) => string
  readonly attributes?: Readonly<Record<string, string>>
}

/** The elements of each message in their order, as the iDx schema of the merchant's side has them. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  DirectoryReq: ['createDateTimestamp', 'Merchant', 'merchantID', 'subID', 'Signature'],
  AcquirerTrxReq: [
    ...['createDateTimestamp', 'Issuer', 'issuerID', 'Merchant', 'merchantID', 'subID', 'merchantReturnURL'],
    ...['Transaction', 'expirationPeriod', 'language', 'entranceCode', 'container', 'AuthnRequest', 'Signature'],
  ],
  AcquirerStatusReq: [
    ...['createDateTimestamp', 'Merchant', 'merchantID', 'subID', 'Transaction', 'transactionID', 'Signature'],
  ],
}

/**
 * Stand-in for the routing service of an acquirer, and for a bank behind it, as the iDIN Merchant Implementation Guidelines and the iDx
 * messages 1.0.0 describe them: stateful, and as strict about messages, signatures and codes.
 */
export class IdinStandIn {
  readonly #own: Pair
  readonly #merchant: Pair
  /** To which it encrypts. */
  encryptTo: string
  bent: Bent = {}
  readonly merchantId = '1234567890'
  /** What was asked for, by path. */
  readonly requests: { readonly path: string; readonly xml: string }[] = []
  readonly #transactions = new Map<
    string,
    { readonly reference: string; readonly entranceCode: string; readonly returnUrl: string }
  >()
  #url = ''
  #count = 0

  private constructor(own: Pair, merchant: Pair) {
    this.#own = own
    this.#merchant = merchant
    this.encryptTo = merchant.certificate
  }

  static async open(
    merchant: Pair,
  ): Promise<{ readonly standIn: IdinStandIn; readonly url: string; readonly certificate: string; close(): void }> {
    const own = await newPair('acquirer')
    const standIn = new IdinStandIn(own, merchant)
    const server = createServer(async (request, response) => {
      const xml = await standIn.#answer(request.url ?? '', await text(request))
      response.writeHead(200, { 'content-type': 'text/xml' }).end(xml)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    standIn.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    return { standIn, url: standIn.#url, certificate: own.certificate, close }
  }

  /** The person signs in at the bank to which the browser was sent; where the bank sends it back to. */
  back(address: string): URL {
    const transaction = new URL(address).searchParams.get('trxid') ?? ''
    const { entranceCode, returnUrl } = this.#transactions.get(transaction) ?? { entranceCode: '', returnUrl: '' }
    return new URL(`${returnUrl}?${new URLSearchParams({ trxid: transaction, ec: entranceCode })}`)
  }

  async #answer(path: string, xml: string): Promise<string> {
    this.requests.push({ path, xml })
    const name = /^<(\w+) xmlns="([^"]+)" version="1\.0\.0" productID="NL:BVN:BankID:1\.0">/.exec(xml)
    const problem = this.#problem(name?.[1] ?? '', name?.[2] ?? '', xml)
    if (problem !== undefined)
      return this.#sign(message('AcquirerErrorRes', `<Error><errorCode>${problem}</errorCode></Error>`))
    if (name?.[1] === 'DirectoryReq') return this.#sign(directory())
    return name?.[1] === 'AcquirerTrxReq' ? this.#sign(this.#begin(xml)) : this.#sign(await this.#status(xml))
  }

  #problem(name: string, namespace: string, xml: string): string | undefined {
    const elements = [...xml.replace(/<(samlp:AuthnRequest)[\s\S]*<\/\1>/, '<AuthnRequest/>').matchAll(/<(\w+)[ />]/g)]
    const order = elements.map(([, element]) => element).slice(1)
    const end = order.indexOf('Signature')
    if (namespace !== IDX || order.slice(0, end + 1).join() !== ORDER[name]?.join()) return 'IX1100'
    const fingerprint = new X509Certificate(this.#merchant.certificate).fingerprint.replaceAll(':', '')
    if (/<KeyName>([0-9A-F]{40})<\/KeyName>/.exec(xml)?.[1] !== fingerprint) return 'SE2000'
    const verifier = new SignedXml({ publicCert: this.#merchant.certificate, getCertFromKeyInfo: () => null })
    verifier.loadSignature(/<Signature xmlns[\s\S]*<\/Signature>/.exec(xml)?.[0] ?? '')
    if (!verifier.checkSignature(xml)) return 'SE2000'
    if (valueIn(xml, 'merchantID') !== this.merchantId) return 'AP1100'
    return valueIn(xml, 'subID') === '0' ? undefined : 'AP1200'
  }

  #begin(xml: string): string {
    const [entranceCode, returnUrl] = [valueIn(xml, 'entranceCode'), valueIn(xml, 'merchantReturnURL')]
    const reference = /<samlp:AuthnRequest[^>]* ID="([^"]+)"/.exec(xml)?.[1] ?? ''
    if (!/^[a-zA-Z0-9]{1,40}$/.test(entranceCode)) return error('AP2900')
    if (!/^[a-zA-Z][a-zA-Z0-9]{0,34}$/.test(reference)) return error('IX1200')
    if (valueIn(xml, 'issuerID') !== 'BANKNL2Y') return error('AP1300')
    const transaction = `1234${String(++this.#count).padStart(12, '0')}`
    this.#transactions.set(transaction, { reference, entranceCode, returnUrl })
    return message(
      'AcquirerTrxRes',
      `<Acquirer><acquirerID>1234</acquirerID></Acquirer><Issuer><issuerAuthenticationURL>${this.#url}/bank?trxid=${transaction}</issuerAuthenticationURL></Issuer><Transaction><transactionID>${transaction}</transactionID><transactionCreateDateTimestamp>${instant(0)}</transactionCreateDateTimestamp></Transaction>`,
    )
  }

  async #status(xml: string): Promise<string> {
    const transaction = valueIn(xml, 'transactionID')
    const asked = this.#transactions.get(transaction)
    if (asked === undefined) return error('AP2600')
    const { status = 'Success', level = 'nl:bvn:bankid:1.0:loa3', subject = 'NLBANK-jane' } = this.bent
    const from = instant(-(this.bent.secondsAgo ?? 5))
    const until = instant(60 - (this.bent.secondsAgo ?? 0))
    const name = await this.#encrypted(
      `<saml:NameID xmlns:saml="${NS}assertion">${subject}</saml:NameID>`,
      'EncryptedID',
    )
    const attributes = { legallastname: 'Vries', initials: 'J', email: 'jane@bank.example', ...this.bent.attributes }
    const values = Object.entries(attributes).map(([key, value]) =>
      this.#encrypted(
        `<saml:Attribute xmlns:saml="${NS}assertion" Name="${CONSUMER}${key}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
        'EncryptedAttribute',
      ),
    )
    const assertion = `<saml:Assertion xmlns:saml="${NS}assertion" ID="_a" Version="2.0" IssueInstant="${from}"><saml:Issuer>1234</saml:Issuer><saml:Subject>${name}</saml:Subject><saml:Conditions NotBefore="${from}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${this.merchantId}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${from}"><saml:AuthnContext><saml:AuthnContextClassRef>${level}</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>BANKNL2Y</saml:AuthenticatingAuthority></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${(await Promise.all(values)).join('')}</saml:AttributeStatement></saml:Assertion>`
    const response = `<samlp:Response xmlns:samlp="${NS}protocol" ID="RES-${transaction}" Version="2.0" IssueInstant="${instant(0)}" InResponseTo="${this.bent.inResponseTo ?? asked.reference}"><samlp:Status><samlp:StatusCode Value="${NS}status:Success"><samlp:StatusCode Value="${NS}status:Success"/></samlp:StatusCode></samlp:Status>${assertion}</samlp:Response>`
    return message(
      'AcquirerStatusRes',
      `<Acquirer><acquirerID>1234</acquirerID></Acquirer><Transaction><transactionID>${this.bent.transaction ?? transaction}</transactionID><status>${status}</status><statusDateTimestamp>${instant(0)}</statusDateTimestamp><container>${status === 'Success' ? response : ''}</container></Transaction>`,
    )
  }

  #encrypted(xml: string, element: string): Promise<string> {
    const { publicKey } = new X509Certificate(this.encryptTo)
    const options = {
      rsa_pub: String(publicKey.export({ type: 'spki', format: 'pem' })),
      pem: this.encryptTo,
      encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
      keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
      warnInsecureAlgorithm: false,
    } as const
    return new Promise((resolve, reject) =>
      encrypt(xml, options, (problem, result) =>
        problem ? reject(problem) : resolve(`<saml:${element} xmlns:saml="${NS}assertion">${result}</saml:${element}>`),
      ),
    )
  }

  #sign(xml: string): string {
    if (this.bent.unsigned) return xml
    const signer = new SignedXml({
      privateKey: (this.bent.key ?? this.#own).privateKey,
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: EXCLUSIVE,
    })
    signer.addReference({
      xpath: '/*',
      transforms: [ENVELOPED, EXCLUSIVE],
      digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
      uri: '',
      isEmptyUri: true,
    })
    signer.computeSignature(xml, { location: { reference: '/*', action: 'append' } })
    const whole = signer.getSignedXml()
    return this.bent.changed?.(whole) ?? whole
  }
}

const instant = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()
const valueIn = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
const error = (code: string): string => message('AcquirerErrorRes', `<Error><errorCode>${code}</errorCode></Error>`)
const message = (name: string, content: string): string =>
  `<${name} xmlns="${IDX}" version="1.0.0" productID="NL:BVN:BankID:1.0"><createDateTimestamp>${instant(0)}</createDateTimestamp>${content}</${name}>`
const directory = (): string =>
  message(
    'DirectoryRes',
    `<Acquirer><acquirerID>1234</acquirerID></Acquirer><Directory><directoryDateTimestamp>${instant(0)}</directoryDateTimestamp><Country><countryNames>Nederland</countryNames><Issuer><issuerID>BANKNL2Y</issuerID><issuerName>De Bank</issuerName></Issuer><Issuer><issuerID>ANDRNL2A</issuerID><issuerName>Andere &amp; Bank</issuerName></Issuer></Country></Directory>`,
  )
