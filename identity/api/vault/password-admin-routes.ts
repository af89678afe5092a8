import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { callerId } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import { passwordSetAt } from '../../directory/passwords.ts'
import { requireTenant, type Tenant } from '../../directory/tenants.ts'
import { requireUser, type StoredUser } from '../../directory/users.ts'
import { checkedPassword, endPassword, replacePassword } from '../../factors/password/change.ts'
import { passwordPolicyOf } from '../../factors/password/policy.ts'
import { expiryOf } from '../../factors/password/rules.ts'
import { PASSWORD_SCHEMA } from '../login/password-schemas.ts'

interface UserPath {
  readonly tenant_id: string
  readonly user_id: string
}

const PATH = '/tenants/:tenant_id/users/:user_id/password'
const BODY = { type: 'object', required: ['password'], properties: { password: PASSWORD_SCHEMA } }

/** getUserPassword, setUserPassword, removeUserPassword of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function passwordAdminRoutes(app: FastifyInstance, deps: Deps): void {
  const write = { config: { right: 'users:write' } } as const

  app.get<{ Params: UserPath }>(PATH, { config: { right: 'users:read' } }, async ({ params }) =>
    factsOf(deps, await placeOf(deps, params)),
  )

  const set = { ...write, schema: { body: BODY } }
  app.put<{ Params: UserPath; Body: { password: string } }>(PATH, set, async (request, reply) => {
    refuseOwn(callerId(request), request.params)
    const { tenant, user } = await placeOf(deps, request.params)
    const { rules } = await passwordPolicyOf(deps, tenant)
    await deps.passwordHashing.admit(async () =>
      replacePassword(deps, user, await checkedPassword(deps, rules, request.body.password, '/password')),
    )
    return reply.code(204).send()
  })

  app.delete<{ Params: UserPath }>(PATH, write, async (request, reply) => {
    refuseOwn(callerId(request), request.params)
    await endPassword(deps, (await placeOf(deps, request.params)).user)
    return reply.code(204).send()
  })
}

interface Place {
  readonly tenant: Tenant
  readonly user: StoredUser
}

async function placeOf(deps: Pick<Deps, 'store'>, { tenant_id, user_id }: UserPath): Promise<Place> {
  const tenant = await requireTenant(deps, tenant_id)
  return { tenant, user: await requireUser(deps, tenant_id, user_id) }
}

/** A stolen API key of a person must not become the person's password. Throws FORBIDDEN. */
function refuseOwn(caller: string, { user_id }: UserPath): void {
  if (caller === user_id)
    throw new PlumblineError('FORBIDDEN', 'the own password cannot be changed here; an administrator can')
}

/** Contract schema PasswordFacts: never the password nor its hash. */
async function factsOf(deps: Pick<Deps, 'store'>, { tenant, user }: Place) {
  const setAt = await passwordSetAt(deps, user)
  if (setAt === undefined) return { has_password: false, changed_at: null, expires_at: null }
  const { rules } = await passwordPolicyOf(deps, tenant)
  return { has_password: true, changed_at: setAt, expires_at: expiryOf(rules, setAt)?.toISOString() ?? null }
}
