import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import type { Pair } from '../../../shadow/key-pair.ts'
import { Authority } from './authority.ts'

export interface Person {
  readonly personalNumber: string
  readonly givenName: string
  readonly surname: string
}
export const ANNA: Person = { personalNumber: '199001019802', givenName: 'Anna', surname: 'Svensson' }
export const BO: Person = { personalNumber: '198507099805', givenName: 'Bo', surname: 'Lind' }

interface Order {
  readonly orderRef: string
  readonly autoStartToken: string
  readonly qrStartToken: string
  readonly qrStartSecret: string
  readonly startedAt: number
  readonly asked: Asked
  readonly by: string
  status: 'pending' | 'failed' | 'complete'
  hintCode: string
  person: Person | undefined
  /** The final answer was given, or the order was cancelled. */
  over: boolean
}

/** Request of `/auth`. */
interface Asked {
  readonly endUserIp: string
  readonly returnUrl?: string
  readonly userVisibleData?: string
  readonly requirement?: { readonly risk?: string; readonly pinCode?: boolean; readonly personalNumber?: string }
  readonly web?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly content: object
}

const [START_SECONDS, SCAN_SECONDS] = [180, 5]
const FIELDS = [
  'endUserIp',
  'returnUrl',
  'returnRisk',
  'userVisibleData',
  'userVisibleDataFormat',
  'userNonVisibleData',
  'requirement',
  'app',
  'web',
]
const refusal = (status: number, errorCode: string, details = errorCode): Answer => ({
  status,
  content: { errorCode, details },
})
const invalid = (details: string): Answer => refusal(400, 'invalidParameters', details)

/**
 * Stands in for BankID, which takes companies with a contract alone: `/rp/v6.0` as BankID publishes it (developers.bankid.com, "API
 * references: Auth & Sign", and its sample code), over TLS in which both sides show certificates of BankID's own authority. The app of a
 * person is `scan`, `start`, `approve` and `cancel`. `bankid-published.test.ts` holds it to what is published.
 */
export class BankIdStandIn {
  readonly authority: string
  /** What the relying party has got from BankID. */
  readonly client: Pair
  /** Another relying party. */
  readonly other: Pair
  /** Operations that were asked for. */
  readonly calls: { readonly operation: string; readonly content: Readonly<Record<string, unknown>> }[] = []
  /** Answers that come in place of the next ones. */
  readonly bent: Answer[] = []
  /** Milliseconds since 1970. */
  now: () => number = Date.now
  readonly #server: Server
  readonly #orders = new Map<string, Order>()

  private constructor(authority: string, server: Server, client: Pair, other: Pair) {
    this.authority = authority
    this.#server = server
    this.client = client
    this.other = other
  }

