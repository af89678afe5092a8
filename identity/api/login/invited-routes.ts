import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { acceptInvitation, type InvitationAnswer, requestInvitationText } from '../../people/accept-invitation.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { operations } from './operation.ts'
import { CODE, closedBody } from './password-schemas.ts'

const ACCEPT = closedBody(['code'], {
  code: CODE,
  birth_date: { type: 'string', format: 'date' },
  text_code: CODE,
  external_code: CODE,
  without_checks: { type: 'boolean', default: false },
})

/** acceptInvitation and requestInvitationText of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function invitedRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  await operations(app, '/v1/invitations/accept', (scope) => {
    scope.post<{ Body: InvitationAnswer }>('', { schema: { body: ACCEPT } }, ({ body, ip }) =>
      acceptInvitation(deps, ip, body),
    )
  })

  await operations(app, '/v1/invitations/text', (scope) => {
    const options = { config: PUBLIC_RATE, schema: { body: closedBody(['code'], { code: CODE }) } }
    scope.post<{ Body: { code: string } }>('', options, async ({ body, ip }, reply) => {
      await requestInvitationText(deps, ip, body.code)
      return answerNull(reply, 200)
    })
  })
}
