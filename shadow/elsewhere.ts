import { PlumblineError } from '../config/errors.ts'
import { isFederated } from '../identity/directory/methods.ts'
import { isBankId } from '../identity/federation/bankid/settings.ts'
import { isDevicePairing } from '../identity/federation/device-pairing.ts'
import { isDirectory } from '../identity/federation/directory-login.ts'
import { isIdin } from '../identity/federation/idin/settings.ts'
import { NEGOTIATE } from '../identity/federation/kerberos/negotiate.ts'
import { isKerberos } from '../identity/federation/kerberos/settings.ts'
import { type FederatedLogin, federatedLogins } from '../identity/federation/methods.ts'
import { AUDIT_RECORDS, type AuditRecord } from '../identity/platform/audit/log.ts'
import { providerName } from '../review/federated.ts'
import type { Begun, Show } from '../signin/flow.ts'
import type { StepAnswer } from '../signin/steps.ts'
import { approved } from './device.ts'
import { goesOn, sendForm, sentForm } from './forms.ts'
import { BANK } from './idin-messages.ts'
import type { Person } from './people.ts'
import { SHADOW_PASSWORD } from './place.ts'
import { trialTicket } from './realms.ts'
import type { ShadowService } from './service.ts'
import type { SentOn } from './stand-in.ts'
import { ticketIn } from './ticket.ts'

const NEWEST = 50

/** A login that goes on elsewhere. */
interface Visit {
  readonly shadow: ShadowService
  readonly begun: Begun
  readonly person: Person
  readonly login: FederatedLogin
  /** How the person signs in on a device of theirs. */
  readonly onDevice: Show
}

/** What the service shows last; `undefined` when nobody is sent on by the page. */
type Trip = (visit: Visit, page: Response) => Promise<Response | undefined>

/** Signs in at the other side of a login method by the pages: away, and back again. Throws REFUSED in words of ours where that does not work. */
export async function signInElsewhere(
  shadow: ShadowService,
  begun: Begun,
  person: Person,
  onDevice: Show,
): Promise<StepAnswer | undefined> {
  const { tenant, username, enrolled, loginId } = person
  if (!isFederated(enrolled.first)) return undefined
  const { deps } = shadow.service
  const name = providerName(enrolled.first)
  const logins = await federatedLogins(deps, tenant)
  const login = logins.find(({ id }) => id === loginId) ?? logins.find(({ method }) => method === enrolled.first)
  if (login === undefined) throw new PlumblineError('REFUSED', `there is no login by ${name}`)
  await shadow.providers.know(login, username)
  const since = deps.now()
  const page = await begun.agent.page(`/${tenant}/login/with/${login.id}?auth_req_id=${begun.handle}`)
  const back = await tripOf(login)({ shadow, begun, person, login, onDevice }, page)
  const answer = back && (await ticketIn(back))
  if (answer !== undefined) return answer
  const what = whatOf(name, page, back)
  const why = await reasonOf(shadow, login, { tenant, since })
  throw new PlumblineError('REFUSED', why === undefined ? what : `${what}: ${why}`)
}

function whatOf(name: string, page: Response, back: Response | undefined): string {
  if (back === undefined) return `nobody is sent on to ${name} (status ${page.status})`
  const isNew = back.headers.get('location')?.includes('/login/with/first') === true
  return isNew
    ? `nobody here has the account at ${name}`
    : `the account at ${name} was not accepted (status ${back.status})`
}

/** What the service wrote to its audit log of the newest refusal by a login method, which it tells no browser. */
async function reasonOf(
  { service: { deps } }: ShadowService,
  { id }: FederatedLogin,
  { tenant, since }: { readonly tenant: string; readonly since: Date },
): Promise<string | undefined> {
  const { items } = await deps.store.find(AUDIT_RECORDS, tenant, { direction: 'desc', limit: NEWEST })
  const isIt = ({ event, at, subject }: AuditRecord): boolean =>
    event === 'login.refused' && subject.login_method === id && Date.parse(at) >= since.getTime()
  return items.find(isIt)?.subject.reason
}

const byBrowser: Trip = async (visit, page) => carried(visit, await wayOf(page))

/** Name and password go to the directory by a form of ours. */
const byDirectory: Trip = async ({ begun: { agent }, person: { username } }, page) =>
  page.ok ? sendForm(agent, await page.text(), { username, password: SHADOW_PASSWORD }) : undefined

/** A bank is chosen first. */
const byBank: Trip = async (visit, page) => {
  if (!page.ok) return undefined
  const next = await sendForm(visit.begun.agent, await page.text(), { bank: BANK })
  return carried(visit, await wayOf(next))
}

/** The app is on the same device, and a link starts it. */
const byApp: Trip = async (visit, page) => {
  const location = page.headers.get('location')
  if (location === null) return undefined
  const shown = await visit.begun.agent.page(`${location}&way=device`)
  const link = APP.exec(await shown.text())?.[1] ?? ''
  return carried(visit, wayTo(URL.parse(link)))
}
const APP = /href="(bankid:[^"&]+)/

/** The browser shows a ticket where it is asked for one. */
const byTicket: Trip = async ({ begun: { agent, handle }, person: { tenant, username }, login }, page) =>
  page.headers.get('www-authenticate') === NEGOTIATE
    ? agent.page(`/${tenant}/login/with/${login.id}?auth_req_id=${handle}`, {
        authorization: `${NEGOTIATE} ${trialTicket(username)}`,
      })
    : undefined

const byDevice: Trip = async ({ shadow, begun, person, onDevice }, page) =>
  page.headers.has('location') ? approved(shadow, begun, person, { picture: page, onDevice }) : undefined

const TRIPS: readonly (readonly [(login: FederatedLogin) => boolean, Trip])[] = [
  [isDirectory, byDirectory],
  [isIdin, byBank],
  [isDevicePairing, byDevice],
  [isBankId, byApp],
  [isKerberos, byTicket],
]

const tripOf = (login: FederatedLogin): Trip => TRIPS.find(([takes]) => takes(login))?.[1] ?? byBrowser

/** Where a page sends the browser: by an address, by a link that it follows by itself, or by a form. */
async function wayOf(page: Response): Promise<SentOn | undefined> {
  const location = page.headers.get('location')
  if (location !== null) return wayTo(URL.parse(location))
  if (!page.ok) return undefined
  const text = await page.text()
  const form = sentForm(text)
  const at = URL.parse(form?.action ?? '')
  return form !== undefined && at !== null
    ? { at, fields: new URLSearchParams(form.fields) }
    : wayTo(URL.parse(goesOn(text)))
}

const wayTo = (at: URL | null): SentOn | undefined => (at === null ? undefined : { at, fields: at.searchParams })

/** There and back with what the other side says. */
async function carried(
  { shadow, begun: { agent }, person: { username }, login }: Visit,
  way: SentOn | undefined,
): Promise<Response | undefined> {
  const back = way && (await shadow.providers.signIn(way, username, login))
  if (back === undefined) return undefined
  const path = `${back.at.pathname}${back.at.search}`
  if (back.form === undefined) return agent.page(path)
  const answer = await agent.form(path, back.form)
  const next = answer.headers.get('location')
  return next === null ? answer : agent.page(next)
}
