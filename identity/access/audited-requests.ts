import type { FastifyInstance, FastifyRequest } from 'fastify'
import { recordChange } from '../platform/audit/changes.ts'
import type { RouteModule } from '../platform/http/app.ts'
import { GLOBAL, type Scope } from '../store/store.ts'
import { principalOf } from './rights.ts'

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const REFUSED = 400
/** Operations of our own, which only the administrator may call. */
const OWN_API = ['/v1/organizations', '/v1/claims']

interface Ids {
  readonly tenant_id?: string
  readonly organization?: string
  readonly organization_id?: string
}

/**
 * Writes every administrative change to the audit log and the change feed before its answer goes out: of the Secrets Vault contract, SCIM, the
 * organizations and their vendor APIs. Registered first, so that it covers the modules after it. Logins write their own events.
 */
export const auditRequests: RouteModule = async (app: FastifyInstance, { deps }): Promise<void> => {
  app.addHook('onSend', async (request, reply) => {
    if (!WRITES.has(request.method) || request.is404 || reply.statusCode >= REFUSED || isSearch(request)) return
    const actor = actorOf(request)
    if (actor === undefined) return
    const event = eventOf(request, actor)
    await deps.auditLog.append(scopeOf(request), event)
    await recordChange(deps, { id: request.id, event: event.event, subject: event.subject })
  })
}

// Fastify's mark for a plugin whose hooks hold for its siblings, too.
Object.assign(auditRequests, { [Symbol.for('skip-override')]: true })

/** A question in a body changes nothing. */
const isSearch = ({ routeOptions: { config } }: FastifyRequest): boolean =>
  config.reads === true || config.right?.endsWith(':read') === true

/** Who made an administrative request; `undefined` for requests of another kind, such as logins. */
function actorOf(request: FastifyRequest): string | undefined {
  const { config, url = '' } = request.routeOptions
  if (config.right !== undefined) return principalName(request)
  const { organization } = request.params as Ids
  if (organization !== undefined) return `organization:${organization}`
  return OWN_API.some((prefix) => url.startsWith(prefix)) ? 'administrator' : undefined
}

function principalName(request: FastifyRequest): string {
  const principal = principalOf(request)
  return principal.kind === 'admin' ? 'administrator' : `key:${principal.keyId}`
}

function scopeOf(request: FastifyRequest): Scope {
  const { tenant_id: tenant } = request.params as Ids
  if (tenant !== undefined) return tenant
  if (request.routeOptions.config.right === undefined) return GLOBAL
  const principal = principalOf(request)
  return principal.kind === 'key' ? principal.tenant : GLOBAL
}

const eventOf = (request: FastifyRequest, actor: string) => ({
  event: `${request.method} ${request.routeOptions.url ?? ''}`,
  actor,
  subject: request.params as Readonly<Record<string, string>>,
})
