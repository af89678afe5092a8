import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'

/** Parameters of addresses that are ids of things; names, addresses and codes of people are not among them. */
const IDS = ['tenant_id', 'organization', 'organization_id', 'client_id', 'user_id', 'key_id', 'session_id'] as const
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/
const NO_ROUTE = 'none'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Paths below the wildcard of the route that metrics, log and traces tell apart. */
    known?: ReadonlySet<string>
  }
}

/** The template of a request's route; what the caller wrote in its place may be about a person. */
export function routeOf(request: FastifyRequest): string {
  const { url = NO_ROUTE, config } = request.routeOptions
  if (request.is404) return NO_ROUTE
  const { '*': below = '' } = request.params as { readonly '*'?: string }
  return config.known?.has(below) ? url.replace(/\*$/, below) : url
}

/** Measures each request, and writes it to the log: one line with the ids that its address holds. */
export function watchRequests(app: FastifyInstance, { metrics, tracing }: Pick<Deps, 'metrics' | 'tracing'>): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const [route, milliseconds] = [routeOf(request), reply.elapsedTime]
    metrics?.requested(method, route, reply.statusCode, milliseconds / 1000)
    const facts = { method, route, ...idsOf(request), status: reply.statusCode, milliseconds: Math.round(milliseconds) }
    const trace_id = tracing?.traceOf(request)
    request.log.info(trace_id === undefined ? facts : { ...facts, trace_id }, 'request')
  })
}

function idsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  const given = params as Readonly<Record<string, string | undefined>>
  const ids = IDS.map((name) => [name, given?.[name] ?? ''] as const)
  return Object.fromEntries(ids.filter(([, value]) => ID.test(value)))
}
