import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { guardedRoutes } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { readOutbox } from '../../platform/mail/outbox.ts'
import { operations } from '../login/operation.ts'

const LIMIT = {
  type: 'object',
  properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
}

/** listOutbox (additions): the development outbox. Where mail is really sent nobody can read it, so there it does not exist. */
export async function outboxRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer' | 'providers'>,
): Promise<void> {
  const options = { config: { right: 'admin' }, schema: { querystring: LIMIT } } as const
  await operations(app, '/v1/tenants/:tenant_id/outbox', (scope) =>
    guardedRoutes(scope, deps, () => {
      scope.get<{ Params: { tenant_id: string }; Querystring: { limit: number } }>('', options, async (request) => {
        const { tenant_id } = request.params
        await requireTenant(deps, tenant_id)
        if (!deps.mailer.keeps) throw new PlumblineError('NOT_FOUND', 'messages are sent by mail and not kept here')
        return { messages: await readOutbox(deps, tenant_id, request.query.limit) }
      })
    }),
  )
}
