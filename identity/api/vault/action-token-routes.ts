import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerId } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { issueActionToken, type TokenRequest } from '../../people/action-tokens.ts'

interface UserPath {
  readonly tenant_id: string
  readonly user_id: string
}

const BODY = {
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { type: 'string', enum: ['coupling', 'login'] },
    target_url: { type: 'string', minLength: 1, maxLength: 2048 },
  },
}

/** createActionToken of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function actionTokenRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): void {
  const options = { config: { right: 'users:write' }, schema: { body: BODY } } as const
  const path = '/tenants/:tenant_id/users/:user_id/action-tokens'
  app.post<{ Params: UserPath; Body: TokenRequest }>(path, options, async (request, reply) => {
    const { tenant_id, user_id } = request.params
    // A stolen API key of a person must not become a login of the person.
    if (callerId(request) === user_id) throw new PlumblineError('FORBIDDEN', 'nobody makes such tokens for themselves')
    const tenant = await requireTenant(deps, tenant_id)
    const user = await requireUser(deps, tenant_id, user_id)
    return reply.code(201).send(await issueActionToken(deps, tenant, user, request.body))
  })
}
