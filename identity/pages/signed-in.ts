import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginDeps } from '../login/deps.ts'
import { touchSession } from '../login/sessions.ts'
import { type BrowserSession, browserSessionOf } from '../oidc/browser-session.ts'
import { ACCOUNT_CLIENT, accountReturn } from '../oidc/clients.ts'
import { mountOf } from '../oidc/issuer.ts'
import { RECENT_LOGIN_SECONDS } from '../proof/enrolment.ts'
import { asked, refusal } from './parts.ts'
import { type PlainPage, plainPage } from './plain.ts'
import { tenantIn } from './scope.ts'

/** The pages of the account, by the word that stands for each on the way through a sign-in. */
export const ACCOUNT_PAGES = {
  overview: '/account',
  secret: '/account/secret',
  password: '/account/password',
  email: '/account/email',
} as const
export type AccountPage = keyof typeof ACCOUNT_PAGES

/** A page of a person who is signed in. */
export interface OwnPage extends PlainPage {
  readonly person: BrowserSession
}

/** The page, or `undefined` when nobody is signed in. Throws Fault 404 for an unknown tenant. */
async function ownPage(deps: LoginDeps, request: FastifyRequest, reply: FastifyReply): Promise<OwnPage | undefined> {
  const page = await plainPage(deps, request, reply)
  const person = await browserSessionOf(deps, request, reply, tenantIn(request))
  if (!person) return undefined
  await touchSession(deps, person.tenant, person.sessionId, request)
  return { ...page, person }
}

/** The page of who is signed in; else sends the browser to the sign-in and back to `at`, and returns `undefined`. */
export async function openOwn(
  deps: LoginDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  at: AccountPage,
  needs: 'session' | 'recent login' = 'session',
): Promise<OwnPage | undefined> {
  const page = await ownPage(deps, request, reply)
  const isOld = page && needs === 'recent login' && !isRecent(deps, page.person)
  if (page && !isOld) return page
  await reply.redirect(signInAddress(deps, request, at, isOld === true), 303)
  return undefined
}

/** For forms and calls: throws Fault 401 when nobody is signed in. */
export async function requireOwnPage(deps: LoginDeps, request: FastifyRequest, reply: FastifyReply): Promise<OwnPage> {
  const page = await ownPage(deps, request, reply)
  if (!page) throw refusal(401, 'error.signed_out')
  return page
}

const isRecent = (deps: LoginDeps, { authTime }: BrowserSession): boolean =>
  deps.now().getTime() / 1000 - authTime < RECENT_LOGIN_SECONDS

/** An authorization request of the account pages themselves. The state says where to go on; nobody redeems the code. */
function signInAddress(deps: LoginDeps, request: FastifyRequest, at: AccountPage, again: boolean): string {
  const tenant = tenantIn(request)
  const query = new URLSearchParams({
    client_id: ACCOUNT_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: accountReturn(deps, tenant),
    state: `${at} ${asked(request, 'client_id')}`,
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ...(again ? { prompt: 'login' } : {}),
  })
  return `${mountOf(tenant)}/authorize?${query}`
}

/** Where the state of a finished sign-in leads: one of our pages, whatever it says. */
export function accountAddress(tenant: string, state: string): string {
  const [at = '', clientId = ''] = state.split(' ')
  const path = Object.hasOwn(ACCOUNT_PAGES, at) ? ACCOUNT_PAGES[at as AccountPage] : ACCOUNT_PAGES.overview
  return `/${tenant}${path}${clientId === '' ? '' : `?${new URLSearchParams({ client_id: clientId })}`}`
}
