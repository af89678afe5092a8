import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { activationOf, putActivation } from '../../directory/activations.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { requireUser } from '../../directory/users.ts'
import { isDelivered, sendActivation } from '../../login/activation.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { Fault } from '../../platform/fault.ts'
import { loginPolicyOf } from '../../policy/load.ts'

interface UserPath {
  readonly tenant_id: string
  readonly user_id: string
}

const PATH = '/tenants/:tenant_id/users/:user_id/activation'

/** getUserActivation, sendUserActivation of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function activationAdminRoutes(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'mailer'>,
): void {
  app.get<{ Params: UserPath }>(PATH, { config: { right: 'users:read' } }, async ({ params }) => {
    await requireTenant(deps, params.tenant_id)
    const user = await requireUser(deps, params.tenant_id, params.user_id)
    return { waits: (await activationOf(deps.store, user)) === 'waits' }
  })

  app.post<{ Params: UserPath }>(PATH, { config: { right: 'users:write' } }, async ({ params }, reply) => {
    const tenant = await requireTenant(deps, params.tenant_id)
    const user = await requireUser(deps, params.tenant_id, params.user_id)
    const policy = await loginPolicyOf(deps, { tenant })
    if (!isDelivered(policy)) throw new PlumblineError('FORBIDDEN', 'no codes are delivered to activate people here')
    const state = await activationOf(deps.store, user)
    if (state === 'done') throw new Fault(409, 'the user has entered such a code')
    if (state === undefined) await putActivation(deps.store, user, null)
    if (!(await sendActivation(deps, tenant, policy, user)))
      throw new Fault(429, 'A code was delivered lately. Try again later.', { headers: { 'retry-after': '3600' } })
    return answerNull(reply, 200)
  })
}
