import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { type Code, PlumblineError } from '../../../config/errors.ts'
import { type ErrorForm, Fault, type Issue } from '../fault.ts'
import { named } from './plugin.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const MAX_ISSUES = 20
const SERVER_FAULT = 'The server met a fault of its own.'

/** The codes of ours that a caller can cause or that pass; every other one is a fault of the server. */
const STATUS_OF_CODE: Partial<Record<Code, number>> = {
  REJECTED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
}

type Routes = (scope: FastifyInstance) => Promise<void> | void

/**
 * Registers the routes of one contract under `prefix`: every refusal, unknown path and unsupported method inside is answered in
 * the contract's own form.
 */
export const contractScope = (app: FastifyInstance, prefix: string, form: ErrorForm, routes: Routes): Promise<void> =>
  innerScope(app, prefix, form, (scope) => {
    answerUnknown(scope, form)
    return routes(scope)
  })

/**
 * Registers more routes below the prefix of a contract, which answers unknown paths for them, too: each answer of its own is a
 * route per method of HTTP, which dozens of scopes would pay for at every start.
 */
export async function innerScope(app: FastifyInstance, prefix: string, form: ErrorForm, routes: Routes): Promise<void> {
  await app.register(
    named(prefix, async (scope) => {
      answerErrors(scope, form)
      const taken = new Map<string, Set<string>>()
      scope.addHook('onRoute', ({ routePath, method }) => {
        const methods = taken.get(routePath) ?? new Set()
        for (const m of [method].flat()) methods.add(m)
        taken.set(routePath, methods)
      })
      await routes(scope)
      for (const [path, methods] of [...taken]) refuseOthers(scope, path, methods)
    }),
    { prefix },
  )
}

/** Answers every error and unknown path of a scope in one form. */
export function useErrorForm(scope: FastifyInstance, form: ErrorForm): void {
  answerErrors(scope, form)
  answerUnknown(scope, form)
}

function answerErrors(scope: FastifyInstance, form: ErrorForm): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = toFault(error)
    if (fault.status >= 500) request.log.error({ err: error }, 'request failed')
    return answer(reply, fault, form)
  })
}

function answerUnknown(scope: FastifyInstance, form: ErrorForm): void {
  scope.setNotFoundHandler((_request: FastifyRequest, reply: FastifyReply) =>
    answer(reply, new Fault(404, 'Nothing is served under this path.'), form),
  )
}

function refuseOthers(scope: FastifyInstance, url: string, taken: ReadonlySet<string>): void {
  const method = METHODS.filter((m) => !taken.has(m))
  const allow = METHODS.filter((m) => taken.has(m)).join(', ')
  if (method.length === 0) return
  scope.route({
    method,
    url,
    exposeHeadRoute: false,
    config: { refusal: true },
    handler: () => {
      throw new Fault(405, 'This method is not supported here.', { headers: { allow } })
    },
  })
}

const RETRY = () => ({ 'retry-after': '1' })

/** Headers that belong to a status, unless an answer brings its own (RFC 9110, sections 10.2.3 and 11.6.1; RFC 6750, section 3). */
const EXPECTED: Readonly<Record<number, (reply: FastifyReply) => Readonly<Record<string, string>>>> = {
  401: ({ request }) => {
    const wrong = request.headers.authorization === undefined ? '' : ', error="invalid_token"'
    return { 'www-authenticate': `Bearer realm="plumbline"${wrong}` }
  },
  429: RETRY,
  503: RETRY,
}

/** Whatever answers, an operation or a page, says what its status demands. */
export function completeAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    for (const [name, value] of Object.entries(EXPECTED[reply.statusCode]?.(reply) ?? {}))
      if (!reply.hasHeader(name)) reply.header(name, value)
    return payload
  })
}

/** Sends a fault in the words of a contract. */
export function answer(reply: FastifyReply, fault: Fault, form: ErrorForm): FastifyReply {
  const { status, body, type } = form(fault)
  reply.code(status).headers(fault.headers)
  if (body === undefined) return reply.removeHeader('content-type').send()
  return reply.type(type ?? 'application/json; charset=utf-8').send(JSON.stringify(body))
}

/** Any thrown value as a fault. Texts of unforeseen errors stay inside. */
export function toFault(error: FastifyError): Fault {
  if (error instanceof Fault) return error
  if (error.validation) return new Fault(400, 'The request is not valid.', { issues: issuesOf(error) })
  if (error instanceof PlumblineError) {
    const status = STATUS_OF_CODE[error.code]
    return status === undefined ? new Fault(500, SERVER_FAULT) : new Fault(status, error.message)
  }
  const status = error.statusCode ?? 500
  return status < 500 ? new Fault(status, error.message) : new Fault(500, SERVER_FAULT)
}

function issuesOf(error: FastifyError): Issue[] {
  const part = (error.validationContext ?? 'body') as Issue['part']
  return (error.validation ?? []).slice(0, MAX_ISSUES).map((v) => {
    const missing = v.params.missingProperty
    const pointer = missing === undefined ? v.instancePath : `${v.instancePath}/${String(missing)}`
    return { part, pointer, message: missing === undefined ? (v.message ?? 'is not valid') : 'is required' }
  })
}
