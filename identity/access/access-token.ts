import type { FastifyRequest } from 'fastify'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { methodsIn } from '../directory/methods.ts'
import { USERS } from '../directory/users.ts'
import { machineTokenOf } from '../oidc/machine-token.ts'
import { bearerOf, type LoginToken } from './credentials.ts'

/** Seconds that a login counts as recent (notes, section 3, change of the login secret). */
const RECENT_SECONDS = 300

/** Who signed in. `authTime` in seconds since 1970, 0 when the session of the login is gone (devices). */
export interface SignedIn {
  readonly tenant: string
  readonly userId: string
  /** Uid of the session; see `endSession`. */
  readonly sessionId: string
  readonly authTime: number
  /** How they signed in; empty when the session of the login is gone. */
  readonly methods: readonly Method[]
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
}

/** A program that acts for itself (client credentials). */
export interface SignedInClient {
  readonly tenant: string
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
}

/**
 * The user whose access token the request carries. Throws UNAUTHENTICATED when the token is missing, unknown, expired or bound to a
 * key (DPoP), its session or grant has ended, or the account is disabled.
 */
export async function requireLogin(
  deps: Pick<Deps, 'store' | 'providers'>,
  request: FastifyRequest,
): Promise<SignedIn> {
  const credentials = bearerOf(request)
  if (credentials.form !== 'login') throw refused()
  return loginOfToken(deps, credentials)
}

/** As `requireLogin`; throws UNAUTHENTICATED, too, when the login lies back more than five minutes (RFC 9470). */
export async function requireRecentLogin(
  deps: Pick<Deps, 'store' | 'now' | 'providers'>,
  request: FastifyRequest,
): Promise<SignedIn> {
  const login = await requireLogin(deps, request)
  if (deps.now().getTime() / 1000 - login.authTime > RECENT_SECONDS)
    throw new PlumblineError('UNAUTHENTICATED', 'the last login is more than five minutes ago; sign in again')
  return login
}

/** The user of an access token. Throws as `requireLogin` does. */
export async function loginOfToken(
  deps: Pick<Deps, 'store' | 'providers'>,
  { tenant, token }: LoginToken,
): Promise<SignedIn> {
  const login = await deps.providers
    .use(tenant, undefined, async ({ provider }) => {
      const found = await provider.AccessToken.find(token)
      // Without a proof of its key a bound token is a stolen one (RFC 9449, section 7.1).
      if (!found?.isValid || found.isSenderConstrained() || found.grantId === undefined) return undefined
      const grant = await provider.Grant.find(found.grantId)
      if (grant?.accountId !== found.accountId || grant.clientId !== found.clientId) return undefined
      const session = found.sessionUid === undefined ? undefined : await provider.Session.findByUid(found.sessionUid)
      return {
        tenant,
        userId: found.accountId,
        sessionId: found.sessionUid ?? '',
        authTime: session?.authTime() ?? 0,
        methods: methodsIn(session?.amr ?? []),
        clientId: found.clientId ?? '',
        scopes: found.scopes,
      }
    })
    .catch(unlessUnknownTenant)
  const user = login && (await deps.store.get(USERS, tenant, login.userId))
  if (!user || user.is_disabled) throw refused()
  return login
}

const unlessUnknownTenant = (error: unknown): undefined => {
  if (!(error instanceof PlumblineError && error.code === 'NOT_FOUND')) throw error
  return undefined
}

/**
 * The program whose client credentials token (RFC 9068) the request carries. Throws UNAUTHENTICATED unless its tenant signed it for
 * itself, it is good, and it is not bound to a key.
 */
export async function requireClient(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'providers'>,
  text: string,
): Promise<SignedInClient> {
  const token = await machineTokenOf(deps, text)
  if (token === undefined || token.cnf !== undefined) throw refused()
  const { tenant, client_id: clientId, scope = '' } = token
  return { tenant, clientId, scopes: new Set(scope.split(' ')) }
}

const refused = (cause?: unknown) =>
  new PlumblineError('UNAUTHENTICATED', 'the access token is missing or not good here; sign in again', { cause })
