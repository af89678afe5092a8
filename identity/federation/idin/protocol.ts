import { createHash } from 'node:crypto'
import { LeaseCache } from '../../oidc/lease-cache.ts'
import type { OutsideFetch } from '../../platform/http/outside.ts'
import type { FederatedLogin } from '../methods.ts'
import { answered, incomplete, wrongAnswer } from '../problems.ts'
import type { Choice, Protocol, Trip } from '../protocol.ts'
import { allIn, textIn } from '../xml-elements.ts'
import { arrivalOfStatus } from './answer.ts'
import { directoryRequest, IDX, statusRequest, transactionRequest } from './messages.ts'
import { type IdinSettings, idinSettings } from './settings.ts'
import { type KeyPair, signed, verified } from './xml.ts'

/** What iDIN needs of the service. */
export interface IdinParts {
  readonly fetch: OutsideFetch
  readonly now: () => Date
  readonly keys: {
    /** A pair of the keystore, by its name. Throws the uniform refusal when there is none. */
    readonly pair: (organization: string, name: string) => Promise<KeyPair>
    readonly certificate: (organization: string, name: string) => Promise<string | undefined>
  }
}

/** "It is not allowed to perform the Directory protocol for each transaction": once a day is more than enough. */
const DIRECTORY_MILLISECONDS = 24 * 3600 * 1000
const KEPT_DIRECTORIES = 100

interface Directory {
  readonly banks: readonly Choice[]
  readonly goodUntil: number
}

/** Login by a bank: the person chooses one, signs in there, and the acquirer says who it was. */
export function idinProtocol(parts: IdinParts): Protocol {
  const directories = new LeaseCache<Directory>({
    limit: KEPT_DIRECTORIES,
    open: async (key) => askDirectory(parts, JSON.parse(key) as Pick<FederatedLogin, 'organization' | 'spec'>),
    goodUntil: ({ goodUntil }) => goodUntil,
    now: () => parts.now().getTime(),
  })
  return {
    choices: ({ organization, spec }) =>
      directories.use(JSON.stringify({ organization, spec }), async ({ banks }) => banks),
    start: async (login, trip) => {
      const settings = idinSettings(login)
      const own = { bank: trip.choice ?? '', returnUrl: returnUrlOf(settings, trip), entranceCode: trip.state }
      const request = transactionRequest(settings, { ...own, reference: referenceOf(trip) }, parts.now())
      const answer = await ask(parts, login, settings.transaction, request)
      const address = URL.parse(textIn(answer, IDX, 'issuerAuthenticationURL'))
      if (address?.protocol !== 'https:' && address?.protocol !== 'http:') throw wrongAnswer('the bank has no address')
      return address.href
    },
    finish: async (login, trip, returned) => {
      const settings = idinSettings(login)
      const transaction = returned.get('trxid') ?? ''
      const answer = await ask(parts, login, settings.status, statusRequest(settings, transaction, parts.now()))
      const keys = await parts.keys.pair(login.organization, settings.keys.saml)
      const asked = { transaction, reference: referenceOf(trip), now: parts.now() }
      return arrivalOfStatus(login.spec, answer, asked, keys)
    },
    logout: async () => undefined,
  }
}

/** Letters and digits after a letter. */
const referenceOf = ({ nonce }: Pick<Trip, 'nonce'>): string =>
  `P${createHash('sha256').update(nonce).digest('hex').slice(0, 34)}`

function returnUrlOf({ returnHost }: IdinSettings, { redirectUri }: Trip): string {
  const address = new URL(redirectUri)
  if (returnHost === undefined) return address.href
  // The port is of the service's own host.
  address.port = ''
  address.host = returnHost
  return address.href
}

async function askDirectory(
  parts: IdinParts,
  login: Pick<FederatedLogin, 'organization' | 'spec'>,
): Promise<Directory> {
  const settings = idinSettings(login)
  const answer = await ask(parts, login, settings.directory, directoryRequest(settings, parts.now()))
  const banks = allIn(answer, IDX, 'Issuer').map((issuer) => ({
    id: textIn(issuer, IDX, 'issuerID'),
    name: textIn(issuer, IDX, 'issuerName'),
  }))
  return { banks, goodUntil: parts.now().getTime() + DIRECTORY_MILLISECONDS }
}

/** Sends a message that the merchant has signed; returns the answer, which the acquirer has. */
async function ask(
  { fetch, keys }: IdinParts,
  login: Pick<FederatedLogin, 'organization' | 'spec'>,
  url: string,
  message: string,
): Promise<Element> {
  const { merchant, acquirer } = idinSettings(login).keys
  const certificate = await keys.certificate(login.organization, acquirer)
  if (certificate === undefined) throw incomplete(`the certificate '${acquirer}' in the keystore`)
  const body = signed(message, await keys.pair(login.organization, merchant))
  const headers = { 'content-type': 'text/xml; charset="utf-8"' }
  return answered(async () => {
    const answer = await fetch(url, { method: 'POST', headers, body })
    if (!answer.ok) throw wrongAnswer(`the acquirer answered status ${answer.status}`)
    const root = verified(await answer.text(), certificate)
    const code = textIn(root, IDX, 'errorCode')
    if (root.localName === 'AcquirerErrorRes') throw wrongAnswer(`the acquirer answered ${code.slice(0, 16)}`)
    return root
  })
}
