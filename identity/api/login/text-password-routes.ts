import type { FastifyInstance } from 'fastify'
import { requireLogin } from '../../access/access-token.ts'
import type { Deps } from '../../deps.ts'
import { changeTextPassword, resetTextPassword } from '../../factors/password/own-password.ts'
import { signInWithPassword } from '../../factors/password/sign-in.ts'
import { requirePending } from '../../login/pending-login.ts'
import { CODE_QUERY } from '../../login/reset-codes.ts'
import { requireStepUp } from '../../login/step-up.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { HANDLE, type HandleQuery, operations } from '../login/operation.ts'
import { CODE, closedBody, PASSWORD_SCHEMA, USERNAME } from './password-schemas.ts'

interface LoginBody {
  readonly username: string
  readonly password: string
  readonly new_password?: string
}
interface ResetBody {
  readonly username: string
  readonly code: string
  readonly new_password: string
}
interface ChangeBody {
  readonly password: string
  readonly new_password: string
}

const LOGIN = closedBody(['username', 'password'], {
  username: USERNAME,
  password: PASSWORD_SCHEMA,
  new_password: PASSWORD_SCHEMA,
})
const RESET = closedBody(['username', 'code', 'new_password'], {
  username: USERNAME,
  code: CODE,
  new_password: PASSWORD_SCHEMA,
})
const CHANGE = closedBody(['password', 'new_password'], { password: PASSWORD_SCHEMA, new_password: PASSWORD_SCHEMA })

/** loginWithPassword, resetTextPassword, changeTextPassword of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function textPasswordRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const login = { querystring: HANDLE, body: LOGIN }
  await operations(app, '/v1/login/password', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: LoginBody }>('', { schema: login }, async (request) => {
      const { username, password, new_password: newPassword } = request.body
      const pending = await requirePending(deps, request.query.auth_req_id)
      return signInWithPassword(deps, pending, request, { username, password, newPassword })
    })
  })

  const reset = { querystring: { ...CODE_QUERY, required: ['tenant_id'] }, body: RESET }
  await operations(app, '/v1/password/text/reset', (scope) => {
    scope.post<{ Querystring: { tenant_id: string }; Body: ResetBody }>(
      '',
      { schema: reset },
      async (request, reply) => {
        const { username, code, new_password: newPassword } = request.body
        await resetTextPassword(deps, request, { tenantId: request.query.tenant_id, username, code, newPassword })
        return answerNull(reply, 200)
      },
    )
  })

  await operations(app, '/v1/password/text/change', (scope) => {
    scope.post<{ Body: ChangeBody }>('', { schema: { body: CHANGE } }, async (request, reply) => {
      const { password, new_password: newPassword } = request.body
      const login = await requireLogin(deps, request)
      await requireStepUp(deps, login, 'changePassword')
      await changeTextPassword(deps, request, login, { password, newPassword })
      return answerNull(reply, 200)
    })
  })
}
