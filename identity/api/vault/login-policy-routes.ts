import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { CLIENTS } from '../../directory/clients.ts'
import { organizationOf } from '../../directory/tenant-organizations.ts'
import { requireTenant } from '../../directory/tenants.ts'
import { userByName } from '../../directory/users.ts'
import { canBeEnough } from '../../policy/assurance.ts'
import type { Decision } from '../../policy/decision.ts'
import { loadInputs } from '../../policy/load.ts'
import { type EffectivePolicy, effectivePolicy } from '../../policy/policy.ts'

interface Asked {
  readonly username?: string
  readonly client_id?: string
}

const TEXT = { type: 'string', minLength: 1, maxLength: 256 }
const QUERY = { type: 'object', properties: { username: TEXT, client_id: TEXT } }

/** getLoginPolicy of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function loginPolicyRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  const schema = { querystring: QUERY }
  const admin = { config: { right: 'admin' }, schema } as const
  app.get<{ Params: { tenant_id: string }; Querystring: Asked }>(
    '/tenants/:tenant_id/login-policy',
    admin,
    ({ params, query }) => explained(deps, params.tenant_id, query),
  )
}

/** Contract schema LoginPolicy. A name that nobody has gets what is known before anybody says who they are. */
async function explained(deps: Pick<Deps, 'store'>, tenantId: string, { username, client_id: clientId }: Asked) {
  const tenant = await requireTenant(deps, tenantId)
  if (clientId !== undefined && !(await deps.store.get(CLIENTS, tenantId, clientId)))
    throw new PlumblineError('NOT_FOUND', `the tenant has no client '${clientId}'`)
  const user = username === undefined ? undefined : await userByName(deps.store, tenantId, username)
  const inputs = await loadInputs(deps, { tenant, clientId, user })
  const policy = effectivePolicy(inputs)
  return {
    tenant_id: tenantId,
    organization_id: (await organizationOf(deps.store, tenantId)) ?? null,
    client_id: clientId ?? null,
    username: username ?? null,
    user_id: user?.user_id ?? null,
    enrolled: inputs.enrolled,
    possible: user !== undefined && isPossible(policy, inputs.enrolled),
    decisions: decisionsOf(policy),
  }
}

const isPossible = (policy: EffectivePolicy, enrolled: Parameters<typeof canBeEnough>[2]['enrolled']): boolean =>
  policy.login.open.value && canBeEnough(policy, [], { methods: [], enrolled })

const decisionsOf = (policy: EffectivePolicy) =>
  Object.entries<Readonly<Record<string, Decision<unknown>>>>(policy).flatMap(([part, decisions]) =>
    Object.entries(decisions).map(([name, decision]) => ({ decision: `${part}.${name}`, ...decision })),
  )
