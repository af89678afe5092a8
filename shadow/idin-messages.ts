import { X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { encrypt } from 'xml-encryption'
import { IDX, LEVEL, SAML_ASSERTION, SAML_PROTOCOL } from '../identity/federation/idin/messages.ts'

const CONSUMER = 'urn:nl:bvn:bankid:1.0:consumer.'
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const ACQUIRER = '<Acquirer><acquirerID>1234</acquirerID></Acquirer>'

/** The one bank at which people of a stand-in are. */
export const BANK = 'BANKNL2Y'

/** A message of an acquirer (iDx messages 1.0.0); what is in it is XML. */
const message = (name: string, now: Date, content: string): string =>
  `<${name} xmlns="${IDX}" version="1.0.0" productID="NL:BVN:BankID:1.0"><createDateTimestamp>${now.toISOString()}</createDateTimestamp>${content}</${name}>`

export const errorAnswer = (code: string, now = new Date()): string =>
  message('AcquirerErrorRes', now, `<Error><errorCode>${code}</errorCode></Error>`)

/** Which banks there are. */
export const directoryAnswer = (now = new Date()): string =>
  message(
    'DirectoryRes',
    now,
    `${ACQUIRER}<Directory><directoryDateTimestamp>${now.toISOString()}</directoryDateTimestamp><Country><countryNames>Nederland</countryNames><Issuer><issuerID>${BANK}</issuerID><issuerName>De Bank</issuerName></Issuer><Issuer><issuerID>ANDRNL2A</issuerID><issuerName>Andere &amp; Bank</issuerName></Issuer></Country></Directory>`,
  )

/** Where the person signs in. */
export const transactionAnswer = (transaction: string, address: string, now = new Date()): string =>
  message(
    'AcquirerTrxRes',
    now,
    `${ACQUIRER}<Issuer><issuerAuthenticationURL>${address}</issuerAuthenticationURL></Issuer><Transaction><transactionID>${transaction}</transactionID><transactionCreateDateTimestamp>${now.toISOString()}</transactionCreateDateTimestamp></Transaction>`,
  )

/** How a transaction has ended. */
export interface BankSaid {
  readonly transaction: string
  readonly status?: string
  readonly reference: string
  readonly merchant: string
  readonly subject: string
  readonly level?: string
  readonly attributes?: Readonly<Record<string, string>>
  /** In PEM form. */
  readonly encryptTo: string
  readonly from: Date
  readonly until: Date
}

export async function statusAnswer(said: BankSaid, now = new Date()): Promise<string> {
  const { transaction, status = 'Success', reference } = said
  const response = `<samlp:Response xmlns:samlp="${SAML_PROTOCOL}" ID="RES-${transaction}" Version="2.0" IssueInstant="${now.toISOString()}" InResponseTo="${reference}"><samlp:Status><samlp:StatusCode Value="${SUCCESS}"><samlp:StatusCode Value="${SUCCESS}"/></samlp:StatusCode></samlp:Status>${await assertionOf(said)}</samlp:Response>`
  return message(
    'AcquirerStatusRes',
    now,
    `${ACQUIRER}<Transaction><transactionID>${transaction}</transactionID><status>${status}</status><statusDateTimestamp>${now.toISOString()}</statusDateTimestamp><container>${status === 'Success' ? response : ''}</container></Transaction>`,
  )
}

async function assertionOf(said: BankSaid): Promise<string> {
  const { encryptTo, level = LEVEL, attributes = {} } = said
  const [from, until] = [said.from.toISOString(), said.until.toISOString()]
  const id = `<saml:NameID xmlns:saml="${SAML_ASSERTION}">${said.subject}</saml:NameID>`
  const name = await encrypted(id, 'EncryptedID', encryptTo)
  const values = Object.entries(attributes).map(([key, value]) =>
    encrypted(
      `<saml:Attribute xmlns:saml="${SAML_ASSERTION}" Name="${CONSUMER}${key}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
      'EncryptedAttribute',
      encryptTo,
    ),
  )
  return `<saml:Assertion xmlns:saml="${SAML_ASSERTION}" ID="_a" Version="2.0" IssueInstant="${from}"><saml:Issuer>1234</saml:Issuer><saml:Subject>${name}</saml:Subject><saml:Conditions NotBefore="${from}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${said.merchant}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${from}"><saml:AuthnContext><saml:AuthnContextClassRef>${level}</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>${BANK}</saml:AuthenticatingAuthority></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${(await Promise.all(values)).join('')}</saml:AttributeStatement></saml:Assertion>`
}

async function encrypted(xml: string, element: string, certificate: string): Promise<string> {
  const { publicKey } = new X509Certificate(certificate)
  const options = {
    rsa_pub: String(publicKey.export({ type: 'spki', format: 'pem' })),
    pem: certificate,
    encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
    keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    warnInsecureAlgorithm: false,
  } as const
  const result = await promisify<string, object, string>(encrypt as never)(xml, options)
  return `<saml:${element} xmlns:saml="${SAML_ASSERTION}">${result}</saml:${element}>`
}
