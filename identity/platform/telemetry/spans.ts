import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { FastifyRequest } from 'fastify'
import packageFile from '../../../package.json' with { type: 'json' }
import { routeOf } from './requests.ts'
import type { Tracing } from './tracing.ts'

const NAME = 'plumbline'
/** What the library writes about outgoing calls and may be about people. */
const SCRUBBED = ['url.full', 'url.path', 'url.query', 'user_agent.original'] as const

/** Registers OpenTelemetry for this process. */
export function startTracing(): Tracing {
  const own = resourceFromAttributes({ 'service.name': NAME, 'service.version': packageFile.version })
  const resource = own.merge(detectResources({ detectors: [envDetector] }))
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  // Without baggage: what one party hands us is none of another's business.
  provider.register({ propagator: new W3CTraceContextPropagator() })
  const outgoing = watchFetch(provider)
  return {
    ...requests(provider),
    watchStore: (operation, collection) => storeSpan(provider, operation, collection),
    call: (name, work) => calling(provider, name, work),
    stop: async () => {
      outgoing.disable()
      await provider.shutdown()
    },
  }
}

const tracerOf = (provider: NodeTracerProvider) => provider.getTracer(NAME, packageFile.version)

function watchFetch(provider: NodeTracerProvider): UndiciInstrumentation {
  const instrumentation = new UndiciInstrumentation({
    requestHook: (span) => SCRUBBED.forEach((name) => void span.setAttribute(name, '')),
  })
  instrumentation.setTracerProvider(provider)
  return instrumentation
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The context of the request, with its span in it. */
    traceContext?: Context
  }
}

const contextOf = ({ traceContext }: FastifyRequest): Context => traceContext ?? ROOT_CONTEXT

function requests(provider: NodeTracerProvider): Pick<Tracing, 'watchRequests' | 'traceOf'> {
  return {
    watchRequests: (app) => {
      app.decorateRequest('traceContext')
      app.addHook('onRequest', (request, _reply, done) => {
        request.traceContext = begun(provider, request)
        context.with(contextOf(request), done)
      })
      // Reading a body leaves the context, so it is entered again.
      app.addHook('preValidation', (request, _reply, done) => context.with(contextOf(request), done))
      app.addHook('onResponse', async (request, reply) => {
        const span = trace.getSpan(contextOf(request))
        span?.setAttribute('http.response.status_code', reply.statusCode)
        if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
        span?.end()
      })
    },
    traceOf: (request) => trace.getSpanContext(contextOf(request))?.traceId,
  }
}

/** The context of a request, with its span in it. */
function begun(provider: NodeTracerProvider, request: FastifyRequest): Context {
  const parent = propagation.extract(ROOT_CONTEXT, request.headers)
  const [method, route] = [request.method, routeOf(request)]
  const attributes = { 'http.request.method': method, 'http.route': route, 'plumbline.request_id': request.id }
  const span = tracerOf(provider).startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
  return trace.setSpan(parent, span)
}

/** Only below a request: what the process does by itself would be a trace each. */
function storeSpan(provider: NodeTracerProvider, operation: string, collection: string): (error?: unknown) => void {
  if (trace.getSpan(context.active()) === undefined) return () => undefined
  const attributes = { 'db.operation.name': operation, 'db.collection.name': collection }
  const span = tracerOf(provider).startSpan(`store ${operation}`, { kind: SpanKind.CLIENT, attributes })
  return (error) => end(span, error)
}

async function calling<T>(provider: NodeTracerProvider, name: string, work: () => Promise<T>): Promise<T> {
  const span = tracerOf(provider).startSpan(name, { kind: SpanKind.CLIENT })
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work)
    end(span, undefined)
    return result
  } catch (error) {
    end(span, error)
    throw error
  }
}

/** Of an error only its code or name: messages repeat what people sent. */
function end(span: Span, error: unknown): void {
  if (error !== undefined) {
    const { code, name = 'Error' } = error as { readonly code?: string; readonly name?: string }
    span.setAttribute('error.type', code ?? name)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
