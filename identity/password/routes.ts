import type { FastifyInstance } from 'fastify'
import type { LoginDeps } from '../login/deps.ts'
import { requirePending } from '../login/factors.ts'
import { HANDLE, type HandleQuery, operations } from '../login/operation.ts'
import { PASSWORD, USERNAME } from './schemas.ts'
import { signInWithPassword } from './sign-in.ts'

interface LoginBody {
  readonly username: string
  readonly password: string
  readonly new_password?: string
}

const LOGIN = {
  type: 'object',
  required: ['username', 'password'],
  properties: { username: USERNAME, password: PASSWORD, new_password: PASSWORD },
}

/** loginWithPassword of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function passwordLoginRoutes(app: FastifyInstance, deps: LoginDeps): Promise<void> {
  const schema = { querystring: HANDLE, body: LOGIN }
  await operations(app, '/v1/login/password', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: LoginBody }>('', { schema }, async (request) => {
      const { username, password, new_password: newPassword } = request.body
      const login = await requirePending(deps, request.query.auth_req_id)
      return signInWithPassword(deps, login, request, { username, password, newPassword })
    })
  })
}
