import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { methodsIn } from '../directory/methods.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'

/** Who is signed in in a browser, by the cookie of the provider's session. */
export interface BrowserSession {
  readonly tenant: string
  readonly user: StoredUser
  /** Uid of the session; see `endSession`. */
  readonly sessionId: string
  /** Seconds since 1970. */
  readonly authTime: number
  /** How the session began. */
  readonly methods: readonly Method[]
}

type Context = Parameters<Provider['Session']['get']>[0]

/** `undefined` when nobody is signed in there, or an account that may not be used. Throws NOT_FOUND for an unknown tenant. */
export async function browserSessionOf(
  deps: Pick<Deps, 'store' | 'publicUrl' | 'providers'>,
  request: FastifyRequest,
  reply: FastifyReply,
  tenant: string,
): Promise<BrowserSession | undefined> {
  const session = await deps.providers.use(tenant, undefined, ({ provider }) => {
    // All that the library looks at here.
    const ctx = { req: request.raw, res: reply.raw, secure: publicUrlOf(deps).startsWith('https:') }
    return provider.Session.get(ctx as unknown as Context)
  })
  const user = session.accountId === undefined ? undefined : await deps.store.get(USERS, tenant, session.accountId)
  if (!user || user.is_disabled) return undefined
  return {
    tenant,
    user,
    sessionId: session.uid,
    authTime: session.authTime() ?? 0,
    methods: methodsIn(session.amr ?? []),
  }
}
