import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerOf, forCallers } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { endOwnSession, sessionsOf } from '../../login/sessions.ts'
import { operations } from './operation.ts'

/** listMySessions, and endMySession of the additions. */
export async function sessionRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await operations(app, '/v1/users/me/sessions', (scope) =>
    forCallers(scope, deps, () => {
      scope.get('', { config: { own: 'keys:read', action: 'dashboard' } }, async (request) => {
        const { tenant, userId } = callerOf(request)
        const sessions = await sessionsOf(deps, tenant, userId)
        return { sessions, total: sessions.length }
      })

      const end = { config: { own: 'keys:write' } } as const
      scope.delete<{ Params: { session_id: string } }>('/:session_id', end, async (request, reply) => {
        const { tenant, userId } = callerOf(request)
        const { session_id } = request.params
        if (!(await endOwnSession(deps, tenant, userId, session_id)))
          throw new PlumblineError('NOT_FOUND', 'there is no such session')
        return reply.code(204).send()
      })
    }),
  )
}
