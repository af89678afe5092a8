import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { authenticatorOf } from '../directory/authenticators.ts'
import { methodsOf } from '../directory/login-secrets.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { phoneOf } from '../directory/phones.ts'
import { pushBrowsersOf } from '../directory/push-browsers.ts'
import type { StoredUser } from '../directory/users.ts'
import { tenantIn } from '../frame/page-scope.ts'
import { touchSession } from '../login/sessions.ts'
import { lackingLevel, requireStepUp } from '../login/step-up.ts'
import { type BrowserSession, browserSessionOf } from '../oidc/browser-session.ts'
import { ACCOUNT_CLIENT, accountReturn } from '../oidc/clients.ts'
import { mountOf } from '../oidc/issuer.ts'
import { acrOfLevel } from '../policy/assurance.ts'
import type { StepUpAction } from '../policy/rules/step-up.ts'
import { RECENT_LOGIN_SECONDS } from '../proof/enrolment.ts'
import { asked, refusal } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

interface Facts {
  readonly path: string
  /** What the page is for; it may demand a level of the login (CimStepUp). */
  readonly action: StepUpAction
  /** The login has to be a recent one. */
  readonly recent: boolean
}

/** The pages of the account, by the word that stands for each on the way through a sign-in. */
const ACCOUNT_PAGES = {
  overview: { path: '/account', action: 'dashboard', recent: false },
  secret: { path: '/account/secret', action: 'changePassword', recent: true },
  password: { path: '/account/password', action: 'changePassword', recent: false },
  email: { path: '/account/email', action: 'changeEmail', recent: false },
  approve: { path: '/account/approve', action: 'dashboard', recent: false },
  approveFresh: { path: '/account/approve', action: 'dashboard', recent: true },
  profile: { path: '/account/profile', action: 'dashboard', recent: false },
  phone: { path: '/account/phone', action: 'setUpMethods', recent: false },
  push: { path: '/account/push', action: 'setUpMethods', recent: false },
  authenticator: { path: '/account/authenticator', action: 'setUpMethods', recent: false },
} as const satisfies Record<string, Facts>
export type AccountPage = keyof typeof ACCOUNT_PAGES

/** A page of a person who is signed in. */
export interface OwnPage extends PlainPage {
  readonly person: BrowserSession
  /** What the person has and the tenant takes. */
  readonly has: {
    readonly secret: boolean
    readonly password: boolean
    readonly authenticator: boolean
    readonly phone: boolean
    readonly push: boolean
  }
}

/** The page, or `undefined` when nobody is signed in. Throws Fault 404 for an unknown tenant. */
async function ownPage(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OwnPage | undefined> {
  const page = await plainPage(deps, request, reply)
  const person = await browserSessionOf(deps, request, reply, tenantIn(request))
  if (!person) return undefined
  await touchSession(deps, person.tenant, person.sessionId, request)
  return { ...page, person, has: await hasOf(deps, page, person.user) }
}

async function hasOf(deps: Pick<Deps, 'store'>, { offers }: PlainPage, user: StoredUser): Promise<OwnPage['has']> {
  const steps = await methodsOf(deps, user.tenant_id, user.user_id)
  const password = await passwordSetAt(deps, user)
  return {
    secret: offers.methods.includes('secret') && steps.length > 0,
    password: offers.methods.includes('password') && password !== undefined,
    push: (await pushBrowsersOf(deps.store, user)).length > 0,
    phone: (await phoneOf(deps.store, user)) !== undefined,
    authenticator: (await authenticatorOf(deps.store, user)) !== undefined,
  }
}

/** The page of who is signed in well enough for it; else sends the browser to the sign-in and back, and returns `undefined`. */
export async function openOwn(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  reply: FastifyReply,
  at: AccountPage,
): Promise<OwnPage | undefined> {
  const page = await ownPage(deps, request, reply)
  const lacking = page ? await lackOf(deps, page, ACCOUNT_PAGES[at]) : {}
  if (page && lacking === undefined) return page
  await reply.redirect(signInAddress(deps, request, at, lacking ?? {}), 303)
  return undefined
}

/** For forms and calls: throws Fault 401 when nobody is signed in, or not strongly enough for the action. */
export async function requireOwnPage(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  reply: FastifyReply,
  action: StepUpAction,
): Promise<OwnPage> {
  const page = await ownPage(deps, request, reply)
  if (!page) throw refusal(401, 'error.signed_out')
  await requireStepUp(deps, { ...page.person, userId: page.person.user.user_id }, action)
  return page
}

/** Parameters of the authorization request for the login that a page still lacks; `undefined` when it lacks nothing. */
async function lackOf(
  deps: Pick<Deps, 'store' | 'now'>,
  { person, tenant }: OwnPage,
  { action, recent }: Facts,
): Promise<Readonly<Record<string, string>> | undefined> {
  const actor = { tenant: tenant.tenant_id, userId: person.user.user_id, methods: person.methods }
  const demanded = await lackingLevel(deps, actor, action)
  if (demanded !== undefined) return { acr_values: acrOfLevel(demanded) }
  return recent && !isRecent(deps, person) ? { prompt: 'login' } : undefined
}

/** Whether somebody has signed in just now. */
export const isRecent = ({ now }: Pick<Deps, 'now'>, { authTime }: BrowserSession): boolean =>
  now().getTime() / 1000 - authTime < RECENT_LOGIN_SECONDS

/** Parameters of a page that are there again after the sign-in. */
const CARRIED = ['client_id', 'login'] as const

/** An authorization request of the account pages themselves. The state says where to go on; nobody redeems the code. */
function signInAddress(
  deps: Pick<Deps, 'publicUrl'>,
  request: FastifyRequest,
  at: AccountPage,
  lacking: Readonly<Record<string, string>>,
): string {
  const state = [at, ...CARRIED.map((name) => asked(request, name))].join(' ')
  return accountRequest(deps, tenantIn(request), state, lacking)
}

/** The address of such a request; `state` says where to go on. */
export function accountRequest(
  deps: Pick<Deps, 'publicUrl'>,
  tenant: string,
  state: string,
  more: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({
    client_id: ACCOUNT_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: accountReturn(deps, tenant),
    state,
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })
  return `${mountOf(tenant)}/authorize?${query}`
}

const TO = 'to '

/** The state of a sign-in after which the browser goes to an address elsewhere; empty: to the account page. */
export const targetState = (target: string): string => (target === '' ? 'overview ' : `${TO}${target}`)

/** That address, which whoever began the sign-in chose. */
export const targetIn = (state: string): string | undefined =>
  state.startsWith(TO) ? state.slice(TO.length) : undefined

/** Where the state of a finished sign-in leads: one of our pages, whatever it says. */
export function accountAddress(tenant: string, state: string): string {
  const [at = '', ...values] = state.split(' ')
  const { path } = Object.hasOwn(ACCOUNT_PAGES, at) ? ACCOUNT_PAGES[at as AccountPage] : ACCOUNT_PAGES.overview
  const query = new URLSearchParams(
    CARRIED.map((name, i) => [name, values[i] ?? '']).filter(([, value]) => value !== ''),
  )
  return `/${tenant}${path}${query.size === 0 ? '' : `?${query}`}`
}
