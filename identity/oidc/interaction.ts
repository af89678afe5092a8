import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { sameHash } from '../http/auth.ts'
import { seal, unseal } from '../seal.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { hashOf } from './artifacts.ts'
import { LIFETIMES } from './lifetimes.ts'

export type Method = 'pin' | 'pattern' | 'passkey' | 'password' | 'otp'

/** A login that an authorization request waits for. */
export interface Pending {
  readonly tenant: string
  readonly clientId: string
  /** Empty for a device, which polls. */
  readonly redirectUri: string
  readonly scope: string
  readonly state?: string
  readonly nonce?: string
  /** Name that the application expects (OpenID Connect Core, section 3.1.2.1). */
  readonly loginHint?: string
  /** Who is signed in and asked for consent only; absent when somebody has to sign in. */
  readonly userId?: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** SHA-256 of the cookie of the browser that asked; see `browserOf`. */
  readonly browser: string
}

/** In the scope GLOBAL: the handle is shown before the tenant is known. */
interface StoredPending extends Pending {
  readonly id: string
  /** Id of the library's interaction, sealed: the browser holds it as a cookie. */
  readonly interaction: string
}

interface Ticket {
  /** Keyed hash of the ticket. */
  readonly id: string
  readonly authReqId: string
  readonly userId: string
  readonly methods: readonly Method[]
  readonly complete: boolean
}

const PENDING: Collection<StoredPending> = { name: 'oidcPending', id: (p) => p.id, indexes: [] }
const TICKETS: Collection<Ticket> = { name: 'oidcTickets', id: (t) => t.id, indexes: [] }
const SEAL = 'oidc pending'
const RANDOM_BYTES = 32
const TICKET_SECONDS = 60
const HINT_CHARACTERS = 256
const COOKIE = 'plumbline_browser'
const COOKIE_VALUE = /(?:^|; ?)plumbline_browser=([A-Za-z0-9_-]{43})(?:;|$)/

const random = (): string => randomBytes(RANDOM_BYTES).toString('base64url')
const hashOfCookie = (value: string): string => createHash('sha256').update(value).digest('base64url')

/** SHA-256 of the cookie that binds a browser to its logins; `undefined` when the request has none. */
export function browserOf(cookies: string | undefined): string | undefined {
  const value = COOKIE_VALUE.exec(cookies ?? '')?.[1]
  return value === undefined ? undefined : hashOfCookie(value)
}

/** A cookie for a browser that has none yet, as the header Set-Cookie says it, and its hash. */
export function newBrowser(tenant: string, secure: boolean): { readonly cookie: string; readonly browser: string } {
  const value = random()
  const cookie = `${COOKIE}=${value}; path=/${tenant}; httponly; samesite=lax${secure ? '; secure' : ''}`
  return { cookie, browser: hashOfCookie(value) }
}

/** Whether the request comes from the browser that began the login, compared in constant time. */
export function isSameBrowser(request: FastifyRequest, { browser }: Pick<Pending, 'browser'>): boolean {
  const own = browserOf(request.headers.cookie)
  return own !== undefined && sameHash(own, browser)
}

/** What the library says of an interaction that waits for a person. */
export interface Waiting {
  readonly uid: string
  readonly params: Readonly<Record<string, unknown>>
  readonly prompt?: { readonly name: string }
  readonly session?: { readonly accountId?: string | undefined } | undefined
}

/** Remembers that an interaction waits for a person and returns the address of the page: the login, or the consent of who is signed in. */
export async function beginLogin(
  deps: Deps,
  tenant: string,
  ctx: KoaContextWithOIDC,
  interaction: Waiting,
): Promise<string> {
  const { client_id, redirect_uri, scope, state, nonce, login_hint } = interaction.params as Readonly<
    Record<string, string>
  >
  const userId = interaction.prompt?.name === 'consent' ? interaction.session?.accountId : undefined
  const pending: StoredPending = {
    id: random(),
    interaction: seal(deps.masterKey, SEAL, interaction.uid),
    tenant,
    clientId: client_id ?? '',
    redirectUri: redirect_uri ?? '',
    scope: scope ?? '',
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(login_hint === undefined ? {} : { loginHint: login_hint.slice(0, HINT_CHARACTERS) }),
    ...(userId === undefined ? {} : { userId }),
    createdAt: deps.now().getTime(),
    browser: bindBrowser(ctx, tenant),
  }
  await deps.store.create(PENDING, GLOBAL, pending, LIFETIMES.Interaction)
  return `/${tenant}/${userId === undefined ? 'login' : 'consent'}?auth_req_id=${pending.id}`
}

