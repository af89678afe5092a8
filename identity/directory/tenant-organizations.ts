import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { type Collection, GLOBAL, type Store } from '../store/store.ts'
import { requireOrganization } from './organizations.ts'
import { requireTenant } from './tenants.ts'

/** A tenant belongs to at most one organization: the tenant id is the id of the document. */
interface TenantOrganization {
  readonly tenant_id: string
  readonly organization_id: string
}

const TENANT_ORGANIZATIONS: Collection<TenantOrganization> = {
  name: 'tenantOrganizations',
  id: (link) => link.tenant_id,
  indexes: ['organization_id'],
}

/** The organization of a tenant, if it has one. */
export async function organizationOf(store: Store, tenantId: string): Promise<string | undefined> {
  return (await store.get(TENANT_ORGANIZATIONS, GLOBAL, tenantId))?.organization_id
}

/** The ids of the tenants of an organization, in order. */
export async function tenantsOf(store: Store, organizationId: string): Promise<string[]> {
  const links = await collect(everyOne(store, TENANT_ORGANIZATIONS, GLOBAL, { organization_id: organizationId }))
  return links.map((link) => link.tenant_id)
}

const ADMIN = { config: { right: 'admin' } } as const
const PATH = '/organizations/:organization_id/tenants'
interface OrganizationPath {
  readonly organization_id: string
}

/** listOrganizationTenants, getTenantOrganization, attachTenant, detachTenant of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function tenantOrganizationRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  const { store } = deps

  app.get<{ Params: OrganizationPath }>(PATH, ADMIN, async (request) => {
    await requireOrganization(deps, request.params.organization_id)
    const ids = await tenantsOf(store, request.params.organization_id)
    return { tenants: ids.map((tenant_id) => ({ tenant_id })) }
  })

  app.get<{ Params: Pick<TenantOrganization, 'tenant_id'> }>(
    '/tenants/:tenant_id/organization',
    ADMIN,
    async ({ params }) => {
      await requireTenant(deps, params.tenant_id)
      return { organization_id: (await organizationOf(store, params.tenant_id)) ?? null }
    },
  )

  app.put<{ Params: TenantOrganization }>(`${PATH}/:tenant_id`, ADMIN, async (request, reply) => {
    const { organization_id, tenant_id } = request.params
    await requireOrganization(deps, organization_id)
    await requireTenant(deps, tenant_id)
    await attach(store, { tenant_id, organization_id })
    return reply.code(204).send()
  })

  app.delete<{ Params: TenantOrganization }>(`${PATH}/:tenant_id`, ADMIN, async (request, reply) => {
    const { organization_id, tenant_id } = request.params
    if ((await organizationOf(store, tenant_id)) !== organization_id)
      throw new PlumblineError('NOT_FOUND', 'the tenant does not belong to this organization')
    await store.delete(TENANT_ORGANIZATIONS, GLOBAL, tenant_id)
    return reply.code(204).send()
  })
}

/** Attaching again is no error. Throws CONFLICT when the tenant belongs to another organization. */
async function attach(store: Store, link: TenantOrganization): Promise<void> {
  try {
    await store.create(TENANT_ORGANIZATIONS, GLOBAL, link)
  } catch (error) {
    const taken = error instanceof PlumblineError && error.code === 'CONFLICT'
    const owner = taken ? await organizationOf(store, link.tenant_id) : undefined
    if (owner === undefined) throw error
    if (owner !== link.organization_id)
      throw new PlumblineError('CONFLICT', `the tenant belongs to the organization '${owner}'; detach it there first`, {
        cause: error,
      })
  }
}
