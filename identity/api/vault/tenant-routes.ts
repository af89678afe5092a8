import type { FastifyInstance } from 'fastify'
import { principalOf } from '../../access/rights.ts'
import type { Deps } from '../../deps.ts'
import {
  newTenant,
  requireTenant,
  shownTenant,
  TENANTS,
  type TenantInput,
  type TenantUpdate,
  updatedTenant,
} from '../../directory/tenants.ts'
import { answerNull } from '../../platform/contract/answers.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import { collect, everyOne } from '../../platform/contract/paging.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { GLOBAL } from '../../store/store.ts'

const READ = { config: { right: 'tenants:read' } } as const

/** listTenants, createTenant, getTenant, updateTenant. */
export function tenantRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'providers'>): void {
  const { store } = deps

  app.get('/tenants', READ, async (request) => {
    const principal = principalOf(request)
    if (principal.kind === 'key') return { tenants: [shownTenant(await requireTenant(deps, principal.tenant))] }
    return { tenants: (await collect(everyOne(store, TENANTS, GLOBAL))).map(shownTenant) }
  })

  const create = { config: { right: 'admin' }, schema: { body: bodySchema('Tenant') } } as const
  app.post<{ Body: TenantInput }>('/tenants', create, async (request, reply) => {
    const tenant = newTenant(request.body)
    await unlessTaken(() => store.create(TENANTS, GLOBAL, tenant), `there is already a tenant '${tenant.tenant_id}'`)
    deps.providers.forget(tenant.tenant_id)
    return answerNull(reply, 201)
  })

  app.get<{ Params: { tenant_id: string } }>('/tenants/:tenant_id', READ, async (request) =>
    shownTenant(await requireTenant(deps, request.params.tenant_id)),
  )

  const update = { config: { right: 'tenants:write' }, schema: { body: bodySchema('TenantUpdate') } } as const
  app.put<{ Params: { tenant_id: string }; Body: TenantUpdate }>(
    '/tenants/:tenant_id',
    update,
    async (request, reply) => {
      await requireTenant(deps, request.params.tenant_id)
      await store.update(TENANTS, GLOBAL, request.params.tenant_id, (old) => updatedTenant(old, request.body))
      return answerNull(reply, 200)
    },
  )
}
