import type { FastifyInstance } from 'fastify'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { issuerOf } from '../oidc/issuer.ts'
import type { RouteModule } from '../platform/http/app.ts'
import { linkSession } from './linked-sessions.ts'
import { passOnLogout } from './passed-on-logouts.ts'
import { noteLogin, noteToken } from './sessions.ts'

/**
 * Keeps the list of sessions in step with the providers: each is listened to from its opening on. A login does not fail over its entry in
 * the list.
 */
export const watchSessions: RouteModule = async (app: FastifyInstance, { deps }): Promise<void> => {
  const report = (error: unknown) => app.log.error({ err: error }, 'a session could not be noted')
  deps.providers.onOpen((tenant, provider) => {
    provider.on('authorization.success', (ctx) => void noteLogin(deps, tenant, ctx).catch(report))
    provider.on('grant.success', (ctx) => void noteToken(deps, tenant, ctx).catch(report))
    followSessionsElsewhere(deps, tenant, provider)
  })
}

/** Links sessions with those at other providers from which they come, and passes their logouts on. */
function followSessionsElsewhere(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  tenant: string,
  provider: Provider,
): void {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as Partial<KoaContextWithOIDC>
    const uid = oidc?.session?.uid
    const via = oidc?.result?.login?.via
    if (uid !== undefined && typeof via === 'string') await linkSession(deps.store, tenant, uid, via)
    if (uid === undefined || oidc?.route !== 'end_session_confirm' || !oidc.params?.logout) return
    const goOn = ctx.response.get('location')
    // To change accounts in the middle of a login, the library ends the old session: no place to go elsewhere.
    if (goOn.startsWith(`${issuerOf(deps, tenant)}/authorize/`)) return
    const onward = await passOnLogout(deps, tenant, uid, goOn)
    if (onward !== undefined) ctx.redirect(onward)
  })
}
