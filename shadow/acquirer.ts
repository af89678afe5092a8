import { IDX } from '../identity/federation/idin/messages.ts'
import { type IdinSettings, idinSettings, isIdin } from '../identity/federation/idin/settings.ts'
import { signed, verified } from '../identity/federation/idin/xml.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import { textIn } from '../identity/federation/xml-elements.ts'
import type { OutsideFetch } from '../identity/platform/http/outside.ts'
import { directoryAnswer, errorAnswer, statusAnswer, transactionAnswer } from './idin-messages.ts'
import type { TrialKeys } from './keys.ts'
import { type AccountThere, type Back, bareAddress, methodKey, type SentOn, type StandIn } from './stand-in.ts'

/** One login. */
interface Transaction {
  readonly merchant: string
  readonly reference: string
  readonly entranceCode: string
  readonly returnUrl: string
  /** Who has signed in. */
  readonly username?: string
}

const ISSUER = 'urn:nl:bvn:bankid'
const BANK_PAGE = 'https://bank.shadow.example/'
const MINUTE = 60_000

/** Stands for every acquirer of iDIN at its addresses, and for the bank behind it. */
export class Acquirer implements StandIn {
  readonly #keys: TrialKeys
  readonly #now: () => Date
  readonly #transactions = new Map<string, Transaction>()
  readonly #places = new Set<string>()
  readonly #known = new Set<string>()

  constructor(keys: TrialKeys, now: () => Date) {
    this.#keys = keys
    this.#now = now
  }

  readonly plays = isIdin

  async know(login: FederatedLogin, username: string): Promise<AccountThere | undefined> {
    const settings = readable(login)
    if (settings === undefined) return undefined
    const addresses = [settings.directory, settings.transaction, settings.status].map((url) =>
      bareAddress(new URL(url)),
    )
    if (!this.#known.has(methodKey(login))) for (const address of addresses) this.#places.add(address)
    this.#known.add(methodKey(login))
    return { issuer: ISSUER, subject: subjectOf(settings.merchant, username) }
  }

  readonly isAt = (address: URL): boolean => this.#places.has(bareAddress(address))

  async signIn({ at, fields }: SentOn, username: string): Promise<Back | undefined> {
    const id = fields.get('trxid') ?? ''
    const transaction = bareAddress(at) === BANK_PAGE ? this.#transactions.get(id) : undefined
    if (transaction === undefined) return undefined
    this.#transactions.set(id, { ...transaction, username })
    const back = new URL(transaction.returnUrl)
    back.search = new URLSearchParams({ trxid: id, ec: transaction.entranceCode }).toString()
    return { at: back }
  }

  readonly fetch: OutsideFetch = async (_, init = {}) => {
    const { certificate } = await this.#keys.service()
    const asked = verified(String((init as RequestInit).body), certificate)
    return new Response(signed(await this.#answer(asked), await this.#keys.provider()))
  }

  #answer(asked: Element): string | Promise<string> {
    const now = this.#now()
    if (asked.localName === 'DirectoryReq') return directoryAnswer(now)
    if (asked.localName === 'AcquirerTrxReq') return this.#begin(asked, now)
    const transaction = textIn(asked, IDX, 'transactionID')
    const known = this.#transactions.get(transaction)
    return known?.username === undefined ? errorAnswer('AP2600', now) : this.#status(transaction, known, now)
  }

  #begin(asked: Element, now: Date): string {
    const value = (name: string) => textIn(asked, IDX, name)
    const reference = asked.getElementsByTagName('samlp:AuthnRequest')[0]?.getAttribute('ID') ?? ''
    const id = `1234${String(this.#transactions.size).padStart(12, '0')}`
    const own = { entranceCode: value('entranceCode'), returnUrl: value('merchantReturnURL') }
    this.#transactions.set(id, { ...own, merchant: value('merchantID'), reference })
    return transactionAnswer(id, `${BANK_PAGE}?trxid=${id}`, now)
  }

  async #status(transaction: string, known: Transaction, now: Date): Promise<string> {
    const { certificate: encryptTo } = await this.#keys.service()
    const subject = subjectOf(known.merchant, known.username ?? '')
    const [from, until] = [new Date(now.getTime() - MINUTE), new Date(now.getTime() + MINUTE)]
    const { merchant, reference } = known
    return statusAnswer({ transaction, reference, merchant, subject, encryptTo, from, until }, now)
  }
}

/** Banks call people otherwise at each merchant. */
const subjectOf = (merchant: string, username: string): string => `NL${merchant}${username}`

/** `undefined` for settings that the service refuses, which it says itself. */
function readable(login: FederatedLogin): IdinSettings | undefined {
  try {
    return idinSettings(login)
  } catch {
    return undefined
  }
}
