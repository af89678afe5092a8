import { xmlText } from '../xml-text.ts'
import type { IdinSettings } from './settings.ts'

export const IDX = 'http://www.betaalvereniging.nl/iDx/messages/Merchant-Acquirer/1.0.0'
export const SAML_PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const SAML_ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'

/** The only level at which banks have seen who somebody is. */
export const LEVEL = 'nl:bvn:bankid:1.0:loa3'

/** Sum of what is asked for: a lasting number of the person (16384), name (4096), telephone (4), e-mail address (2). */
const SERVICE = 16384 + 4096 + 4 + 2

type Merchant = Pick<IdinSettings, 'merchant' | 'sub'>

/** A message of the merchant; what is in it is XML. */
const message = (name: string, now: Date, content: string): string =>
  `<${name} xmlns="${IDX}" version="1.0.0" productID="NL:BVN:BankID:1.0"><createDateTimestamp>${now.toISOString()}</createDateTimestamp>${content}</${name}>`

const merchantOf = ({ merchant, sub }: Merchant, more = ''): string =>
  `<Merchant><merchantID>${xmlText(merchant)}</merchantID><subID>${xmlText(sub)}</subID>${more}</Merchant>`

/** Which banks there are. */
export const directoryRequest = (merchant: Merchant, now: Date): string =>
  message('DirectoryReq', now, merchantOf(merchant))

/** One login. */
export interface IdinLogin {
  readonly bank: string
  readonly returnUrl: string
  /** Comes back with the browser; letters and digits, 40 at most. */
  readonly entranceCode: string
  /** Comes back with the answer; letters and digits after a letter, 35 at most. */
  readonly reference: string
}

export function transactionRequest(merchant: Merchant, login: IdinLogin, now: Date): string {
  const address = xmlText(login.returnUrl)
  const asked = `<samlp:AuthnRequest xmlns:samlp="${SAML_PROTOCOL}" xmlns:saml="${SAML_ASSERTION}" ID="${login.reference}" Version="2.0" IssueInstant="${now.toISOString()}" ForceAuthn="true" ProtocolBinding="nl:bvn:bankid:1.0:protocol:iDx" AssertionConsumerServiceURL="${address}" AttributeConsumingServiceIndex="${SERVICE}"><saml:Issuer>${xmlText(merchant.merchant)}</saml:Issuer><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>${LEVEL}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>`
  const transaction = `<Transaction><expirationPeriod>PT5M</expirationPeriod><language>nl</language><entranceCode>${login.entranceCode}</entranceCode><container>${asked}</container></Transaction>`
  const issuer = `<Issuer><issuerID>${xmlText(login.bank)}</issuerID></Issuer>`
  const own = merchantOf(merchant, `<merchantReturnURL>${address}</merchantReturnURL>`)
  return message('AcquirerTrxReq', now, issuer + own + transaction)
}

/** How a transaction has ended. */
export const statusRequest = (merchant: Merchant, transaction: string, now: Date): string =>
  message(
    'AcquirerStatusReq',
    now,
    `${merchantOf(merchant)}<Transaction><transactionID>${xmlText(transaction)}</transactionID></Transaction>`,
  )
