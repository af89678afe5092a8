import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireTenant, type TenantPath } from '../../directory/tenants.ts'
import { loginImpact } from '../../people/login-impact.ts'
import type { ProposedDocument } from '../../policy/proposed.ts'
import { PROPOSED } from './login-policy-routes.ts'

interface ImpactBody {
  readonly organization_id?: string
  readonly documents: readonly ProposedDocument[]
  readonly limit?: number
  readonly offset?: number
}

const PAGE = 500
const BODY = {
  type: 'object',
  required: ['documents'],
  additionalProperties: false,
  properties: {
    ...PROPOSED,
    limit: { type: 'integer', minimum: 1, maximum: PAGE },
    offset: { type: 'integer', minimum: 0 },
  },
}

/** findLoginImpact of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function loginImpactRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now'>): void {
  app.post<{ Params: TenantPath; Body: ImpactBody }>(
    '/tenants/:tenant_id/login-impact',
    { config: { right: 'admin', reads: true }, schema: { body: BODY } },
    async ({ params, body: { organization_id: organization, documents, limit = PAGE, offset = 0 } }) =>
      loginImpact(deps, await requireTenant(deps, params.tenant_id), { organization, documents }, { limit, offset }),
  )
}
