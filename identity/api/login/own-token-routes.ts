import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerOf, forCallers } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { issueActionToken } from '../../people/action-tokens.ts'
import { operations } from './operation.ts'
import { closedBody } from './password-schemas.ts'

const BODY = closedBody([], { target_url: { type: 'string', minLength: 1, maxLength: 2048 } })

/** createMyActionToken of docs/contracts/secrets-vault-additions.openapi.yaml: an app carries its login over into a browser. */
export async function ownTokenRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  await operations(app, '/v1/users/me/action-tokens', (scope) =>
    forCallers(scope, deps, () => {
      const options = { config: { own: 'keys:write', ...PUBLIC_RATE }, schema: { body: BODY } } as const
      scope.post<{ Body: { target_url?: string } }>('', options, async (request, reply) => {
        const { tenant, userId, sessionId } = callerOf(request)
        if (sessionId === '') throw new PlumblineError('FORBIDDEN', 'an API key is no login that could be carried over')
        const user = await requireUser(deps, tenant, userId)
        const { target_url } = request.body
        const wanted = { kind: 'app_to_web', target_url } as const
        return reply.code(201).send(await issueActionToken(deps, await requireTenant(deps, tenant), user, wanted))
      })
    }),
  )
}
