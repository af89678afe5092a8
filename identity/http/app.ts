import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { acceptJson } from './body.ts'
import { useErrorForm } from './errors.ts'
import type { ErrorForm } from './fault.ts'
import { useValidation } from './validation.ts'

const BODY_BYTES = 1024 * 1024
const PARAMETER_CHARACTERS = 1024
const REQUEST_MILLISECONDS = 30_000

/** Routes of one module; it chooses its own prefix. */
export type RouteModule = (app: FastifyInstance, options: { readonly deps: Deps }) => Promise<void>

export interface AppOptions {
  readonly modules: readonly RouteModule[]
  /** Writes one JSON line per request and fault to standard error. Addresses are logged without their query. */
  readonly log?: boolean
}

/**
 * The HTTP application: limits, validation, request ids, `/healthz` (the process runs), `/readyz` (the store answers), and the
 * modules. The caller listens, injects and closes; closing ends open requests first.
 */
export async function buildApp(deps: Deps, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MILLISECONDS,
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS },
    genReqId: () => randomUUID(),
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    logger: options.log ? LOGGER : false,
  })
  app.removeAllContentTypeParsers()
  acceptJson(app, 'application/json')
  useValidation(app)
  useErrorForm(app, plainErrors)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })
  healthRoutes(app, deps)
  for (const module of options.modules) await app.register(module, { deps })
  await app.ready()
  return app
}

const LOGGER = {
  level: 'info',
  stream: process.stderr,
  serializers: {
    req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] }),
  },
}

function healthRoutes(app: FastifyInstance, { store }: Deps): void {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async () => {
    await store.ping()
    return { status: 'ready' }
  })
}

/** Errors of our own operations: `detail`, and `issues` when fields are wrong. */
export const plainErrors: ErrorForm = ({ status, message, issues }) => ({
  status,
  body: {
    detail: message,
    ...(issues.length > 0 ? { issues: issues.map(({ pointer, message }) => ({ pointer, message })) } : {}),
  },
})
