import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { requireTenant, type TenantPath } from '../../directory/tenants.ts'
import { requireUser, type StoredUser } from '../../directory/users.ts'
import { sessionsOf } from '../../login/sessions.ts'
import { setUpCredentials } from '../../people/credentials.ts'
import { statisticsOf } from '../../people/statistics.ts'
import { AUDIT_RECORDS } from '../../platform/audit/log.ts'
import { featuresOfTenant } from '../../settings/cim/of-tenant.ts'

interface UserPath extends TenantPath {
  readonly user_id: string
}
interface EventQuery {
  readonly after: number
  readonly limit: number
}

const EVENTS = {
  type: 'object',
  properties: {
    after: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
  },
}
const DAYS = {
  type: 'object',
  properties: { days: { type: 'integer', minimum: 1, maximum: 31, default: 7 } },
}

/** The switches of CimFeatures for what is read here. */
type Switch = `${'events' | 'statistics' | 'session' | 'credentials'}_api_enabled`

/** listEvents, getStatistics, listUserSessions, listUserCredentials of docs/contracts/secrets-vault-additions.openapi.yaml. */
export function featureRoutes(app: FastifyInstance, deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): void {
  const { store } = deps

  const events = { config: { right: 'tenants:read' }, schema: { querystring: EVENTS } } as const
  app.get<{ Params: TenantPath; Querystring: EventQuery }>('/tenants/:tenant_id/events', events, async (request) => {
    const { tenant_id } = request.params
    await requireOn(deps, tenant_id, 'events_api_enabled')
    const { after, limit } = request.query
    // Records count from 1 without a gap, so so many have been seen.
    const { items } = await store.find(AUDIT_RECORDS, tenant_id, { limit, offset: after })
    const shown = items.map(({ sequence, at, event, actor, subject }) => ({ sequence, at, event, actor, subject }))
    return { events: shown, next: shown.at(-1)?.sequence ?? after }
  })

  const statistics = { config: { right: 'tenants:read' }, schema: { querystring: DAYS } } as const
  app.get<{ Params: TenantPath; Querystring: { days: number } }>(
    '/tenants/:tenant_id/statistics',
    statistics,
    async ({ params, query }) => {
      await requireOn(deps, params.tenant_id, 'statistics_api_enabled')
      return { counts: await statisticsOf(deps, params.tenant_id, query.days) }
    },
  )

  const read = { config: { right: 'users:read' } } as const
  app.get<{ Params: UserPath }>('/tenants/:tenant_id/users/:user_id/sessions', read, async ({ params }) => {
    await userOf(deps, params, 'session_api_enabled')
    const sessions = await sessionsOf(deps, params.tenant_id, params.user_id)
    return { sessions, total: sessions.length }
  })

  app.get<{ Params: UserPath }>('/tenants/:tenant_id/users/:user_id/credentials', read, async ({ params }) => ({
    credentials: await setUpCredentials(deps, await userOf(deps, params, 'credentials_api_enabled')),
  }))
}

async function userOf(deps: Pick<Deps, 'store'>, { tenant_id, user_id }: UserPath, name: Switch): Promise<StoredUser> {
  await requireOn(deps, tenant_id, name)
  return requireUser(deps, tenant_id, user_id)
}

/** Throws NOT_FOUND for an unknown tenant, FORBIDDEN while the switch is off. */
async function requireOn(deps: Pick<Deps, 'store'>, tenant: string, name: Switch): Promise<void> {
  await requireTenant(deps, tenant)
  if ((await featuresOfTenant(deps, tenant))[name] !== true)
    throw new PlumblineError('FORBIDDEN', `this API is switched off: CimFeatures says so by ${name}`)
}
