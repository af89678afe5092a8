import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { certificateNamed, pemNamed } from '../../directory/keystore.ts'
import { Fault } from '../../platform/fault.ts'
import type { MutualTls } from '../../platform/http/mutual-tls.ts'
import { answered, incomplete, wrongAnswer } from '../problems.ts'
import { recordOf, textOf } from '../values.ts'
import { BANKID_AUTHORITY, BANKID_KEY, bankIdApi } from './settings.ts'

export type BankIdParts = Pick<Deps, 'store' | 'masterKey' | 'outsidePost' | 'bankIdUrl'>

/** What an order is for (request of `/auth`). */
export interface AskedOrder {
  readonly ip: string
  /** Shown in the app. */
  readonly purpose: string
  /** Where the app leads to when it was started on the same device. */
  readonly returnUrl?: string
  /** What the risk of the order is judged by. */
  readonly web: { readonly referringDomain: string; readonly userAgent: string; readonly deviceIdentifier: string }
}

const STARTED = ['orderRef', 'autoStartToken', 'qrStartToken', 'qrStartSecret'] as const
/** A login that waits for the app (response of `/auth`). */
export type StartedOrder = Readonly<Record<(typeof STARTED)[number], string>>

/** Somebody who has shown who they are (`completionData.user`). */
export interface BankIdPerson {
  readonly personalNumber: string
  readonly name: string
  readonly givenName: string
  readonly surname: string
}

/** What has become of an order (response of `/collect`); `hint` is its `hintCode`. */
export type Collected =
  | { readonly status: 'pending' | 'failed'; readonly hint: string }
  | { readonly status: 'complete'; readonly person: BankIdPerson }

/** Starts an order. Throws the uniform refusal, 409 while another one of the person is under way, and UNAVAILABLE. */
export async function startOrder(parts: BankIdParts, organization: string, asked: AskedOrder): Promise<StartedOrder> {
  const { ip, purpose, returnUrl, web } = asked
  const answer = await post(parts, organization, 'auth', {
    endUserIp: ip,
    userVisibleData: Buffer.from(purpose).toString('base64'),
    // What BankID holds for an attack is stopped there; a moderate risk is also that of people with a new device.
    requirement: { risk: 'moderate' },
    web,
    ...(returnUrl === undefined ? {} : { returnUrl }),
  })
  const content = good(answer)
  if (STARTED.some((name) => textOf(content[name]) === undefined)) throw wrongAnswer('BankID started no order')
  return content as StartedOrder
}

/** Asks what has become of an order, at most every two seconds. A final answer is given once. Throws as `startOrder` does. */
export async function collectOrder(parts: BankIdParts, organization: string, orderRef: string): Promise<Collected> {
  const answer = await post(parts, organization, 'collect', { orderRef })
  // "Using an orderRef that is too old", or one that was collected to its end.
  if (codeOf(answer) === 'invalidParameters') return { status: 'failed', hint: 'expiredTransaction' }
  const content = good(answer)
  const { status, hintCode, completionData } = content
  if (content.orderRef !== orderRef) throw wrongAnswer('BankID answered for another order')
  if (status === 'pending' || status === 'failed') return { status, hint: textOf(hintCode) ?? '' }
  if (status !== 'complete') throw wrongAnswer('BankID answered with a status that nobody knows')
  return { status, person: personOf(recordOf(completionData)) }
}

/** Ends an order, so that the app does not ask for it any more. One that has ended already is no problem. Throws as `startOrder` does. */
export async function cancelOrder(parts: BankIdParts, organization: string, orderRef: string): Promise<void> {
  const answer = await post(parts, organization, 'cancel', { orderRef })
  if (codeOf(answer) !== 'invalidParameters') good(answer)
}

const PERSONAL_NUMBER = /^\d{12}$/

function personOf({ user }: Content): BankIdPerson {
  const { personalNumber, name, givenName, surname } = recordOf(user)
  if (!PERSONAL_NUMBER.test(String(personalNumber))) throw wrongAnswer('BankID names no person')
  const text = (value: unknown): string => textOf(value) ?? ''
  return {
    personalNumber: String(personalNumber),
    name: text(name),
    givenName: text(givenName),
    surname: text(surname),
  }
}

type Content = Readonly<Record<string, unknown>>
interface Answer {
  readonly status: number
  readonly content: Content
}

const codeOf = ({ status, content }: Answer): string => (status === 400 ? (textOf(content.errorCode) ?? '') : '')

/** Statuses that pass: too slow, too often, out of order, maintenance. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500
const CODE_CHARACTERS = 32

/** "RP must not try the same request again", and it is no error of the person: but for those that pass, why is for the audit log. */
function good(answer: Answer): Content {
  const { status, content } = answer
  if (status === 200) return content
  if (isPassing(status)) throw new PlumblineError('UNAVAILABLE', 'BankID is out of order or under maintenance')
  if (codeOf(answer) === 'alreadyInProgress')
    throw new Fault(409, 'another order is under way', { text: 'bankid.in_progress' })
  const code = (textOf(content.errorCode) ?? 'nothing').slice(0, CODE_CHARACTERS)
  throw wrongAnswer(`BankID answered ${code} (status ${status})`)
}

async function post(parts: BankIdParts, organization: string, operation: string, content: object): Promise<Answer> {
  const tls = await mutualTls(parts, organization)
  // A character set behind the type is refused there.
  const request = { body: JSON.stringify(content), headers: { 'content-type': 'application/json' } }
  const answer = await answered(() => parts.outsidePost(`${bankIdApi(parts)}/${operation}`, tls, request))
  return { status: answer.status, content: contentOf(answer.body) }
}

function contentOf(body: string): Content {
  try {
    return recordOf(JSON.parse(body))
  } catch {
    return {}
  }
}

async function mutualTls(parts: BankIdParts, organization: string): Promise<MutualTls> {
  const [privateKey, certificate, authority] = await Promise.all([
    pemNamed(parts, organization, BANKID_KEY),
    certificateNamed(parts, organization, BANKID_KEY),
    certificateNamed(parts, organization, BANKID_AUTHORITY),
  ])
  if (privateKey === undefined || certificate === undefined)
    throw incomplete(`the key '${BANKID_KEY}' and its certificate in the keystore`)
  return { privateKey, certificate, authority }
}
