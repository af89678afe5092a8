import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, forCallers } from '../../access/caller.ts'
import type { Deps } from '../../deps.ts'
import { phoneOf } from '../../directory/phones.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { beginPhone, confirmPhone, type PhoneOwner, removeOwnPhone } from '../../factors/otp/own-phone.ts'
import { PUBLIC_RATE } from '../../login/public-rate.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { operations } from './operation.ts'
import { CODE, closedBody } from './password-schemas.ts'

const NUMBER = closedBody(['number'], { number: { type: 'string', minLength: 1, maxLength: 32 } })
const CONFIRM = closedBody(['code'], { code: CODE })

/** getMyPhone, beginPhone, confirmPhone, deleteMyPhone of docs/contracts/secrets-vault-additions.openapi.yaml. */
export async function phoneRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const write = { own: 'keys:write', action: 'setUpMethods' } as const
  await operations(app, '/v1/users/me/phone', (scope) =>
    forCallers(scope, deps, () => {
      scope.get('', { config: { own: 'keys:read', action: 'dashboard' } }, async (request) => {
        const phone = await phoneOf(deps.store, (await ownerOf(deps, request)).user)
        return { number: phone?.number ?? null, confirmed_at: phone?.confirmed_at ?? null }
      })

      const begin = { config: { ...write, ...PUBLIC_RATE }, schema: { body: NUMBER } }
      scope.post<{ Body: { number: string } }>('', begin, async (request, reply) => {
        await beginPhone(deps, await ownerOf(deps, request), request.body.number, request.ip)
        return answerNull(reply, 200)
      })

      const confirm = { config: { ...write, ...PUBLIC_RATE }, schema: { body: CONFIRM } }
      scope.post<{ Body: { code: string } }>('/confirm', confirm, async (request, reply) => {
        await confirmPhone(deps, await ownerOf(deps, request), request.body.code)
        return answerNull(reply, 200)
      })

      scope.delete('', { config: write }, async (request, reply) => {
        await removeOwnPhone(deps, await ownerOf(deps, request))
        return reply.code(204).send()
      })
    }),
  )
}

async function ownerOf(deps: Pick<Deps, 'store'>, request: FastifyRequest): Promise<PhoneOwner> {
  const { tenant, userId } = callerOf(request)
  return { tenant: await requireTenant(deps, tenant), user: await requireUser(deps, tenant, userId) }
}