  static async open(): Promise<BankIdStandIn> {
    const authority = await Authority.open('Stand-in for the BankID SSL Root CA')
    const own = await authority.issue('appapi2', '127.0.0.1')
    const [client, other] = [await authority.issue('relying party'), await authority.issue('other relying party')]
    const server = createServer({
      key: own.privateKey,
      cert: own.certificate,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const standIn = new BankIdStandIn(authority.certificate, server, client, other)
    server.on('request', async (request, response) => {
      const { status, content } = standIn.bent.shift() ?? standIn.#answer(request, await text(request))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return standIn
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/rp/v6.0`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** The newest order. */
  get order(): Order {
    const order = [...this.#orders.values()].at(-1)
    if (order === undefined) throw new Error('nobody asked for an order')
    return order
  }

  /** The app scans a picture. False for one that it does not take. */
  scan(picture: string, person: Person): boolean {
    const [, token, seconds, code] = /^bankid\.([^.]+)\.(\d+)\.([0-9a-f]{64})$/.exec(picture) ?? []
    const order = [...this.#orders.values()].find(({ qrStartToken }) => qrStartToken === token)
    if (order === undefined || seconds === undefined) return false
    const good = createHmac('sha256', order.qrStartSecret).update(seconds).digest('hex') === code
    const age = (this.now() - order.startedAt) / 1000 - Number(seconds)
    return good && Math.abs(age) <= SCAN_SECONDS && this.#take(order, person)
  }

  /** The app is started by a link. */
  start(address: string, person: Person): boolean {
    const token = new URL(address).searchParams.get('autostarttoken')
    const order = [...this.#orders.values()].find(({ autoStartToken }) => autoStartToken === token)
    return order !== undefined && this.#take(order, person)
  }

  #take(order: Order, person: Person): boolean {
    this.#age(order)
    if (order.status !== 'pending' || order.person !== undefined) return false
    const under = [...this.#orders.values()].filter(
      (one) => one.status === 'pending' && one.person?.personalNumber === person.personalNumber,
    )
    order.person = person
    order.hintCode = 'userSign'
    // Somebody who is asked twice at once may be led on: both end.
    if (under.length > 0) for (const one of [...under, order]) fail(one, 'cancelled')
    return under.length === 0
  }

  /** The person enters the code; returns where the app leads to. */
  approve(order = this.order): string | undefined {
    if (order.person === undefined || order.status !== 'pending') throw new Error('the app has no such order')
    order.status = 'complete'
    return order.asked.returnUrl
  }

  /** The person, or BankID, ends it. */
  end(hintCode: string, order = this.order): void {
    fail(order, hintCode)
  }

  #age(order: Order): void {
    const seconds = (this.now() - order.startedAt) / 1000
    if (order.status === 'pending' && seconds > START_SECONDS) fail(order, 'expiredTransaction')
  }

  #answer(request: IncomingMessage, body: string): Answer {
    const operation = /^\/rp\/v6\.0\/(auth|collect|cancel)$/.exec(request.url ?? '')?.[1]
    if (operation === undefined) return refusal(404, 'notFound')
    if (request.method !== 'POST') return refusal(405, 'methodNotAllowed')
    if (request.headers['content-type'] !== 'application/json') return refusal(415, 'unsupportedMediaType')
    const by = (request.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256 ?? ''
    let content: Readonly<Record<string, unknown>>
    try {
      content = JSON.parse(body)
    } catch {
      return invalid('no JSON')
    }
    this.calls.push({ operation, content })
    if (operation === 'auth') return this.#auth(content, by)
    const order = this.#orders.get(String(content.orderRef))
    // An order of another relying party is none.
    if (order === undefined || order.by !== by || order.over) return invalid('No such order')
    return operation === 'collect' ? this.#collect(order) : this.#cancel(order)
  }

  #auth(content: Readonly<Record<string, unknown>>, by: string): Answer {
    const unknown = Object.keys(content).find((field) => !FIELDS.includes(field))
    if (unknown !== undefined) return invalid(`Invalid parameter ${unknown}`)
    const asked = content as unknown as Asked
    if (isIP(asked.endUserIp ?? '') === 0) return invalid('Incorrect endUserIp')
    const { userVisibleData = '', returnUrl, requirement = {} } = asked
    if (userVisibleData.length > 1500 || !/^[A-Za-z0-9+/]*={0,2}$/.test(userVisibleData))
      return invalid('Invalid userVisibleData')
    if (returnUrl !== undefined && (returnUrl.length > 512 || URL.parse(returnUrl) === null))
      return invalid('Invalid returnUrl')
    if (requirement.risk !== undefined && !['low', 'moderate'].includes(requirement.risk))
      return invalid('Invalid risk')
    const web = asked.web ?? { referringDomain: 'example.se', userAgent: 'x', deviceIdentifier: 'x' }
    const limits = { referringDomain: 253, userAgent: 256, deviceIdentifier: 64 }
    const long = Object.entries(limits).find(([name, most]) => !web[name] || web[name].length > most)
    if (long !== undefined) return invalid(`Invalid web.${long[0]}`)
    const order: Order = {
      orderRef: randomUUID(),
      autoStartToken: randomUUID(),
      qrStartToken: randomUUID(),
      qrStartSecret: randomUUID(),
      startedAt: this.now(),
      asked,
      by,
      status: 'pending',
      hintCode: 'outstandingTransaction',
      person: undefined,
      over: false,
    }
    this.#orders.set(order.orderRef, order)
    const { orderRef, autoStartToken, qrStartToken, qrStartSecret } = order
    return { status: 200, content: { orderRef, autoStartToken, qrStartToken, qrStartSecret } }
  }

  #collect(order: Order): Answer {
    this.#age(order)
    const { orderRef, status, hintCode, person } = order
    if (status === 'pending') return { status: 200, content: { orderRef, status, hintCode } }
    // "The order cannot be collected twice."
    order.over = true
    if (status === 'failed' || person === undefined) return { status: 200, content: { orderRef, status, hintCode } }
    const user = { ...person, name: `${person.givenName} ${person.surname}` }
    const completionData = {
      user,
      device: { ipAddress: order.asked.endUserIp, uhi: 'OZvYM9VvyiAmG7NA5jU5zqGcVpo=' },
      bankIdIssueDate: '2026-01-15',
      signature: Buffer.from('<Signature/>').toString('base64'),
      ocspResponse: '',
    }
    return { status: 200, content: { orderRef, status, completionData } }
  }

  #cancel(order: Order): Answer {
    order.over = true
    fail(order, 'cancelled')
    return { status: 200, content: {} }
  }
}

function fail(order: Order, hintCode: string): void {
  order.status = 'failed'
  order.hintCode = hintCode
}
