import { createHash, randomUUID } from 'node:crypto'
import { bankIdIssuer, isBankId } from '../identity/federation/bankid/settings.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import { recordOf, textOf } from '../identity/federation/values.ts'
import type { PostMutual } from '../identity/platform/http/mutual-tls.ts'
import type { AccountThere, Back, SentOn, StandIn } from './stand-in.ts'

interface Order {
  readonly returnUrl: string
  /** Who has shown who they are in the app. */
  readonly username?: string
}

type Content = Readonly<Record<string, unknown>>

const DIGITS = 12

/** Stands for BankID of Sweden, and for the app of each person (developers.bankid.com, Auth & Sign 6.0). */
export class BankId implements StandIn {
  /** By the reference of the order, which starts the app, too. */
  readonly #orders = new Map<string, Order>()

  readonly plays = isBankId

  async know(_login: FederatedLogin, username: string): Promise<AccountThere> {
    return { issuer: bankIdIssuer({}), subject: personalNumberOf(username) }
  }

  async signIn({ fields }: SentOn, username: string): Promise<Back | undefined> {
    const token = fields.get('autostarttoken') ?? ''
    const order = this.#orders.get(token)
    if (order === undefined) return undefined
    this.#orders.set(token, { ...order, username })
    return { at: new URL(order.returnUrl) }
  }

  readonly isAt = (address: URL): boolean => address.origin === bankIdIssuer({})

  readonly post: PostMutual = async (address, _tls, { body }) => {
    const operation = new URL(address).pathname.split('/').at(-1)
    const asked = recordOf(JSON.parse(body))
    const content = operation === 'auth' ? this.#begin(asked) : this.#collect(asked)
    return { status: 200, body: JSON.stringify(content) }
  }

  #begin({ returnUrl }: Content): Content {
    const orderRef = randomUUID()
    this.#orders.set(orderRef, { returnUrl: textOf(returnUrl) ?? '' })
    return { orderRef, autoStartToken: orderRef, qrStartToken: randomUUID(), qrStartSecret: randomUUID() }
  }

  #collect({ orderRef }: Content): Content {
    const { username } = this.#orders.get(String(orderRef)) ?? {}
    if (username === undefined) return { orderRef, status: 'pending', hintCode: 'outstandingTransaction' }
    const names = { name: `Shadow ${username}`, givenName: 'Shadow', surname: username }
    return {
      orderRef,
      status: 'complete',
      completionData: { user: { personalNumber: personalNumberOf(username), ...names } },
    }
  }
}

const personalNumberOf = (username: string): string =>
  BigInt(`0x${createHash('sha256').update(username).digest('hex')}`)
    .toString()
    .slice(-DIGITS)
