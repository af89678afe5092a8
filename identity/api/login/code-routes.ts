import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type CodeAnswer, sendCode, signInWithCode } from '../../factors/otp/sign-in.ts'
import { requirePending } from '../../login/pending-login.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { HANDLE, type HandleQuery, operations } from '../login/operation.ts'
import { CODE, closedBody, USERNAME } from './password-schemas.ts'

const SEND = closedBody(['username'], { username: USERNAME })
const LOGIN = closedBody(['username', 'code'], { username: USERNAME, code: CODE })

/** requestLoginCode, loginWithCode of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function codeRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const send = { config: PUBLIC_RATE, schema: { querystring: HANDLE, body: SEND } }
  await operations(app, '/v1/login/code/request', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: { username: string } }>('', send, async ({ query, body }, reply) => {
      await sendCode(deps, await requirePending(deps, query.auth_req_id), body.username)
      return answerNull(reply, 200)
    })
  })

  const login = { schema: { querystring: HANDLE, body: LOGIN } }
  await operations(app, '/v1/login/code', (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: CodeAnswer }>('', login, async (request) =>
      signInWithCode(deps, await requirePending(deps, request.query.auth_req_id), request, request.body),
    )
  })
}
