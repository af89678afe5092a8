import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type ActivationAnswer, activate } from '../../login/activation.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { operations } from './operation.ts'
import { CODE, closedBody, USERNAME } from './password-schemas.ts'

const BODY = closedBody(['tenant_id', 'username', 'code'], {
  tenant_id: { type: 'string', minLength: 1, maxLength: 128 },
  username: USERNAME,
  code: CODE,
})

/** activateUser of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function activationRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): Promise<void> {
  await operations(app, '/v1/users/activate', (scope) => {
    scope.post<{ Body: ActivationAnswer }>('', { schema: { body: BODY } }, async ({ body, ip }, reply) => {
      await activate(deps, ip, body)
      return answerNull(reply, 200)
    })
  })
}
