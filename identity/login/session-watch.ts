import type { FastifyInstance } from 'fastify'
import type { Provider } from 'oidc-provider'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { tenantProviders } from '../oidc/tenants.ts'
import type { RouteModule } from '../platform/http/app.ts'
import { noteLogin, noteToken } from './sessions.ts'

const watched = new WeakSet<Provider>()

/**
 * Keeps the list of sessions in step with the providers: each instance is listened to before its first request to
 * `/{tenant_id}/oidc`. Registered before the modules that it watches.
 */
export const watchSessions: RouteModule = async (app: FastifyInstance, { deps }): Promise<void> => {
  const report = (error: unknown) => app.log.error({ err: error }, 'a session could not be noted')
  app.addHook('onRequest', async (request) => {
    const { url = '' } = request.routeOptions
    const { tenant_id: tenant } = request.params as { readonly tenant_id?: string }
    if (tenant !== undefined && url.startsWith('/:tenant_id/oidc')) await listen(deps, tenant, report)
  })
}

// Fastify's mark for a plugin whose hooks hold for its siblings, too.
Object.assign(watchSessions, { [Symbol.for('skip-override')]: true })

/** An unknown tenant is for the route itself to refuse. */
async function listen(deps: Deps, tenant: string, report: (error: unknown) => void): Promise<void> {
  await tenantProviders(deps)
    .use(tenant, undefined, async ({ provider }) => listenTo(deps, tenant, provider, report))
    .catch((error: unknown) => {
      if (!(error instanceof PlumblineError && error.code === 'NOT_FOUND')) throw error
    })
}

/** A login does not fail over its entry in the list. */
function listenTo(deps: Deps, tenant: string, provider: Provider, report: (error: unknown) => void): void {
  if (watched.has(provider)) return
  watched.add(provider)
  provider.on('authorization.success', (ctx) => void noteLogin(deps, tenant, ctx).catch(report))
  provider.on('grant.success', (ctx) => void noteToken(deps, tenant, ctx).catch(report))
}
