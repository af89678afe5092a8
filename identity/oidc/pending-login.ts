import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { PlumblineError } from '../../config/errors.ts'
import { sameHash } from '../crypto/hash.ts'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { bindBrowser, browserOf } from '../platform/http/browser.ts'
import { type Collection, GLOBAL } from '../store/store.ts'
import { LIFETIMES } from './lifetimes.ts'
import type { Challenge } from './microsoft/request.ts'

/** The one user who has to sign in, and the one method by which. */
interface Demand {
  readonly userId: string
  readonly method: Method
}

/** How it goes on after a login: with an interaction of the provider library (its uid), or with our own answer to Entra. */
export type Continuation = { readonly interaction: string } | { readonly microsoft: Challenge }

/** A login that an authorization request waits for. */
export interface Pending {
  readonly tenant: string
  readonly clientId: string
  /** Empty for a device, which polls. */
  readonly redirectUri: string
  readonly scope: string
  /** Name that the application expects (OpenID Connect Core, section 3.1.2.1). */
  readonly loginHint?: string
  /** Languages that the application prefers for the person, best first, as OAuth writes lists. */
  readonly uiLocales?: string
  /** Who is signed in and asked for consent only; absent when somebody has to sign in. */
  readonly userId?: string
  /** Absent: any user of the tenant, by any method that the tenant allows. */
  readonly demand?: Demand
  /** The `acr_values` that the client asked for, in its order of preference. */
  readonly acrValues?: readonly string[]
  /** The application wants the person to show anew who they are, or to choose. */
  readonly askAnew?: true
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** SHA-256 of the cookie of the browser that asked; see `browserOf`. */
  readonly browser: string
}

/** In the scope GLOBAL: the handle is shown before the tenant is known. */
interface StoredPending extends Pending {
  readonly id: string
  /** The Continuation, sealed: the browser holds an interaction's uid as a cookie. */
  readonly continuation: string
}

const PENDING: Collection<StoredPending> = { name: 'oidcPending', id: (p) => p.id, indexes: [] }
const SEAL = 'oidc pending'
const RANDOM_BYTES = 32
const HINT_CHARACTERS = 256

/** 256 random bits. */
export const newHandle = (): string => randomBytes(RANDOM_BYTES).toString('base64url')

/** Whether the request comes from the browser that began the login, compared in constant time. */
export function isSameBrowser(request: FastifyRequest, { browser }: Pick<Pending, 'browser'>): boolean {
  const own = browserOf(request.headers.cookie)
  return own !== undefined && sameHash(own, browser)
}

/** What the library says of an interaction that waits for a person. */
export interface WaitingInteraction {
  readonly uid: string
  readonly params: Readonly<Record<string, unknown>>
  readonly prompt?: { readonly name: string; readonly reasons: readonly string[] }
  readonly session?: { readonly accountId?: string | undefined } | undefined
}

/** Why the library asks although somebody may be signed in: `prompt` and `max_age` (OpenID Connect Core, section 3.1.2.1). */
const ANEW: ReadonlySet<string> = new Set(['login_prompt', 'select_account_prompt', 'max_age'])

/** Remembers that an interaction waits for a person and returns the address of the page: the login, or the consent of who is signed in. */
export function beginLogin(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  ctx: KoaContextWithOIDC,
  interaction: WaitingInteraction,
): Promise<string> {
  const { client_id, redirect_uri, scope, login_hint, acr_values, ui_locales } = interaction.params as Readonly<
    Record<string, string | undefined>
  >
  const userId = interaction.prompt?.name === 'consent' ? interaction.session?.accountId : undefined
  return awaitPerson(deps, tenant, {
    clientId: client_id ?? '',
    redirectUri: redirect_uri ?? '',
    scope: scope ?? '',
    ...(ui_locales === undefined ? {} : { uiLocales: ui_locales.slice(0, HINT_CHARACTERS) }),
    ...(login_hint === undefined ? {} : { loginHint: login_hint.slice(0, HINT_CHARACTERS) }),
    ...(userId === undefined ? {} : { userId }),
    ...(acr_values === undefined ? {} : { acrValues: valuesIn(acr_values) }),
    ...(interaction.prompt?.reasons.some((reason) => ANEW.has(reason)) ? { askAnew: true } : {}),
    browser: bindBrowser({ sent: ctx.req.headers.cookie, set: ctx.cookies.set.bind(ctx.cookies) }, tenant),
    continuation: { interaction: interaction.uid },
  })
}

type Awaiting = Omit<Pending, 'tenant' | 'createdAt'> & { readonly continuation: Continuation }

/** Remembers what waits for a person and returns the address of the page. */
export async function awaitPerson(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  login: Awaiting,
): Promise<string> {
  const pending: StoredPending = {
    ...login,
    id: newHandle(),
    continuation: seal(deps.masterKey, SEAL, JSON.stringify(login.continuation)),
    tenant,
    createdAt: deps.now().getTime(),
  }
  await deps.store.create(PENDING, GLOBAL, pending, LIFETIMES.Interaction)
  return `/${tenant}/${login.userId === undefined ? 'login' : 'consent'}?auth_req_id=${pending.id}`
}

/** The values of a parameter that is a list, as OAuth writes lists. */
export const valuesIn = (list: string): readonly string[] => list.split(' ').filter((value) => value !== '')

/** The login behind an `auth_req_id`, for ten minutes; `undefined` when there is none (any more). */
export async function pendingOf(deps: Pick<Deps, 'store'>, authReqId: string): Promise<Pending | undefined> {
  const stored = await deps.store.get(PENDING, GLOBAL, authReqId)
  if (!stored) return undefined
  const { id: _, continuation: _c, ...pending } = stored
  return pending
}

/** A pending login, as long as it is of this tenant and browser. Throws UNAUTHENTICATED, whatever is wrong. */
export async function pendingHere(
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest,
  { tenant, authReqId }: { readonly tenant: string; readonly authReqId: string },
): Promise<StoredPending> {
  const pending = await deps.store.get(PENDING, GLOBAL, authReqId)
  if (!pending || pending.tenant !== tenant || !isSameBrowser(request, pending)) throw noLogin()
  return pending
}

/** Ends a pending login and returns how it goes on. Throws UNAUTHENTICATED when somebody else has ended it. */
export async function endPending(
  { store, masterKey }: Pick<Deps, 'store' | 'masterKey'>,
  { id, continuation }: Pick<StoredPending, 'id' | 'continuation'>,
): Promise<Continuation> {
  if (!(await store.take(PENDING, GLOBAL, id))) throw noLogin()
  return JSON.parse(unseal(masterKey, SEAL, continuation)) as Continuation
}

export const noLogin = () =>
  new PlumblineError(
    'UNAUTHENTICATED',
    'this login is not pending here any more; go back to the application and start again',
  )
