import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type ErrorForm, Fault } from '../fault.ts'
import { watchRequests } from '../telemetry/requests.ts'
import { keepAcceptedLanguages } from './accepted-languages.ts'
import { acceptJson } from './body.ts'
import { answer, completeAnswers, toFault, useErrorForm } from './errors.ts'
import { LOGGER } from './log.ts'
import { encodedText } from './text.ts'
import { useValidation } from './validation.ts'

const BODY_BYTES = 1024 * 1024
const PARAMETER_CHARACTERS = 1024
/** A ticket of Kerberos may take 64,000 of them (docs/federation.md). */
const HEADER_BYTES = 80 * 1024
const REQUEST_MILLISECONDS = 30_000

/** Routes of one module; it chooses its own prefix. */
export type RouteModule = (app: FastifyInstance, options: { readonly deps: Deps }) => Promise<void>

export interface AppOptions {
  readonly modules: readonly RouteModule[]
  /** Writes one JSON line per request and fault to standard error. Addresses are logged by their route template and ids. */
  readonly log?: boolean
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed; default: nobody's. */
  readonly trustedProxies?: readonly string[]
  /** Asked on each request: true once the process is about to stop. */
  readonly draining?: () => boolean
}

/**
 * The HTTP application: limits, validation, request ids, `/healthz` (the process runs), `/readyz` (the store answers), and the
 * modules. The caller listens, injects and closes; closing ends open requests first.
 */
export async function buildApp(deps: Deps, options: AppOptions): Promise<FastifyInstance> {
  const { trustedProxies = [], draining = () => false } = options
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MILLISECONDS,
    http: { maxHeaderSize: HEADER_BYTES },
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS },
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    // What still comes in while the last requests end is served, with the word that the connection ends.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // What the router refuses, such as `/%FF`, reaches no error handler and no hook.
    frameworkErrors: (error, request, reply) => {
      identify(request, reply)
      answer(reply, toFault(error), plainErrors)
    },
    logController: new LogController({ disableRequestLogging: true }),
    logger: options.log ? LOGGER : false,
  })
  app.removeAllContentTypeParsers()
  acceptJson(app, 'application/json')
  useValidation(app)
  useErrorForm(app, plainErrors)
  completeAnswers(app)
  deps.tracing?.watchRequests(app)
  watchRequests(app, deps)
  keepAcceptedLanguages(app)
  app.addHook('onRequest', async (request, reply) => {
    identify(request, reply)
    if (draining()) reply.header('connection', 'close')
    encodedText(request.url)
    if (isIP(request.ip) === 0) throw new Fault(400, 'The proxy names the client by something that is no IP address.')
  })
  for (const module of options.modules) await app.register(module, { deps })
  healthRoutes(app, deps, draining)
  await app.ready()
  return app
}

/** The headers of every answer. */
const identify = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })

function healthRoutes(app: FastifyInstance, { store }: Pick<Deps, 'store'>, draining: () => boolean): void {
  app.get('/healthz', { schema: { operationId: 'isAlive', summary: 'Whether the process runs' } }, () => ({
    status: 'ok',
  }))
  app.get('/readyz', { schema: { operationId: 'isReady', summary: 'Whether requests should come here' } }, async () => {
    if (draining()) throw new Fault(503, 'The service is about to stop.')
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
