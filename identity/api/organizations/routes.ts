import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import { requireAdmin } from '../../access/authenticate.ts'
import type { Deps } from '../../deps.ts'
import {
  changedOrganization,
  newOrganization,
  ORGANIZATIONS,
  type Organization,
  type OrganizationInput,
  organizationView,
  requireOrganization,
} from '../../directory/organizations.ts'
import { contractSchema } from '../../platform/contract/contracts.ts'
import { Fault } from '../../platform/fault.ts'
import { plainErrors } from '../../platform/http/app.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { removeStaticFiles } from '../../settings/cim/static-files.ts'
import { NAVIXY, userIds, withUsers } from '../../settings/navixy/settings.ts'
import { changeSettings, readSettings } from '../../settings/store.ts'
import { GLOBAL } from '../../store/store.ts'
import { belongings } from './belongings.ts'
import { keystoreRoutes, loginMethodRoutes } from './login-method-routes.ts'
import { staticFileRoutes } from './static-file-routes.ts'

type Input = OrganizationInput & { readonly navixy_users?: readonly number[] }
interface One {
  Params: { organization_id: string }
}

const PAGE = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
  },
}

/** Our own administration API, docs/contracts/organizations.openapi.yaml. */
export async function organizationRoutes(
  app: FastifyInstance,
  { deps }: { readonly deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'providers'> },
): Promise<void> {
  await contractScope(app, '/v1/organizations', plainErrors, (scope) => {
    scope.addHook('onRequest', (request) => requireAdmin(deps, request))
    collectionRoutes(scope, deps)
    itemRoutes(scope, deps)
    navixyUserRoutes(scope, deps)
    loginMethodRoutes(scope, deps)
    keystoreRoutes(scope, deps)
    staticFileRoutes(scope, deps)
  })
}

function collectionRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): void {
  app.get<{ Querystring: { limit: number; offset: number } }>(
    '',
    { schema: { querystring: PAGE } },
    async (request) => {
      const page = await deps.store.find(ORGANIZATIONS, GLOBAL, request.query)
      return { organizations: await Promise.all(page.items.map((o) => view(deps, o))), total: page.total }
    },
  )

  const schema = { body: contractSchema('organizations', 'OrganizationCreate') }
  app.post<{ Body: Input & { organization_id: string } }>('', { schema }, async (request, reply) => {
    const organization = newOrganization(deps, request.body)
    await create(deps, organization)
    await setNavixyUsers(deps, organization, request.body.navixy_users)
    return reply.code(201).send(await view(deps, organization))
  })
}

function itemRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): void {
  app.get<One>('/:organization_id', async ({ params }) =>
    view(deps, await requireOrganization(deps, params.organization_id)),
  )

  const schema = { body: contractSchema('organizations', 'OrganizationUpdate') }
  app.put<One & { Body: Input }>('/:organization_id', { schema }, async ({ params, body }) => {
    const { organization_id: id } = await requireOrganization(deps, params.organization_id)
    const changed = await deps.store.update(ORGANIZATIONS, GLOBAL, id, (old) => changedOrganization(deps, old, body))
    await setNavixyUsers(deps, changed, body.navixy_users)
    return view(deps, changed)
  })

  app.delete<One>('/:organization_id', async ({ params }, reply) => {
    const organization = await requireOrganization(deps, params.organization_id)
    const left = await belongings(deps, organization)
    if (left.length > 0) throw new Fault(409, `These still belong to the organization: ${left.join(', ')}.`)
    await removeStaticFiles(deps, organization)
    await deps.store.delete(ORGANIZATIONS, GLOBAL, organization.organization_id)
    return reply.code(204).send()
  })
}

function navixyUserRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  app.get<One>('/:organization_id/navixy-users', async ({ params }) => {
    const organization = await requireOrganization(deps, params.organization_id)
    return { ids: userIds(await readSettings(deps, organization, NAVIXY)) }
  })

  const schema = { body: contractSchema('organizations', 'NavixyUsers') }
  app.put<One & { Body: { ids: number[] } }>('/:organization_id/navixy-users', { schema }, async ({ params, body }) => {
    const organization = await requireOrganization(deps, params.organization_id)
    return { ids: userIds(await changeSettings(deps, organization, NAVIXY, (old) => withUsers(old, body.ids))) }
  })
}

async function create({ store }: Pick<Deps, 'store'>, organization: Organization): Promise<void> {
  try {
    await store.create(ORGANIZATIONS, GLOBAL, organization)
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
    const { organization_id, id } = organization
    throw new Fault(409, `There is already an organization '${organization_id}', or one with the id ${id}.`, {
      cause: error,
    })
  }
}

async function setNavixyUsers(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  ids?: readonly number[],
): Promise<void> {
  if (ids) await changeSettings(deps, organization, NAVIXY, (old) => withUsers(old, ids))
}

async function view(deps: Pick<Deps, 'store'>, organization: Organization) {
  return { ...organizationView(organization), navixy_users: userIds(await readSettings(deps, organization, NAVIXY)) }
}
