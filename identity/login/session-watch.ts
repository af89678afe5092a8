import type { FastifyInstance } from 'fastify'
import type { RouteModule } from '../platform/http/app.ts'
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
  })
}
