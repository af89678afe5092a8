import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { CLIENTS } from '../../directory/clients.ts'
import { organizationOf } from '../../directory/tenant-organizations.ts'
import { requireTenant, TENANTS, type TenantPath } from '../../directory/tenants.ts'
import { type StoredUser, userByName } from '../../directory/users.ts'
import { canBeEnough } from '../../policy/assurance.ts'
import type { Decision } from '../../policy/decision.ts'
import { POLICY_KINDS, type PolicyInputs } from '../../policy/inputs.ts'
import { loadInputs, loadProposed } from '../../policy/load.ts'
import { type EffectivePolicy, effectivePolicy } from '../../policy/policy.ts'
import type { ProposedDocument } from '../../policy/proposed.ts'
import { GLOBAL } from '../../store/store.ts'

interface Asked {
  readonly username?: string
  readonly client_id?: string
}

const TEXT = { type: 'string', minLength: 1, maxLength: 256 }
const QUERY = { type: 'object', properties: { username: TEXT, client_id: TEXT } }

interface ProposalBody extends Asked {
  readonly organization_id?: string
  readonly documents: readonly ProposedDocument[]
}

const MOST_DOCUMENTS = 1000
const DOCUMENT = {
  type: 'object',
  required: ['kind', 'spec'],
  additionalProperties: false,
  properties: { kind: { type: 'string', enum: POLICY_KINDS }, id: TEXT, spec: { type: 'object' } },
}
/** Documents that are taken as applied. */
export const PROPOSED = {
  organization_id: TEXT,
  documents: { type: 'array', maxItems: MOST_DOCUMENTS, items: DOCUMENT },
}
const PROPOSAL = {
  type: 'object',
  required: ['documents'],
  additionalProperties: false,
  properties: { username: TEXT, client_id: TEXT, ...PROPOSED },
}

/** getLoginPolicy and proposeLoginPolicy of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function loginPolicyRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  const path = '/tenants/:tenant_id/login-policy'
  const config = { right: 'admin' } as const
  app.get<{ Params: TenantPath; Querystring: Asked }>(
    path,
    { config, schema: { querystring: QUERY } },
    ({ params, query }) => explained(deps, params.tenant_id, query),
  )
  app.post<{ Params: TenantPath; Body: ProposalBody }>(
    path,
    { config: { ...config, reads: true }, schema: { body: PROPOSAL } },
    ({ params, body }) => proposed(deps, params.tenant_id, body),
  )
}

async function explained(deps: Pick<Deps, 'store'>, tenantId: string, asked: Asked) {
  const tenant = await requireTenant(deps, tenantId)
  if (asked.client_id !== undefined && !(await deps.store.get(CLIENTS, tenantId, asked.client_id)))
    throw noClient(asked.client_id)
  const user = await userAsked(deps, tenantId, asked)
  const organization = await organizationOf(deps.store, tenantId)
  const inputs = await loadInputs(deps, { tenant, clientId: asked.client_id, user })
  return shownPolicy({ tenantId, organization, user }, asked, inputs)
}

/** As if documents were applied. Tenant, client and user may be among them. */
async function proposed(deps: Pick<Deps, 'store'>, tenantId: string, body: ProposalBody) {
  const { client_id: clientId, documents } = body
  const has = (kind: string): boolean => documents.some((one) => one.kind === kind)
  const tenant = has('Tenant') ? await deps.store.get(TENANTS, GLOBAL, tenantId) : await requireTenant(deps, tenantId)
  if (clientId !== undefined && !has('Client') && !(await deps.store.get(CLIENTS, tenantId, clientId)))
    throw noClient(clientId)
  const user = await userAsked(deps, tenantId, body)
  const organization = body.organization_id ?? (await organizationOf(deps.store, tenantId))
  const occasion = { ...(tenant && { tenant }), clientId, user }
  const inputs = await loadProposed(deps, occasion, { organization, documents })
  return shownPolicy({ tenantId, organization, user }, body, inputs)
}

const noClient = (clientId: string): PlumblineError =>
  new PlumblineError('NOT_FOUND', `the tenant has no client '${clientId}'`)

const userAsked = async ({ store }: Pick<Deps, 'store'>, tenantId: string, { username }: Asked) =>
  username === undefined ? undefined : userByName(store, tenantId, username)

interface Subject {
  readonly tenantId: string
  readonly organization: string | undefined
  readonly user: StoredUser | undefined
}

/** Contract schema LoginPolicy. A name that nobody has gets what is known before anybody says who they are. */
function shownPolicy({ tenantId, organization, user }: Subject, asked: Asked, inputs: PolicyInputs) {
  const policy = effectivePolicy(inputs)
  return {
    tenant_id: tenantId,
    organization_id: organization ?? null,
    client_id: asked.client_id ?? null,
    username: asked.username ?? null,
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
