import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { CODE_CHANNELS, type CodeChannel } from '../../factors/otp/channels.ts'
import { type CodeAnswer, sendCode, signInWithCode } from '../../factors/otp/sign-in.ts'
import { requirePending } from '../../login/pending-login.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { HANDLE, type HandleQuery, operations } from '../login/operation.ts'
import { CODE, closedBody, USERNAME } from './password-schemas.ts'

const BY = { type: 'string', enum: ['text', 'voice'], default: 'text' }
const SEND = closedBody(['username'], { username: USERNAME })
const SEND_TEXT = closedBody(['username'], { username: USERNAME, by: BY })
const LOGIN = closedBody(['username', 'code'], { username: USERNAME, code: CODE })

/** requestLoginCode, loginWithCode, requestTextCode, loginWithTextCode, requestLetterCode, loginWithLetterCode of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function codeRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  await channelRoutes(app, deps, '/v1/login/code', CODE_CHANNELS.mail, SEND)
  await channelRoutes(app, deps, '/v1/login/text', CODE_CHANNELS.text, SEND_TEXT)
  await channelRoutes(app, deps, '/v1/login/letter', CODE_CHANNELS.letter, SEND)
}

interface SendBody {
  readonly username: string
  readonly by?: 'text' | 'voice'
}

async function channelRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  path: string,
  channel: CodeChannel,
  body: object,
) {
  const send = { config: PUBLIC_RATE, schema: { querystring: HANDLE, body } }
  await operations(app, `${path}/request`, (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: SendBody }>('', send, async ({ query, body, ip }, reply) => {
      await sendCode(deps, await requirePending(deps, query.auth_req_id), channel, { ...body, ip })
      return answerNull(reply, 200)
    })
  })

  const login = { schema: { querystring: HANDLE, body: LOGIN } }
  await operations(app, path, (scope) => {
    scope.post<{ Querystring: HandleQuery; Body: CodeAnswer }>('', login, async (request) =>
      signInWithCode(deps, await requirePending(deps, request.query.auth_req_id), channel, request, request.body),
    )
  })
}
