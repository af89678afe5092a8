import { createHmac } from 'node:crypto'
import { renderSVG } from 'uqr'
import type { ServiceOptions } from '../../../identity/service.ts'
import { ANNA, BankIdStandIn } from './bankid-stand-in.ts'
import { type FederationWorld, openFederationWorld, press, TENANT, type Waiting, waitAt } from './world.ts'

export interface BankIdWorld extends FederationWorld {
  readonly standIn: BankIdStandIn
  /** The login method BankID, with more settings; returns its id. */
  bankId(more?: object): Promise<string>
  /** Lets the time of the service pass. */
  pass(seconds: number): void
}

/** The world with a stand-in for BankID, of which the keystore of the organization has what BankID gives. */
export async function openBankIdWorld(options: Partial<ServiceOptions> = {}): Promise<BankIdWorld> {
  const standIn = await BankIdStandIn.open()
  let milliseconds = 0
  const now = () => new Date(Date.now() + milliseconds)
  standIn.now = () => now().getTime()
  const world = await openFederationWorld({ bankIdUrl: standIn.url, now, ...options })
  const key = (name: string, material: object) =>
    world.here.admin('PUT', `/v1/organizations/acme/keys/${name}`, material)
  const { privateKey: private_key, certificate } = standIn.client
  await key('bankid', { private_key, certificate })
  await key('bankid-authority', { certificate: standIn.authority })
  await world.here.admin('PUT', `/v1/tenants/${TENANT}`, {
    display_name: 'Acme',
    register_enable: true,
    has_username_and_email: true,
  })
  return {
    ...world,
    standIn,
    bankId: async (more = {}) => {
      const known = (await world.methods()).BankID
      const own = { type: 'BANK_ID', name: 'BankID', enabled: true, authentication_level: 3, ...more }
      const methods = [{ id: 'username-and-password' }, { ...(known === undefined ? {} : { id: known }), ...own }]
      await world.settings({ login_methods: { login_methods: methods } })
      return String((await world.methods()).BankID)
    },
    pass: (seconds) => {
      milliseconds += seconds * 1000
    },
    close: async () => {
      await world.close()
      standIn.close()
    },
  }
}

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'

/** A login at the page of BankID. */
export interface AtBankId extends Waiting {
  readonly html: string
  readonly status: number
  readonly id: string
}

/** Presses the button; returns the page of the order. */
export async function reachBankId(world: BankIdWorld, id: string, phone = false): Promise<AtBankId> {
  const waiting = await waitAt(world)
  const away = await press(world, waiting, id)
  const headers = phone ? { 'user-agent': PHONE } : {}
  const page = await waiting.browser.open(`${world.here.url}${away.headers.get('location')}`, { headers })
  return { ...waiting, id, html: await page.text(), status: page.status }
}

export const addressOf = ({ here }: BankIdWorld, { handle, id }: Pick<AtBankId, 'handle' | 'id'>, rest = ''): string =>
  `${here.url}/${TENANT}/login/bankid/${id}${rest}?auth_req_id=${handle}`

/** What the picture of a page says now. */
export const pictureOn = async (world: BankIdWorld, at: AtBankId): Promise<string> =>
  textOfPicture(world.standIn, await (await at.browser.open(addressOf(world, at, '/picture'))).text())

/** What a picture of the newest order says. It shows what only the right secret makes, so nothing is read from it. */
export function textOfPicture({ order, now }: BankIdStandIn, svg: string): string {
  const { qrStartToken, qrStartSecret, startedAt } = order
  const elapsed = Math.floor((now() - startedAt) / 1000)
  for (const seconds of [elapsed, elapsed - 1, elapsed + 1]) {
    const code = createHmac('sha256', qrStartSecret).update(String(seconds)).digest('hex')
    const text = `bankid.${qrStartToken}.${seconds}.${code}`
    if (renderSVG(text) === svg) return text
  }
  throw new Error('the picture says something else')
}

/** What the script of the page asks for. */
export async function stateOf(world: BankIdWorld, at: AtBankId): Promise<{ waits: boolean; text: string }> {
  const answer = await at.browser.open(addressOf(world, at, '/state'), { headers: { accept: 'application/json' } })
  return (await answer.json()) as { waits: boolean; text: string }
}

/** Presses "I have identified myself", as the script does when the order is complete. */
export const settle = (_: BankIdWorld, { browser, html }: AtBankId, base: string): Promise<Response> => {
  const page = new Response(html)
  Object.defineProperty(page, 'url', { value: base })
  return browser.submit(page)
}

/** The whole way by a picture; returns the page after it. */
export async function signInByPicture(world: BankIdWorld, id: string, person = ANNA) {
  const at = await reachBankId(world, id)
  if (!world.standIn.scan(await pictureOn(world, at), person)) throw new Error('the app does not take the picture')
  world.standIn.approve()
  world.pass(2)
  return { at, page: await settle(world, at, world.here.url) }
}

/** Says that there is no account here yet. */
export const create = async (world: BankIdWorld, { browser }: Waiting, page: Response): Promise<Response> =>
  page.status === 303
    ? browser.submit(await browser.open(world.here.url + page.headers.get('location')), { decision: 'create' })
    : page