/** One value per browser and tenant, so that several tabs can sign in at once. */
function bindBrowser(ctx: KoaContextWithOIDC, tenant: string): string {
  const value = COOKIE_VALUE.exec(ctx.req.headers.cookie ?? '')?.[1] ?? random()
  ctx.cookies.set(COOKIE, value, {
    path: `/${tenant}`,
    httpOnly: true,
    sameSite: 'lax',
    signed: false,
    overwrite: true,
  })
  return hashOfCookie(value)
}

/** The login behind an `auth_req_id`, for ten minutes; `undefined` when there is none (any more). */
export async function pendingOf(deps: Deps, authReqId: string): Promise<Pending | undefined> {
  const stored = await deps.store.get(PENDING, GLOBAL, authReqId)
  if (!stored) return undefined
  const { id: _, interaction: _i, ...pending } = stored
  return pending
}

/** Who proved to be whom, and how. `complete` false: another factor is missing, and the ticket cannot be redeemed. */
export interface Login {
  readonly userId: string
  readonly methods: readonly Method[]
  readonly complete: boolean
}

/**
 * A ticket (256 random bits, single use, 60 seconds) that completes the login of an `auth_req_id` in the browser that began it.
 * Throws UNAUTHENTICATED when no such login is pending.
 */
export async function issueTicket(deps: Deps, authReqId: string, login: Login): Promise<string> {
  if (!(await pendingOf(deps, authReqId))) throw noLogin()
  const ticket = random()
  const { userId, methods, complete } = login
  const stored: Ticket = { id: hashOf(deps, ticket), authReqId, userId, methods, complete }
  await deps.store.create(TICKETS, GLOBAL, stored, TICKET_SECONDS)
  return ticket
}

/** A redeemed ticket: what the library's interaction needs to go on. */
export interface Redeemed {
  readonly interaction: string
  readonly userId: string
  readonly methods: readonly Method[]
}

/**
 * Spends a ticket, and with it the pending login. Throws the same UNAUTHENTICATED whatever is wrong: the ticket, its `auth_req_id`,
 * the tenant or the browser.
 */
export async function redeemTicket(
  deps: Deps,
  request: FastifyRequest,
  { tenant, authReqId, ticket }: { readonly tenant: string; readonly authReqId: string; readonly ticket: string },
): Promise<Redeemed> {
  const pending = await deps.store.get(PENDING, GLOBAL, authReqId)
  if (!pending || pending.tenant !== tenant || !isSameBrowser(request, pending)) throw noLogin()
  const spent = await deps.store.take(TICKETS, GLOBAL, hashOf(deps, ticket))
  if (!spent?.complete || spent.authReqId !== authReqId) throw noLogin()
  if (!(await deps.store.take(PENDING, GLOBAL, authReqId))) throw noLogin()
  return {
    interaction: unseal(deps.masterKey, SEAL, pending.interaction),
    userId: spent.userId,
    methods: spent.methods,
  }
}

/**
 * Ends a pending login or consent at the wish of the person, and returns the interaction to go on with. Throws UNAUTHENTICATED as
 * `redeemTicket` does.
 */
export async function endPending(deps: Deps, request: FastifyRequest, tenant: string, authReqId: string) {
  const pending = await deps.store.get(PENDING, GLOBAL, authReqId)
  if (!pending || pending.tenant !== tenant || !isSameBrowser(request, pending)) throw noLogin()
  if (!(await deps.store.take(PENDING, GLOBAL, authReqId))) throw noLogin()
  return { interaction: unseal(deps.masterKey, SEAL, pending.interaction) }
}

const noLogin = () =>
  new PlumblineError(
    'UNAUTHENTICATED',
    'this login is not pending here any more; go back to the application and start again',
  )
