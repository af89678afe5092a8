import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SignedXml } from 'xml-crypto'
import { IDX } from '../../../identity/federation/idin/messages.ts'
import { signed } from '../../../identity/federation/idin/xml.ts'
import { BANK, directoryAnswer, errorAnswer, statusAnswer, transactionAnswer } from '../../../shadow/idin-messages.ts'
import { newPair, type Pair } from '../../../shadow/key-pair.ts'

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
    if (problem !== undefined) return this.#sign(errorAnswer(problem))
    if (name?.[1] === 'DirectoryReq') return this.#sign(directoryAnswer())
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
    if (!/^[a-zA-Z0-9]{1,40}$/.test(entranceCode)) return errorAnswer('AP2900')
    if (!/^[a-zA-Z][a-zA-Z0-9]{0,34}$/.test(reference)) return errorAnswer('IX1200')
    if (valueIn(xml, 'issuerID') !== BANK) return errorAnswer('AP1300')
    const transaction = `1234${String(++this.#count).padStart(12, '0')}`
    this.#transactions.set(transaction, { reference, entranceCode, returnUrl })
    return transactionAnswer(transaction, `${this.#url}/bank?trxid=${transaction}`)
  }

  async #status(xml: string): Promise<string> {
    const transaction = valueIn(xml, 'transactionID')
    const asked = this.#transactions.get(transaction)
    if (asked === undefined) return errorAnswer('AP2600')
    const { subject = 'NLBANK-jane', secondsAgo = 0, inResponseTo: reference = asked.reference } = this.bent
    const attributes = { legallastname: 'Vries', initials: 'J', email: 'jane@bank.example', ...this.bent.attributes }
    const [from, until] = [ago(this.bent.secondsAgo ?? 5), ago(secondsAgo - 60)]
    const who = { merchant: this.merchantId, encryptTo: this.encryptTo, subject, attributes, from, until }
    return statusAnswer({ transaction, ...who, ...ending(this.bent), reference })
  }

  #sign(xml: string): string {
    if (this.bent.unsigned) return xml
    const whole = signed(xml, this.bent.key ?? this.#own)
    return this.bent.changed?.(whole) ?? whole
  }
}

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000)
const valueIn = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''

/** What is bent of how a transaction ended. */
const ending = ({ status, level, transaction }: Bent) => ({
  ...(status === undefined ? {} : { status }),
  ...(level === undefined ? {} : { level }),
  ...(transaction === undefined ? {} : { transaction }),
})
